import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { applyMessage } from './apply.ts';
import { serverNow } from './clock.ts';
import { gatherer } from './gather.ts';
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

/** Keeps what the page has read in step with the server while somebody is signed in. Answers how to stop. */
export function startLive(client: QueryClient): () => void {
  const gather = gatherer(client, (ms, run) => setTimeout(run, ms));
  const stops = [
    socket.onMessage((message) => applyMessage(client, gather, message)),
    // What happened while the line was cut is read once, by what is on the screen.
    socket.onOpen((again) => {
      if (again) void client.invalidateQueries();
    }),
  ];
  const hurry = (): void => {
    if (document.visibilityState === 'visible') socket.hurry();
  };
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurry);
  socket.start();
  return () => {
    removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', hurry);
    socket.close();
    for (const stop of stops) stop();
  };
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
