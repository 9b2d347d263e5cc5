import type { Log } from '../log.ts';
import type { Clock } from '../ports.ts';
import type { Trouble } from '../report/status.ts';
import type { OutboxOptions } from './outbox-options.ts';

/** Since when the disk takes no entry of the outbox, and why: what has to be told past it. */
export class DiskTrouble {
  readonly #dir: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #now: Trouble | null = null;

  constructor({ dir, clock, log }: Pick<OutboxOptions, 'dir' | 'clock' | 'log'>) {
    this.#dir = dir;
    this.#clock = clock;
    this.#log = log;
  }

  /** Null while the disk takes what comes. */
  get now(): Trouble | null {
    return this.#now;
  }

  /** Calls `listener` when it begins or ends. Answers how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param error why the disk took nothing; null when it took what there was */
  tried(error: unknown): void {
    if ((error === null) === (this.#now === null)) return;
    const dir = this.#dir;
    if (error === null) this.#log.info({ dir }, 'the outbox can be written again');
    else this.#log.warn({ err: error, dir }, 'the outbox cannot be written; it is tried again every second');
    this.#now = error === null ? null : { since: this.#clock.now(), message: sentence(dir, error) };
    for (const listener of this.#listeners) listener();
  }
}

function sentence(dir: string, error: unknown): string {
  // A message of the link has bounds, and an error may name long paths.
  const reason = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
  return (
    `This node's disk takes nothing that it has to tell (${reason}), so that what is shown of it is old. ` +
    `It goes on, and tells the rest as soon as that can be written again: \`df ${dir}\` there says whether it is full.`
  );
}
