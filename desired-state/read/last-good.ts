import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Repository } from '../git/port.ts';
import type { DesiredState } from '../model.ts';
import { type Answer, answering } from './answer.ts';
import { createDocumentCache, type DocumentCache } from './document-cache.ts';
import { type DocumentSet, loadDocuments } from './documents.ts';
import { enforcing } from './enforced.ts';
import { firstParents } from './history.ts';
import type { Enforced } from './in-force.ts';
import { Ledger } from './ledger.ts';
import { NoValidRevisionError } from './no-valid-revision.ts';
import { hasErrors, sortProblems } from './problem-at.ts';
import { type Resolution, Resolver } from './resolve.ts';
import { gitSource } from './source.ts';
import { withTurns } from './turns.ts';

/** How many commits back a last good revision is looked for. */
export const WALK_LIMIT = 500;

/** What earlier readings left, so that the next one costs what has changed. May be thrown away at any time. */
export interface ReadCache {
  readonly documents: DocumentCache;
  readonly resolver: Resolver;
  readonly ledger: Ledger;
  /** What was in force at the revisions read last, newest last. */
  readonly enforced: Map<string, Enforced>;
  /** The files of the revision that was looked at last; the next one is compared with it. */
  files: DocumentSet | null;
  /** What was answered last; what has not changed since is the same object in the next answer. */
  answer: Answer | null;
}

/** One for each repository, for as long as it is read. */
export function createReadCache(): ReadCache {
  return {
    documents: createDocumentCache(),
    resolver: new Resolver(),
    ledger: new Ledger(),
    enforced: new Map(),
    files: null,
    answer: null,
  };
}

/**
 * The desired state of a revision: its own word where that is valid, the last good one where it is not. It follows from
 * Git alone, and the same revision always answers the same. With a cache, whatever has the same value as in the answer
 * before is the same object: see `DesiredState`.
 * @throws NoValidRevisionError when the shared files never were valid
 * @throws GitError when Git itself fails; never for what files hold
 */
export async function readDesired(
  repository: Repository,
  revision: string,
  cache: ReadCache = createReadCache(),
): Promise<DesiredState> {
  const reading = new Reading(repository, cache);
  const enforced = await reading.at(revision);
  remember(cache, enforced);
  cache.documents.endRound();
  const state = await withTurns(answering(enforced, cache.answer));
  cache.answer = { enforced, state };
  return state;
}

/**
 * Tenants whose resolutions a walk keeps for its way forward: some 40 MB of them. Beyond, revisions are read again, or
 * a long walk would hold all tenants of hundreds of revisions in memory.
 */
const KEPT_TENANTS = 20_000;

/** How many commits are walked back to one that was read before, in the hope that there is one. */
const NEAR = 8;

class Reading {
  readonly #repository: Repository;
  readonly #cache: ReadCache;
  readonly #kept = new Map<string, Resolution>();
  #keptTenants = 0;

  constructor(repository: Repository, cache: ReadCache) {
    this.#repository = repository;
    this.#cache = cache;
  }

  /** Walks back to a revision that needs nothing from before it, then forward again, one revision after the other. */
  async at(revision: string): Promise<Enforced> {
    const { enforced: remembered, ledger } = this.#cache;
    const pending: string[] = [];
    let enforced: Enforced | null = null;
    for await (const commit of firstParents(this.#repository, revision, WALK_LIMIT)) {
      enforced = remembered.get(commit) ?? null;
      // What was read a few commits ago is nearer than what stands alone, which has to be weighed as a whole.
      if (enforced === null && (remembered.size === 0 || pending.length >= NEAR))
        enforced = await this.#alone(commit);
      if (enforced !== null) break;
      pending.push(commit);
    }
    for (const commit of pending.toReversed()) {
      enforced = await withTurns(enforcing(enforced, await this.#resolve(commit), ledger));
      await othersTurn();
    }
    if (enforced !== null) return enforced;
    const { sharedProblems, problems, tenants } = await this.#resolve(revision);
    const own = [...tenants.values()].flatMap((tenant) => tenant.problems);
    throw new NoValidRevisionError(revision, sortProblems([...sharedProblems, ...problems, ...own]));
  }

  async #alone(commit: string): Promise<Enforced | null> {
    const resolution = await this.#resolve(commit);
    for (const { problems } of resolution.tenants.values()) if (hasErrors(problems)) return null;
    const enforced = await withTurns(enforcing(null, resolution, this.#cache.ledger));
    return enforced !== null && enforced.selfContained ? enforced : null;
  }

  async #resolve(commit: string): Promise<Resolution> {
    const kept = this.#kept.get(commit);
    if (kept !== undefined) return kept;
    const { documents, resolver, files } = this.#cache;
    const set = await loadDocuments(gitSource(this.#repository, commit), documents, files);
    if (set.refused.length === 0) this.#cache.files = set;
    // Of 100,000 documents of one tenant, to group them is one step and to resolve them is another.
    await othersTurn();
    const resolution = await withTurns(resolver.resolving(set));
    this.#keptTenants += resolution.tenants.size;
    if (this.#keptTenants <= KEPT_TENANTS) this.#kept.set(commit, resolution);
    return resolution;
  }
}

const REMEMBERED = 4;

function remember({ enforced: memory }: ReadCache, enforced: Enforced): void {
  memory.delete(enforced.revision);
  memory.set(enforced.revision, enforced);
  for (const oldest of memory.keys()) {
    if (memory.size <= REMEMBERED) return;
    memory.delete(oldest);
  }
}
