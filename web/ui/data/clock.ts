import { useSyncExternalStore } from 'react';

/** Milliseconds that the server's clock is ahead of this machine's; the quickest answer knows it best. */
let ahead = 0;
let bestTrip = Infinity;

/** Learns the server's time from an answer's `Date` header. */
export function learnTime(date: string | null, sentAt: number, receivedAt: number): void {
  if (date === null) return;
  const said = Date.parse(date);
  const trip = receivedAt - sentAt;
  if (Number.isNaN(said) || trip >= bestTrip) return;
  bestTrip = trip;
  // The header has whole seconds, cut off: half of one is the best guess.
  const offset = said + 500 - (sentAt + receivedAt) / 2;
  ahead = Math.abs(offset) < 1_500 ? 0 : offset;
  if (ticking !== null) tick();
}

/** Now, on the server's clock. */
export function serverNow(): number {
  return Date.now() + ahead;
}

const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | null = null;
let shownNow = serverNow();

function tick(): void {
  shownNow = serverNow();
  for (const each of listeners) each();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (ticking === null) {
    // While nobody looked, time went on.
    shownNow = serverNow();
    ticking = setInterval(tick, 5_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || ticking === null) return;
    clearInterval(ticking);
    ticking = null;
  };
}

/** Now on the server's clock, in steps of five seconds, the same for all that is shown. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => shownNow);
}
