import type { QueryClient } from '@tanstack/react-query';
import { change } from '../data/http.ts';
import { forgetKept } from '../edit/kept.ts';
import { leaveFor } from './leaving.ts';

/** Ends the session here and on the server, and forgets what was read in it. */
export async function signOut(client: QueryClient): Promise<void> {
  await change('POST', '/v1/auth/logout');
  client.clear();
  forgetKept();
  // From the server again: nothing of this person stays in memory.
  leaveFor('/sign-in');
}
