import type { Stop } from '../ports.ts';

/** Tells that some session has ended: whoever goes on by one looks at once whether it was his. */
export interface EndedSessions {
  tell(): void;
  onEnded(listener: () => void): Stop;
}

export function endedSessions(): EndedSessions {
  const listeners = new Set<() => void>();
  return {
    tell() {
      for (const listener of listeners) listener();
    },
    onEnded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
