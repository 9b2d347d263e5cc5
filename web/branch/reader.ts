import pLimit from 'p-limit';
import type { Repository } from '../../desired-state/git/port.ts';
import type { DesiredState } from '../../desired-state/model.ts';
import { createReadCache, readDesired } from '../../desired-state/read/last-good.ts';
import { NoValidRevisionError } from '../../desired-state/read/no-valid-revision.ts';
import type { Edit } from '../../desired-state/write/edit.ts';
import type { Problem } from '../../schemas/problem.ts';
import { Drafts } from './drafts.ts';

/** What a revision, or a draft of one, asks for. */
export interface Reading {
  readonly revision: string;
  /** Null when nothing up to it was ever valid. */
  readonly desired: DesiredState | null;
  /** All that is wrong with it. */
  readonly problems: readonly Problem[];
}

/** Readings that are kept whole: the newest revision, the one before an edit, drafts of it. */
const KEPT = 4;

/** Reads revisions and drafts, one after the other with one cache, so that each costs what differs from the last. */
export class Reader {
  readonly #cache = createReadCache();
  readonly #drafts: Drafts;
  readonly #repository: Repository;
  readonly #one = pLimit(1);
  readonly #kept = new Map<string, Reading>();

  constructor(repository: Repository) {
    this.#drafts = new Drafts(repository);
    this.#repository = this.#drafts.reading;
  }

  /** The repository in which drafts can be read as well. */
  get repository(): Repository {
    return this.#repository;
  }

  /** @throws GitError when Git itself fails; never for what files hold */
  at(revision: string): Promise<Reading> {
    return this.#one(() => this.#read(revision));
  }

  /** The revision as it would be with these edits. @throws GitError `git/unsafe-path`, or when Git itself fails */
  draft(base: string, edits: readonly Edit[]): Promise<Reading> {
    return this.#one(() => this.#read(this.#drafts.make(base, edits)));
  }

  async #read(revision: string): Promise<Reading> {
    const known = this.#kept.get(revision);
    if (known !== undefined) return known;
    const reading = await this.#anew(revision);
    this.#kept.set(revision, reading);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT) break;
      this.#kept.delete(oldest);
    }
    return reading;
  }

  async #anew(revision: string): Promise<Reading> {
    try {
      const desired = await readDesired(this.#repository, revision, this.#cache);
      return { revision, desired, problems: desired.problems };
    } catch (error) {
      if (!(error instanceof NoValidRevisionError)) throw error;
      return { revision, desired: null, problems: error.problems };
    }
  }
}
