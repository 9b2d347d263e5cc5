import type { Logger } from 'pino';

/** What the control node needs of a logger: pino's own shape, so that pino is passed in as it is. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;
