import { hash } from 'node:crypto';
import type { Repository, TreeChange, TreeEntry } from '../../desired-state/git/port.ts';
import { judgePaths } from '../../desired-state/git/tree-rules.ts';
import { blobId } from '../../desired-state/read/work-tree.ts';
import type { Edit } from '../../desired-state/write/edit.ts';

/** How many drafts can be read; older ones are forgotten. */
const KEPT = 8;

interface Draft {
  readonly base: string;
  readonly changes: ReadonlyMap<string, TreeChange>;
  /** New contents by blob id. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/**
 * A repository in which edits that nobody committed can be read as if they were commits, so that a preview is judged and
 * planned by the same reading as a revision and leaves nothing behind. Everything else is the repository's own.
 */
export class Drafts {
  readonly #repository: Repository;
  readonly #drafts = new Map<string, Draft>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /**
   * Makes a draft on a revision that `repository` can read.
   * @returns an id that only `reading` knows
   * @throws GitError `git/unsafe-path`
   */
  make(base: string, edits: readonly Edit[]): string {
    judgePaths(edits.map(({ path }) => path));
    const changes = new Map<string, TreeChange>();
    const blobs = new Map<string, Uint8Array>();
    const stored = (text: string | null): string | null => {
      if (text === null) return null;
      const bytes = Buffer.from(text);
      const oid = blobId(bytes);
      blobs.set(oid, bytes);
      return oid;
    };
    for (const { path, before, after } of edits)
      changes.set(path, { path, before: stored(before), after: stored(after) });
    const id = hash('sha1', JSON.stringify([base, [...changes.values()]]), 'hex');
    this.#drafts.delete(id);
    this.#drafts.set(id, { base, changes, blobs });
    for (const oldest of this.#drafts.keys()) {
      if (this.#drafts.size <= KEPT) break;
      this.#drafts.delete(oldest);
    }
    return id;
  }

  /** The repository with its drafts. */
  get reading(): Repository {
    const inner = this.#repository;
    return {
      fetch: (signal) => inner.fetch(signal),
      tree: (revision) => this.#tree(revision),
      changes: (from, to) => this.#changes(from, to),
      blobs: (oids) => this.#blobs(oids),
      commits: (from, options) => this.#commits(from, options),
      isAncestor: (ancestor, descendant) => {
        const base = this.#drafts.get(descendant)?.base;
        return inner.isAncestor(ancestor, base ?? descendant);
      },
      resolve: (name) => inner.resolve(name),
      commit: (edit) => inner.commit(edit),
      push: (commit, expected, signal) => inner.push(commit, expected, signal),
      publish: (commit, branch, signal) => inner.publish(commit, branch, signal),
      close: () => inner.close(),
    };
  }

  async #tree(revision: string): Promise<readonly TreeEntry[]> {
    const draft = this.#drafts.get(revision);
    if (draft === undefined) return this.#repository.tree(revision);
    const files = new Map((await this.#repository.tree(draft.base)).map(({ path, oid }) => [path, oid]));
    for (const { path, after } of draft.changes.values()) {
      if (after === null) files.delete(path);
      else files.set(path, after);
    }
    return [...files].map(([path, oid]) => ({ path, oid }));
  }

  /** From a draft back to its base, on to the other's base, and to the other draft. */
  async #changes(from: string, to: string): Promise<readonly TreeChange[] | null> {
    const [left, right] = [this.#drafts.get(from), this.#drafts.get(to)];
    if (left === undefined && right === undefined) return this.#repository.changes(from, to);
    const [start, end] = [left?.base ?? from, right?.base ?? to];
    const between = start === end ? [] : await this.#repository.changes(start, end);
    if (between === null) return null;
    const real = new Map(between.map((change) => [change.path, change]));
    const paths = new Set([
      ...(left?.changes.keys() ?? []),
      ...real.keys(),
      ...(right?.changes.keys() ?? []),
    ]);
    const composed: TreeChange[] = [];
    for (const path of paths) {
      const [back, on, forth] = [left?.changes.get(path), real.get(path), right?.changes.get(path)];
      const before = back !== undefined ? back.after : ((on ?? forth)?.before ?? null);
      const after = forth !== undefined ? forth.after : on !== undefined ? on.after : (back?.before ?? null);
      if (before !== after) composed.push({ path, before, after });
    }
    return composed;
  }

  async #blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    for (const oid of oids) {
      for (const { blobs } of this.#drafts.values()) {
        const bytes = blobs.get(oid);
        if (bytes !== undefined) found.set(oid, bytes);
      }
    }
    const others = oids.filter((oid) => !found.has(oid));
    if (others.length > 0)
      for (const [oid, bytes] of await this.#repository.blobs(others)) found.set(oid, bytes);
    return found;
  }

  async #commits(from: string, options: { readonly limit: number; readonly path?: string }) {
    const draft = this.#drafts.get(from);
    if (draft === undefined) return this.#repository.commits(from, options);
    const { limit, path } = options;
    const within = path === undefined || [...draft.changes.keys()].some((name) => isIn(name, path));
    const nobody = { name: 'draft', email: 'draft' };
    const own = { oid: from, parents: [draft.base], author: nobody, time: 0, message: 'draft' };
    if (!within) return this.#repository.commits(draft.base, options);
    if (limit <= 1) return [own];
    return [own, ...(await this.#repository.commits(draft.base, { ...options, limit: limit - 1 }))];
  }
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
