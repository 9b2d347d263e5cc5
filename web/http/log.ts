import { type Logger, pino } from 'pino';
import { redacted, redactedText } from './redact.ts';

/**
 * JSON lines, with every field and every text redacted before it is written.
 *
 * @param level the least that is written: `debug`, `info`, `warn`, `error`
 */
export function webLog(stream: { write(line: string): void }, level = 'info'): Logger {
  const log = pino(
    {
      base: null,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors are made into fields below, before pino's own way of writing them would let anything through.
      serializers: { err: (error: unknown) => error },
      formatters: { log: fieldsOf },
      hooks: {
        logMethod(parameters, method) {
          const clean = parameters.map((one: unknown) => (typeof one === 'string' ? redactedText(one) : one));
          method.apply(this, clean as Parameters<typeof method>);
        },
      },
    },
    stream,
  );
  // A child writes what it was made with in every line, and pino asks none of the above for it. Children inherit this.
  const child = Reflect.get(log, 'child') as unknown as MakeChild;
  const redactedChild: MakeChild = function (this: unknown, fields, options) {
    return child.call(this, fieldsOf(fields), options);
  };
  Reflect.set(log, 'child', redactedChild);
  return log;
}

type MakeChild = (this: unknown, fields: Record<string, unknown>, options?: object) => Logger;

const fieldsOf = (fields: Record<string, unknown>): Record<string, unknown> =>
  redacted(fields) as Record<string, unknown>;
