import { GitError } from '../desired-state/git/errors.ts';
import type { Repository } from '../desired-state/git/port.ts';
import type { DesiredState } from '../desired-state/model.ts';
import { NoValidRevisionError } from '../desired-state/read/no-valid-revision.ts';
import type { Log } from './log.ts';
import type { Clock, StateStore } from './ports.ts';
import type { SourceStatus } from './report/status.ts';

/** Reads the desired state of a revision; see `desired-state/read/last-good.ts`. */
export type ReadDesired = (revision: string) => Promise<DesiredState>;

const document = 'source';

/** A revision that was fetched and may not be read (a symbolic link, a file that is too large): Git itself is fine. */
const unreadableRevision: ReadonlySet<string> = new Set([
  'git/unsafe-tree',
  'git/unsafe-path',
  'git/unsafe-object',
  'git/blob-too-large',
]);

/**
 * Follows the branch. The newest revision that may be used stays in force whatever happens to Git afterwards: it can
 * be away, damaged or rewritten. A branch that no longer descends from what was accepted is not followed until a
 * person says so (`--accept-history`), because that is also what a lost or stolen repository looks like.
 */
export class Source {
  readonly #repository: Repository;
  readonly #read: ReadDesired;
  readonly #state: StateStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #acceptHistory: string | null;
  #accepted: string | null = null;
  #desired: DesiredState | null = null;
  #status: SourceStatus;

  private constructor(options: SourceOptions, accepted: string | null) {
    this.#repository = options.repository;
    this.#read = options.read;
    this.#state = options.state;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#acceptHistory = options.acceptHistory;
    this.#accepted = accepted;
    this.#status = { state: 'ok', detail: '', since: options.clock.now() };
  }

  static async open(options: SourceOptions): Promise<Source> {
    const stored = await options.state.read(document);
    const accepted =
      typeof stored === 'object' &&
      stored !== null &&
      'accepted' in stored &&
      typeof stored.accepted === 'string' &&
      // Anything else, asked of Git, would be refused again and again; without it the branch is followed as at first.
      /^[0-9a-f]{40}$/.test(stored.accepted)
        ? stored.accepted
        : null;
    return new Source(options, accepted);
  }

  get status(): SourceStatus {
    return this.#status;
  }

  /** What is in force, without asking Git. */
  get desired(): DesiredState | null {
    return this.#desired;
  }

  /**
   * Fetches and answers the desired state in force. Only a first revision that cannot be read throws: afterwards the
   * last good one stands in, and `status` says why.
   */
  async refresh(signal: AbortSignal): Promise<DesiredState> {
    try {
      const head = await this.#repository.fetch(signal);
      if (this.#desired?.revision === head) this.#judge(this.#desired);
      else await this.#follow(head);
    } catch (error) {
      signal.throwIfAborted();
      await this.#standIn(error);
    }
    if (this.#desired === null) throw new Error(`there is no revision to enforce: ${this.#status.detail}`);
    return this.#desired;
  }

  async #follow(head: string): Promise<void> {
    const accepted = this.#accepted;
    const rewritten = accepted !== null && accepted !== head && !(await this.#descends(accepted, head));
    if (rewritten && accepted !== null && this.#acceptHistory !== head) {
      this.#say(
        'rewritten',
        `the branch is at ${head.slice(0, 12)}, which does not descend from ${accepted.slice(0, 12)}; that revision stays enforced. ` +
          `If this is meant, run: tenantry reconcile --accept-history ${head}`,
      );
      this.#desired ??= await this.#readAccepted(accepted);
      return;
    }
    const desired = await this.#read(head);
    if (accepted !== head) await this.#accept(head);
    this.#accepted = head;
    this.#desired = desired;
    this.#judge(desired);
  }

  /** What a person would have to accept is said first: the mirror may be lost together with the branch's past. */
  async #readAccepted(accepted: string): Promise<DesiredState> {
    try {
      return await this.#read(accepted);
    } catch (error) {
      throw new LostHistoryError(this.#status.detail, error);
    }
  }

  /** Written down before it is followed, or a rewritten branch would not be known after the next start. */
  async #accept(head: string): Promise<void> {
    try {
      await this.#state.write(document, { accepted: head });
    } catch (error) {
      throw new UnrecordedError(head, error);
    }
  }

  /** Says how the revision in force is; also when it is in force again after the branch was away or elsewhere. */
  #judge(desired: DesiredState): void {
    const errors = desired.problems.filter((problem) => problem.severity === 'error').length;
    if (errors === 0) return this.#say('ok', '');
    const at = `revision ${desired.revision.slice(0, 12)} has ${errors} problem(s)`;
    this.#say('invalid', `${at}; what they touch stays at its last good revision`);
  }

  /** A commit that is gone from the mirror cannot be descended from. */
  async #descends(ancestor: string, head: string): Promise<boolean> {
    return (await this.#repository.resolve(ancestor)) !== null && this.#repository.isAncestor(ancestor, head);
  }

  async #standIn(error: unknown): Promise<void> {
    if (error instanceof LostHistoryError) throw error;
    this.#say(stateFor(error), reason(error));
    if (this.#desired === null && this.#accepted !== null) this.#desired = await this.#read(this.#accepted);
    if (this.#desired === null) throw error;
  }

  #say(state: SourceStatus['state'], detail: string): void {
    if (this.#status.state === state && this.#status.detail === detail) return;
    const same = this.#status.state === state;
    this.#status = { state, detail, since: same ? this.#status.since : this.#clock.now() };
    if (state === 'ok') this.#log.info({ revision: this.#accepted }, 'the repository is in order');
    else this.#log.warn({ state }, detail);
  }
}

/** The branch was rewritten, and what was accepted of it cannot be read any more: there is nothing to enforce. */
class LostHistoryError extends Error {
  constructor(rewritten: string, cause: unknown) {
    super(
      `${rewritten}. Nothing can be enforced until then: the accepted revision cannot be read from the mirror`,
      {
        cause,
      },
    );
    this.name = 'LostHistoryError';
  }
}

/** A revision that may be followed, but the node's own disk does not take the record of it. */
class UnrecordedError extends Error {
  constructor(head: string, cause: unknown) {
    super(
      `revision ${head.slice(0, 12)} is not followed as long as that cannot be recorded: ${reason(cause)}`,
      {
        cause,
      },
    );
    this.name = 'UnrecordedError';
  }
}

function stateFor(error: unknown): SourceStatus['state'] {
  if (error instanceof UnrecordedError) return 'unrecorded';
  const unreadable =
    error instanceof NoValidRevisionError ||
    (error instanceof GitError && unreadableRevision.has(error.code));
  return unreadable ? 'invalid' : 'unreachable';
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export interface SourceOptions {
  readonly repository: Repository;
  readonly read: ReadDesired;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly log: Log;
  /** A head that a person accepts although it does not descend from the accepted one. */
  readonly acceptHistory: string | null;
}
