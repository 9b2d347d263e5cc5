/** Times as people say them. All arguments are milliseconds since the epoch, on the server's clock. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in its largest unit: `4 min`, `2 h`, `12 d`. */
export function lasting(ms: number): string {
  if (ms < MINUTE) return `${Math.max(1, Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** How long ago something was: `just now`, `4 min ago`. What lies ahead is `in 4 min`. */
export function ago(at: number, now: number): string {
  const ms = now - at;
  if (Math.abs(ms) < 10 * SECOND) return 'just now';
  return ms < 0 ? `in ${lasting(-ms)}` : `${lasting(ms)} ago`;
}

const exactly = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** The moment itself, in the reader's time zone. */
export function exact(at: number): string {
  return exactly.format(at);
}

/** Answers from a node that is away are told with their age from this on. */
export const STALE_AFTER = 2 * MINUTE;
