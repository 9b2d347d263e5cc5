import { useEffect, useSyncExternalStore } from 'react';
import type { LogLine } from '../../api/models/tenant.ts';
import { onLiveMessage, onLiveOpen, useTopics } from './live.ts';

/** Lines that stay on the page; what came before is in the log of the node. */
const MAX_LINES = 5_000;

interface Log {
  lines: readonly LogLine[];
  readonly listeners: Set<() => void>;
}

const logs = new Map<string, Log>();

function logOf(tenant: string): Log {
  const known = logs.get(tenant) ?? { lines: [], listeners: new Set<() => void>() };
  logs.set(tenant, known);
  return known;
}

function write(tenant: string, lines: readonly LogLine[]): void {
  const log = logOf(tenant);
  log.lines = lines;
  for (const listener of log.listeners) listener();
}

/** The lines of a tenant's log while somebody looks, the last ones first sent. */
export function useLog(tenant: string): readonly LogLine[] {
  useTopics(`logs:${tenant}`);
  useEffect(() => {
    const stops = [
      onLiveMessage((message) => {
        if (message.type !== 'log' || message.tenant !== tenant) return;
        write(tenant, [...logOf(tenant).lines, ...message.lines].slice(-MAX_LINES));
      }),
      // Whoever begins to look is sent the last lines again.
      onLiveOpen(() => write(tenant, [])),
    ];
    return () => {
      for (const stop of stops) stop();
      write(tenant, []);
    };
  }, [tenant]);
  return useSyncExternalStore(
    (listener) => {
      const { listeners } = logOf(tenant);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => logOf(tenant).lines,
  );
}
