import { useEffect, useSyncExternalStore } from 'react';
import type { LogLine } from '../../api/models/tenant.ts';
import { onLiveMessage, useTopics } from './live.ts';

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

/** The lines of a tenant's log while somebody looks, the last ones first sent. */
export function useLog(tenant: string): readonly LogLine[] {
  useTopics(`logs:${tenant}`);
  useEffect(() => {
    const log = logOf(tenant);
    const stop = onLiveMessage((message) => {
      if (message.type !== 'log' || message.tenant !== tenant) return;
      log.lines = [...log.lines, ...message.lines].slice(-MAX_LINES);
      for (const listener of log.listeners) listener();
    });
    return () => {
      stop();
      // The server sends the last lines again to whoever looks again.
      logs.delete(tenant);
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
