import type { Problem } from '../../schemas/problem.ts';
import type { Repository } from '../git/port.ts';
import type { DesiredState, TenantEntry } from '../model.ts';
import { createDocumentCache, type DocumentCache } from './document-cache.ts';
import { loadDocuments } from './documents.ts';
import { type Enforced, enforce } from './enforced.ts';
import { firstParents } from './history.ts';
import { sortProblems } from './problem-at.ts';
import { type Resolution, Resolver } from './resolve.ts';
import { gitSource } from './source.ts';

/** How many commits back a last good revision is looked for. */
export const WALK_LIMIT = 500;

/** No revision in reach has valid shared files: there is nothing to enforce. */
export class NoValidRevisionError extends Error {
  readonly code = 'desired/no-valid-revision';
  readonly retry = 'never';
  /** The problems of the newest revision. */
  readonly problems: readonly Problem[];

  constructor(revision: string, problems: readonly Problem[]) {
    super(
      `Revision ${revision.slice(0, 12)} has ${problems.length} problem(s) in files that all tenants share, and no revision before it can stand in. Run \`tenantry validate\` in the repository and mend them.`,
    );
    this.name = 'NoValidRevisionError';
    this.problems = problems;
  }
}

/** What earlier readings left, so that the next one costs what has changed. May be thrown away at any time. */
export interface ReadCache {
  readonly documents: DocumentCache;
  readonly resolver: Resolver;
  /** What was in force at the revisions read last, newest last. */
  readonly enforced: Map<string, Enforced>;
}

/** One for each repository, for as long as it is read. */
export function createReadCache(): ReadCache {
  return { documents: createDocumentCache(), resolver: new Resolver(), enforced: new Map() };
}

/**
 * The desired state of a revision: its own word where that is valid, the last good one where it is not. It follows from
 * Git alone, and the same revision always answers the same.
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
  return toDesiredState(enforced);
}

/**
 * Tenants whose resolutions a walk keeps for its way forward: some 40 MB of them. Beyond, revisions are read again, or
 * a long walk would hold all tenants of hundreds of revisions in memory.
 */
const KEPT_TENANTS = 20_000;

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
    const pending: string[] = [];
    let enforced: Enforced | null = null;
    for await (const commit of firstParents(this.#repository, revision, WALK_LIMIT)) {
      enforced = this.#cache.enforced.get(commit) ?? (await this.#alone(commit));
      if (enforced !== null) break;
      pending.push(commit);
    }
    for (const commit of pending.toReversed()) enforced = enforce(enforced, await this.#resolve(commit));
    if (enforced !== null) return enforced;
    const { sharedProblems, problems, tenants } = await this.#resolve(revision);
    const own = [...tenants.values()].flatMap((tenant) => tenant.problems);
    throw new NoValidRevisionError(revision, sortProblems([...sharedProblems, ...problems, ...own]));
  }

  async #alone(commit: string): Promise<Enforced | null> {
    const enforced = enforce(null, await this.#resolve(commit));
    return enforced !== null && enforced.selfContained ? enforced : null;
  }

  async #resolve(commit: string): Promise<Resolution> {
    const kept = this.#kept.get(commit);
    if (kept !== undefined) return kept;
    const documents = await loadDocuments(gitSource(this.#repository, commit), this.#cache.documents);
    const resolution = this.#cache.resolver.resolve(documents);
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

function toDesiredState(enforced: Enforced): DesiredState {
  const { platform, nodes, channels } = enforced.shared;
  if (platform === null) throw new Error('Shared files without a platform were taken for valid.');
  const tenants = [...enforced.tenants].map(([name, tenant]): [string, TenantEntry] => {
    const problems = enforced.tenantProblems.get(name) ?? [];
    return [name, { name, desired: tenant?.desired ?? null, revision: tenant?.revision ?? null, problems }];
  });
  return {
    revision: enforced.revision,
    baseRevision: enforced.baseRevision,
    platform: platform.desired,
    nodes: record(nodes, (node) => node?.desired ?? null),
    channels: record(channels, (channel) => channel),
    tenants: Object.fromEntries(tenants.sort(([a], [b]) => (a < b ? -1 : 1))),
    notActedOn: enforced.notActedOn,
    problems: enforced.problems,
  };
}

function record<V, T>(map: ReadonlyMap<string, V>, of: (value: V) => T | null): Record<string, T> {
  const entries = [...map].flatMap(([name, value]): [string, T][] => {
    const made = of(value);
    return made === null ? [] : [[name, made]];
  });
  return Object.fromEntries(entries);
}
