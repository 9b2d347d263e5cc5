import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { applyMessage } from './apply.ts';
import { serverNow } from './clock.ts';
import { readCounts } from './counts.ts';
import { gatherer, readingOf } from './gather.ts';
import { ApiError } from './http.ts';
import { meQuery } from './queries.ts';
import { type Connection, liveSocket } from './socket.ts';

const socket = liveSocket({
  open: () => new WebSocket(new URL('/v1/events/ws', location.href.replace(/^http/, 'ws'))),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  now: serverNow,
  chance: () => Math.random(),
});

export const { onMessage: onLiveMessage, onOpen: onLiveOpen } = socket;

/**
 * Keeps what the page has read in step with the server while somebody is signed in. Answers how to stop.
 *
 * @param onSignedOut called when the session is over, whoever ended it
 */
export function startLive(client: QueryClient, onSignedOut: () => void): () => void {
  const gather = gatherer(readingOf(client, readCounts), (ms, run) => setTimeout(run, ms));
  const stops = [
    socket.onMessage((message) => applyMessage(client, gather, message)),
    // What happened while the line was cut is read once, by what is on the screen.
    socket.onOpen((again) => {
      if (again) void client.invalidateQueries();
    }),
    socket.onRefused(() => void askWho(client, onSignedOut)),
  ];
  const hurry = (): void => {
    if (document.visibilityState !== 'visible') return;
    socket.hurry();
    // What was asleep may have been cut off without a word.
    socket.doubt();
  };
  addEventListener('online', hurry);
  addEventListener('offline', socket.doubt);
  document.addEventListener('visibilitychange', hurry);
  socket.start();
  return () => {
    removeEventListener('online', hurry);
    removeEventListener('offline', socket.doubt);
    document.removeEventListener('visibilitychange', hurry);
    socket.close();
    for (const stop of stops) stop();
  };
}

/** Who this is and what he may: a line that is refused looks like one that is cut. */
async function askWho(client: QueryClient, onSignedOut: () => void): Promise<void> {
  try {
    await client.fetchQuery({ ...meQuery, staleTime: 0 });
  } catch (error) {
    // Whatever else it is, the line is tried again, and that it is cut is told.
    if (error instanceof ApiError && error.status === 401) onSignedOut();
  }
}

/** Asks for topics of the socket while a component is shown. */
export function useTopics(...topics: readonly string[]): void {
  const joined = topics.join('\n');
  useEffect(() => {
    const stops = joined.split('\n').map((topic) => socket.want(topic));
    return () => {
      for (const stop of stops) stop();
    };
  }, [joined]);
}

export function useConnection(): Connection {
  return useSyncExternalStore(socket.onConnection, socket.connection);
}
