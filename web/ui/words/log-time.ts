const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});

/** The time of day of a line, where its reader is; what the runtime wrote where that is no moment. */
export function lineTime(at: string): string {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? at : clock.format(moment);
}

/** Lines that came after those that somebody holds still; null when it is more than what is kept. */
export function newSince<L>(held: readonly L[], all: readonly L[]): number | null {
  const last = held.at(-1);
  if (last === undefined) return all.length;
  const at = all.lastIndexOf(last);
  return at === -1 ? null : all.length - 1 - at;
}
