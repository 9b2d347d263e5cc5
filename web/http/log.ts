import { type Logger, pino } from 'pino';
import { redacted, redactedText } from './redact.ts';

/**
 * JSON lines, with every field and every text redacted before it is written.
 *
 * @param level the least that is written: `debug`, `info`, `warn`, `error`
 */
export function webLog(stream: { write(line: string): void }, level = 'info'): Logger {
  return pino(
    {
      base: null,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors are made into fields below, before pino's own way of writing them would let anything through.
      serializers: { err: (error: unknown) => error },
      formatters: { log: fieldsOf, bindings: fieldsOf },
      hooks: {
        logMethod(parameters, method) {
          const clean = parameters.map((one: unknown) => (typeof one === 'string' ? redactedText(one) : one));
          method.apply(this, clean as Parameters<typeof method>);
        },
      },
    },
    stream,
  );
}

const fieldsOf = (fields: Record<string, unknown>): Record<string, unknown> =>
  redacted(fields) as Record<string, unknown>;
