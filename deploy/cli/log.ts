import { type Logger, pino } from 'pino';
import type { Colours } from './output/colours.ts';
import { printable } from './output/text.ts';
import { formatClock } from './output/time.ts';

/** JSON lines on standard error, for a service manager and what collects its logs. */
export function jsonLog(stream: NodeJS.WritableStream): Logger {
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** Warnings and errors as lines for a person who watches; what else happens is told by the progress lines. */
export function textLog(print: (line: string) => void, colours: Colours): Logger {
  const write = (line: string): void => {
    const text = textLine(line, colours);
    if (text !== null) print(text);
  };
  return pino({ base: null, level: 'warn' }, { write });
}

/** One line of pino's as text; null for the outcome of a tenant's steps, which has a progress line of its own. */
export function textLine(line: string, colours: Colours): string | null {
  const entry: unknown = JSON.parse(line);
  const { level, time, msg, tenant, err } = fields(entry);
  if (tenant !== null && err === null) return null;
  const word = level >= errorLevel ? colours.red('error') : colours.yellow('warning');
  const who = tenant === null ? '' : ` ${tenant}:`;
  // The message of an error says more than the sentence that it came with.
  const why = err === null || msg.includes(err) ? '' : `: ${err}`;
  return `${colours.dim(formatClock(time))}  ${word}${who} ${printable(msg + why)}`;
}

const errorLevel = 50;

interface LogFields {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly tenant: string | null;
  readonly err: string | null;
}

function fields(entry: unknown): LogFields {
  const get = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null && Object.hasOwn(from, name)
      ? Reflect.get(from, name)
      : undefined;
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  return {
    level: Number(get(entry, 'level')),
    time: Number(get(entry, 'time')),
    msg: text(get(entry, 'msg')) ?? '',
    tenant: text(get(entry, 'tenant')),
    err: text(get(get(entry, 'err'), 'message')),
  };
}
