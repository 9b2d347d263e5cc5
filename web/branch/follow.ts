import { setTimeout as sleep } from 'node:timers/promises';
import type { Repository } from '../../desired-state/git/port.ts';
import type { DesiredState } from '../../desired-state/model.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { Log } from '../log.ts';
import type { Branch, Stop } from '../ports.ts';
import type { Reader } from './reader.ts';

export interface FollowOptions {
  readonly repository: Repository;
  readonly name: string;
  readonly reader: Reader;
  readonly log: Log;
  /** Milliseconds between two questions to the remote when nobody asks for one; give or take a fifth. */
  readonly pollMs?: number;
}

/** How following goes: what went wrong last, or null. */
export interface FollowStatus {
  readonly trouble: string | null;
  /** Milliseconds since the epoch of the last answer of the remote; null before the first. */
  readonly asked: number | null;
}

const POLL_MS = 15_000;

/**
 * The branch as it is followed: by polling, by being told (a webhook, a push to the embedded server), and by the control
 * node's own commits. When the remote is away or a revision cannot be read, what was read last stays.
 */
export class FollowedBranch implements Branch {
  readonly name: string;
  readonly repository: Repository;
  readonly #reader: Reader;
  readonly #log: Log;
  readonly #pollMs: number;
  readonly #listeners = new Set<(revision: string) => void>();
  readonly #statusListeners = new Set<() => void>();
  readonly #stop = new AbortController();
  #head: string | null = null;
  #desired: DesiredState | null = null;
  #problems: readonly Problem[] = [];
  #status: FollowStatus = { trouble: null, asked: null };
  #asking: Promise<string> | null = null;
  #next: Promise<string> | null = null;
  /** Moves that we made ourselves: an answer of the remote from before one is old. */
  #moves = 0;
  /** Heads are taken over one after the other. */
  #taking: Promise<void> = Promise.resolve();
  #polling: Promise<void> | null = null;

  constructor(options: FollowOptions) {
    this.name = options.name;
    this.repository = options.repository;
    this.#reader = options.reader;
    this.#log = options.log;
    this.#pollMs = options.pollMs ?? POLL_MS;
  }

  head(): string | null {
    return this.#head;
  }

  desired(): DesiredState | null {
    return this.#desired;
  }

  /** All that is wrong with the newest revision. */
  problems(): readonly Problem[] {
    return this.#problems;
  }

  status(): FollowStatus {
    return this.#status;
  }

  onMoved(listener: (revision: string) => void): Stop {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls `listener` when the remote answers no more, answers again, or says something else. */
  onStatus(listener: () => void): Stop {
    this.#statusListeners.add(listener);
    return () => void this.#statusListeners.delete(listener);
  }

  /** Whoever asks while a question is under way shares the one that follows it: its answer is newer than the asking. */
  refresh(): Promise<string> {
    if (this.#asking === null) return this.#begin();
    this.#next ??= this.#asking.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  /**
   * The branch is at this commit now, which is in the mirror: we have pushed it. Never throws: when it cannot be read now,
   * the next question reads it.
   */
  async moved(revision: string): Promise<void> {
    this.#moves += 1;
    try {
      await this.#take(revision);
    } catch (err) {
      this.#log.error({ err, revision }, 'a commit of our own could not be read');
    }
  }

  /**
   * Begins with what was in force when the control node ended: its remote may be away now. Never throws: a mirror that does
   * not hold it any more is filled by the next question.
   */
  async restore(revision: string): Promise<void> {
    try {
      await this.#take(revision);
    } catch (err) {
      this.#log.warn({ err, revision }, 'the revision that was read last is not there any more');
    }
  }

  /** Polls until it is closed. */
  start(): void {
    this.#polling ??= this.#poll();
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the branch is no longer followed'));
    await this.#polling;
    await this.#asking?.catch(() => undefined);
    await this.#taking;
  }

  #begin(): Promise<string> {
    this.#next = null;
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }

  async #ask(): Promise<string> {
    try {
      for (;;) {
        const moves = this.#moves;
        const fetched = await this.repository.fetch(this.#stop.signal);
        if (moves !== this.#moves) continue;
        await this.#take(fetched);
        this.#become({ trouble: null, asked: Date.now() });
        return fetched;
      }
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      if (!this.#stop.signal.aborted && this.#status.trouble !== trouble)
        this.#log.warn({ branch: this.name, trouble }, 'the repository could not be asked');
      this.#become({ ...this.#status, trouble });
      throw error;
    }
  }

  #become(status: FollowStatus): void {
    const isNews = status.trouble !== this.#status.trouble;
    this.#status = status;
    if (isNews) for (const listener of this.#statusListeners) listener();
  }

  #take(revision: string): Promise<void> {
    const taken = this.#taking.then(() => this.#read(revision));
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async #read(revision: string): Promise<void> {
    if (revision === this.#head) return;
    const { desired, problems } = await this.#reader.at(revision);
    this.#head = revision;
    this.#problems = problems;
    // A revision before which nothing was ever valid says nothing: what was in force stays.
    if (desired !== null) this.#desired = desired;
    for (const listener of this.#listeners) listener(revision);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const jitter = 0.8 + Math.random() * 0.4;
      try {
        await sleep(this.#pollMs * jitter, undefined, { signal });
        await this.refresh();
      } catch {
        // `#ask` has said it; an abort ends the loop.
      }
    }
  }
}
