import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { startLive, useTopics } from '../data/live.ts';
import { meQuery } from '../data/queries.ts';
import { EditsProvider } from '../edit/edits.tsx';
import { Announcer } from './announcer.tsx';
import { ConnectionNote } from './connection-note.tsx';
import { useKeys } from './keys.ts';
import { BottomBar, SideBar } from './navigation.tsx';
import { NoRole } from './no-role.tsx';
import { Palette } from './palette.tsx';
import { SetupProvider } from './setup.tsx';

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const client = useQueryClient();
  const [palette, setPalette] = useState(false);
  const router = useRouter();
  const { data: me } = useQuery(meQuery);
  useEffect(
    () =>
      startLive(client, () => {
        // The router asks who this is before it shows anything, and leads to the sign-in and back.
        client.removeQueries({ queryKey: meQuery.queryKey });
        void router.invalidate();
      }),
    [client, router],
  );
  useTopics('commits', 'nodes', 'attention');
  useKeys({ palette: () => setPalette(true) });
  return (
    <EditsProvider>
      <SetupProvider>
        <a
          href="#main"
          className="sr-only z-30 rounded-md bg-fill px-3 py-2 text-white focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <div className="min-h-dvh md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
          <SideBar onSearch={() => setPalette(true)} />
          <div className="min-w-0">
            {me?.role !== null && <ConnectionNote />}
            <main
              id="main"
              tabIndex={-1}
              className="mx-auto max-w-6xl px-4 py-5 pb-24 outline-none md:px-6 md:pb-10"
            >
              {me?.role === null ? <NoRole email={me.user.email} /> : <Outlet />}
            </main>
          </div>
          <BottomBar onMore={() => setPalette(true)} />
        </div>
        <Announcer />
        {palette && <Palette onClose={() => setPalette(false)} />}
      </SetupProvider>
    </EditsProvider>
  );
}
