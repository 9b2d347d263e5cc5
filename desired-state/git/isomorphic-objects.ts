import { createHash } from 'node:crypto';
import fs from 'node:fs';
import git from 'isomorphic-git';
import { parseCommitObject, treeIdOf } from './commit-object.ts';
import { GitError } from './errors.ts';
import { readLooseObject } from './loose-object.ts';
import type { Commit } from './port.ts';
import { parseTreeObject, type TreeItem } from './tree-object.ts';
import { MAX_FILES, MAX_PATH, type RawEntry } from './tree-rules.ts';

/** A character of a path has three bytes at most, or counts as two. */
const MAX_PATH_BYTES = 3 * MAX_PATH;

/** Annotated tags upon annotated tags that are followed. */
const MAX_TAGS = 8;

type Kind = 'commit' | 'tree' | 'blob';

/** Objects of the repository at `gitdir`, read and written through isomorphic-git. One instance an operation. */
export class ObjectStore {
  readonly gitdir: string;
  /** isomorphic-git keeps pack indexes in it; a fresh one an operation, or it would not see new packs. */
  readonly cache: object = {};

  constructor(gitdir: string) {
    this.gitdir = gitdir;
  }

  /**
   * The contents of an object, proven against its id: isomorphic-git does not prove what it reads from packs.
   * @throws GitError `git/missing`, `git/corrupt`
   */
  async read(oid: string, kind: Kind): Promise<Buffer> {
    const { type, content } = await this.#proven(oid);
    if (type !== kind) throw new GitError('git/missing', `${oid} is a ${type}, not a ${kind}.`);
    return content;
  }

  async commit(oid: string): Promise<Commit> {
    return parseCommitObject(oid, await this.read(oid, 'commit'));
  }

  /**
   * The commit that an object is, or that an annotated tag leads to; null when it leads to anything else.
   * @throws GitError `git/missing`, `git/corrupt`
   */
  async peel(oid: string): Promise<string | null> {
    let current = oid;
    for (let depth = 0; depth < MAX_TAGS; depth += 1) {
      const { type, content } = await this.#proven(current);
      if (type === 'commit') return current;
      const next = /^object ([0-9a-f]{40})\n/.exec(content.toString('latin1', 0, 64))?.[1];
      if (type !== 'tag' || next === undefined) return null;
      current = next;
    }
    return null;
  }

  async #proven(oid: string): Promise<{ readonly type: string; readonly content: Buffer }> {
    const { type, content } = (await readLooseObject(this.gitdir, oid)) ?? (await this.#packed(oid));
    const id = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
    if (id !== oid)
      throw new GitError('git/corrupt', `Object ${oid} is damaged: its content has the id ${id}.`);
    return { type, content };
  }

