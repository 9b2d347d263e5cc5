import { useQuery } from '@tanstack/react-query';
import { setupQuery } from '../../data/untold.ts';

/** Whether somebody opens the page of a platform that nobody has signed up at; false before that is known. */
export function useNobodyYet(): boolean {
  return useQuery(setupQuery).data?.signedUp === false;
}

/** What a setup token is, and where it stands. */
export function SetupToken() {
  return (
    <>
      <code>tenantry web</code> printed a setup token, and a link that holds it, when it started. Whoever
      signs up with it administrates the platform until Git names somebody. It is good for a day; a restart
      prints another.
    </>
  );
}
