import type { Log } from './log.ts';
import type { Clock } from './ports.ts';

/** What goes on beside the passes until `signal` aborts. */
export class Background {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #log: Log;
  readonly #signal: AbortSignal;

  constructor(
    { clock, log }: { readonly clock: Pick<Clock, 'sleep'>; readonly log: Log },
    signal: AbortSignal,
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#signal = signal;
  }

  /** Does something about every `ms` milliseconds, also after it failed. */
  readonly every = async (ms: number, task: () => void | Promise<void>): Promise<void> => {
    while (!this.#signal.aborted) {
      // Jitter: nodes that started together do not ask Git together.
      await this.#clock.sleep(ms * (0.9 + Math.random() * 0.2), this.#signal).catch(() => undefined);
      if (this.#signal.aborted) return;
      try {
        await task();
      } catch (error) {
        this.#log.error({ err: error }, 'a periodic task failed; it is tried again when it is due');
      }
    }
  };

  /** Follows what gives hints: without them the tick finds the same, later. */
  readonly follow = async (what: string, watch: () => Promise<void>): Promise<void> => {
    try {
      await watch();
    } catch (error) {
      if (!this.#signal.aborted)
        this.#log.error({ err: error }, `cannot watch ${what}; the tick finds what it would have told`);
    }
  };
}
