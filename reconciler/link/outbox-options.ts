import type { Log } from '../log.ts';
import type { Clock } from '../ports.ts';

export interface OutboxOptions {
  readonly dir: string;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly log: Log;
  /** Bytes on disk beyond which the oldest entries are given up. */
  readonly maxBytes?: number;
  readonly segmentBytes?: number;
}
