import type { Repository } from '../../desired-state/git/port.ts';
import { WebError } from '../errors.ts';

/** Commits that are pushed together at most. */
const TOGETHER = 32;
/** How often a push that somebody else overtook is tried again on his commit. */
const ATTEMPTS = 20;

/** Where commits go: the branch that is followed. */
export interface QueueBranch {
  readonly repository: Repository;
  head(): string | null;
  refresh(): Promise<string>;
  moved(revision: string): Promise<void>;
}

/**
 * Makes one commit on a revision and answers its id; null when there is nothing to do there. Called again on a newer one
 * when somebody else was quicker.
 */
export type MakeCommit = (parent: string) => Promise<string | null>;

export interface Landed {
  readonly commit: string | null;
  readonly parent: string;
}

interface Waiting {
  readonly make: MakeCommit;
  readonly done: (landed: Landed) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * The control node's own commits, one on top of the other. Those that wait at the same time are pushed together; each is
 * a commit of its own, and one that is refused holds no other.
 */
export class CommitQueue {
  readonly #branch: QueueBranch;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(branch: QueueBranch) {
    this.#branch = branch;
  }

  /** @throws what `make` throws; GitError as `push`; WebError 409 when the branch never holds still, 503 when closed */
  submit(make: MakeCommit): Promise<Landed> {
    if (this.#closed)
      return Promise.reject(new WebError('edit/closing', 503, 'The control node is going down; try again.'));
    return new Promise<Landed>((done, failed) => {
      this.#waiting.push({ make, done, failed });
      this.#running ??= this.#run().finally(() => {
        this.#running = null;
      });
    });
  }

  /** Takes no more; resolves when those that wait have landed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, TOGETHER);
      try {
        await this.#land(batch);
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
  }

  async #land(batch: readonly Waiting[]): Promise<void> {
    let left = batch;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const base = this.#branch.head() ?? (await this.#branch.refresh());
      const { made, tip } = await chain(left, base);
      left = made.map(({ waiting }) => waiting);
      if (made.length === 0) return;
      if (tip === base) return settle(made);
      try {
        await this.#branch.repository.push(tip, base);
      } catch (error) {
        if (isMoved(error)) {
          await this.#branch.refresh();
          continue;
        }
        // The remote may refuse one of them for what it holds: each is tried by itself.
        if (left.length === 1) throw error;
        for (const waiting of left)
          await this.#land([waiting]).catch((each: unknown) => waiting.failed(each));
        return;
      }
      await this.#branch.moved(tip);
      return settle(made);
    }
    const error = new WebError(
      'edit/conflict',
      409,
      `The branch moved ${ATTEMPTS} times while the change was made. Try again.`,
    );
    for (const { failed } of left) failed(error);
  }
}

interface Made {
  readonly waiting: Waiting;
  readonly landed: Landed;
}

/** Makes the commits of a batch, each on the one before. One that cannot be made is told so and left out. */
async function chain(
  batch: readonly Waiting[],
  base: string,
): Promise<{ readonly made: readonly Made[]; readonly tip: string }> {
  const made: Made[] = [];
  let tip = base;
  for (const waiting of batch) {
    try {
      const commit = await waiting.make(tip);
      made.push({ waiting, landed: { commit, parent: tip } });
      tip = commit ?? tip;
    } catch (error) {
      waiting.failed(error);
    }
  }
  return { made, tip };
}

function settle(made: readonly Made[]): void {
  for (const { waiting, landed } of made) waiting.done(landed);
}

function isMoved(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'git/moved';
}