  async #packed(oid: string): Promise<{ readonly type: string; readonly content: Buffer }> {
    let found: Awaited<ReturnType<typeof git.readObject>>;
    try {
      found = await git.readObject({ fs, gitdir: this.gitdir, cache: this.cache, oid, format: 'content' });
    } catch (error) {
      throw readError(oid, error);
    }
    if (!(found.object instanceof Uint8Array))
      throw new GitError('git/corrupt', `Object ${oid} has no content.`);
    return { type: found.type ?? '', content: Buffer.from(found.object) };
  }

  /** The tree id of a commit. */
  async treeOf(commit: string): Promise<string> {
    const tree = treeIdOf(await this.read(commit, 'commit'));
    if (tree === null) throw new GitError('git/corrupt', `Commit ${commit} names no tree.`);
    return tree;
  }

  /** All entries below a tree, folders left out. Sizes are not known: packs tell them only with the content. */
  async walk(tree: string): Promise<readonly RawEntry[]> {
    const entries: RawEntry[] = [];
    let visited = 0;
    // One tree may be in many places, but is read once.
    const trees = new Map<string, readonly TreeItem[]>();
    const visit = async (oid: string, folder: Buffer): Promise<void> => {
      visited += 1;
      const items = trees.get(oid) ?? parseTreeObject(await this.read(oid, 'tree'), oid);
      trees.set(oid, items);
      for (const item of items) {
        const path = Buffer.concat([folder, item.name]);
        const within = item.mode === '040000' && path.length <= MAX_PATH_BYTES;
        if (within) await visit(item.oid, Buffer.concat([path, Buffer.from('/')]));
        // The path of a folder that is too long says so for all that is in it.
        else if (item.mode === '040000') entries.push({ mode: '100644', oid: item.oid, size: null, path });
        else entries.push({ mode: item.mode, oid: item.oid, size: null, path });
        if (entries.length > MAX_FILES || visited > MAX_FILES) throw tooMany();
      }
    };
    await visit(tree, Buffer.alloc(0));
    return entries;
  }

  /** The object at a path of a commit, file or folder; null when there is none. */
  async at(commit: string, path: string): Promise<string | null> {
    let oid = await this.treeOf(commit);
    const parts = path.split('/').filter((part) => part !== '');
    for (const [index, part] of parts.entries()) {
      const name = Buffer.from(part);
      const item = parseTreeObject(await this.read(oid, 'tree'), oid).find((entry) =>
        entry.name.equals(name),
      );
      if (item === undefined || (index < parts.length - 1 && item.mode !== '040000')) return null;
      oid = item.oid;
    }
    return oid;
  }

  /**
   * Writes a tree with some files changed, and the trees above them; all others stay as they are.
   * @param tree the tree to start from; null is the empty one
   * @param changes path to blob id; null takes the file out
   * @returns the new tree, or null when nothing is left in it
   */
  async writeTree(tree: string | null, changes: ReadonlyMap<string, string | null>): Promise<string | null> {
    const items = new Map<string, TreeItem>();
    if (tree !== null) {
      for (const item of parseTreeObject(await this.read(tree, 'tree'), tree)) {
        items.set(item.name.toString('utf8'), item);
      }
    }
    const folders = new Map<string, Map<string, string | null>>();
    for (const [path, oid] of changes) {
      const slash = path.indexOf('/');
      const name = slash === -1 ? path : path.slice(0, slash);
      if (slash === -1) {
        const mode = items.get(name)?.mode === '100755' ? '100755' : '100644';
        if (oid === null) items.delete(name);
        else items.set(name, { mode, name: Buffer.from(name), oid });
        continue;
      }
      const inner = folders.get(name) ?? new Map<string, string | null>();
      folders.set(name, inner.set(path.slice(slash + 1), oid));
    }
    for (const [name, inner] of folders) {
      const before = items.get(name);
      const after = await this.writeTree(before?.mode === '040000' ? before.oid : null, inner);
      if (after !== null) items.set(name, { mode: '040000', name: Buffer.from(name), oid: after });
      else if (before?.mode === '040000') items.delete(name);
    }
    if (items.size === 0) return null;
    return this.#writeItems([...items.values()]);
  }

  /** Writes a tree object. */
  async #writeItems(items: readonly TreeItem[]): Promise<string> {
    const tree = items.map((item) => ({
      mode: item.mode,
      path: item.name.toString('utf8'),
      oid: item.oid,
      type: item.mode === '040000' ? ('tree' as const) : ('blob' as const),
    }));
    return git.writeTree({ fs, gitdir: this.gitdir, tree });
  }
}

/** Trees that name one another many times over are small to send and endless to walk. */
function tooMany(): GitError {
  return new GitError(
    'git/unsafe-tree',
    `The revision holds more than the ${MAX_FILES} files or folders that are allowed.`,
  );
}

function readError(oid: string, error: unknown): GitError {
  if (error instanceof git.Errors.NotFoundError) {
    return new GitError('git/missing', `There is no object ${oid} in the repository.`, { cause: error });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new GitError('git/corrupt', `Object ${oid} could not be read: ${why}`, { cause: error });
}
