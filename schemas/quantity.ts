/**
 * Durations, sizes and instants as the language writes them. The schemas hold the patterns, so that a value that
 * passed validation always parses here; these functions throw only for text that did not pass.
 */

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const BYTES = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 } as const;

/**
 * Milliseconds of a duration such as `500ms`, `5s`, `2m`, `1h`.
 * @throws RangeError when the text is no duration
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,8})(ms|s|m|h)$/.exec(text);
  if (match === null)
    throw new RangeError(`"${text}" is no duration: write a number and ms, s, m or h, as in 5s.`);
  return Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS];
}

/**
 * Bytes of a size such as `100Ki`, `512Mi`, `1Gi`.
 * @throws RangeError when the text is no size
 */
export function parseBytes(text: string): number {
  const match = /^(\d{1,9})(Ki|Mi|Gi)$/.exec(text);
  if (match === null)
    throw new RangeError(`"${text}" is no size: write a number and Ki, Mi or Gi, as in 512Mi.`);
  return Number(match[1]) * BYTES[match[2] as keyof typeof BYTES];
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * Milliseconds since the epoch of an RFC 3339 date and time whose seconds may be left out, as in
 * `2026-12-01T00:00Z` or `2026-12-01T01:00:00+01:00`; null for text of another form and for a date that no calendar
 * has (30 February).
 */
export function parseInstant(text: string): number | null {
  const match = INSTANT.exec(text);
  if (match === null) return null;
  const part = (index: number): number => Number(match[index] ?? '0');
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute, second, Math.floor(part(7) * 1_000));
  const offset = (part(9) * 60 + part(10)) * 60_000;
  return date.getTime() - (match[8] === '-' ? -offset : offset);
}

/** Billionths of a processor, as Docker counts them. */
export function toNanoCpus(cpus: number): number {
  return Math.round(cpus * 1e9);
}
