import fs from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import git from 'isomorphic-git';
import { GitError } from './errors.ts';
import { isomorphicError } from './isomorphic-errors.ts';
import { ObjectStore } from './isomorphic-objects.ts';
import type { PushTarget, Source } from './isomorphic-remote.ts';
import { IN_MEMORY } from './limits.ts';
import { packTooLarge, scanPack } from './pack-scan.ts';
import { moved, noBranch, notCommit, rejected, shallow, unreachable } from './remote-errors.ts';
import type { Remote } from './url.ts';

/**
 * A repository on this machine. isomorphic-git has no local transport, so objects are read where they are, and
 * there is no mirror: when the repository goes away, its revisions do too.
 */
export class LocalSource implements Source {
  readonly #remote: Remote & { readonly kind: 'path' };
  readonly #branch: string;
  readonly #ref: string;
  /** Packs that were looked through, by path, size and time. */
  readonly #scanned = new Set<string>();
  #gitdir: string;

  constructor(remote: Remote & { readonly kind: 'path' }, branch: string) {
    this.#remote = remote;
    this.#branch = branch;
    this.#ref = `refs/heads/${branch}`;
    this.#gitdir = remote.path;
  }

  get gitdir(): string {
    return this.#gitdir;
  }

  /** The remote may come later: what is wrong with it is said by the first operation that needs it. */
  async open(): Promise<void> {}

  async healed<T>(operation: () => Promise<T>): Promise<T> {
    await this.#find();
    return operation();
  }

  async fetch(): Promise<string> {
    await this.#find();
    const head = await this.#resolve(this.#ref);
    if (head === null) throw noBranch(this.#remote, this.#branch);
    const commit = await new ObjectStore(this.#gitdir).peel(head);
    if (commit === null) throw notCommit(this.#remote, this.#branch);
    return commit;
  }

  async lookup(name: string): Promise<string | null> {
    await this.#find();
    const oid = (await this.#resolve(`refs/tags/${name}`)) ?? (await this.#resolve(`refs/heads/${name}`));
    if (oid === null) return null;
    return new ObjectStore(this.#gitdir).peel(oid);
  }

  /** Moves the branch under git's own lock file, so that git processes and this one cannot both win. */
  async push(commit: string, { expected, branch = this.#branch }: PushTarget): Promise<void> {
    await this.#find();
    if (branch === this.#branch) await this.#refuseCheckedOut();
    const ref = `refs/heads/${branch}`;
    const path = join(this.#gitdir, ref);
    const lock = `${path}.lock`;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(lock, 'wx').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
        throw moved(this.#remote, branch);
      }
      throw error;
    });
    try {
      const now = await this.#resolve(ref);
      if (now !== expected && now !== commit) throw moved(this.#remote, branch);
      await file.writeFile(`${commit}\n`);
      await file.sync();
      await rename(lock, path);
    } catch (error) {
      await rm(lock, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {}

  /** The folder that holds objects and refs: the path itself, its `.git`, or what a `.git` file leads to. */
  async #find(): Promise<void> {
    for (const candidate of [join(this.#remote.path, '.git'), this.#remote.path]) {
      const gitdir = await this.#follow(candidate);
      if (gitdir === null || !(await exists(join(gitdir, 'HEAD')))) continue;
      const common = await readText(join(gitdir, 'commondir'));
      this.#gitdir = common === null ? gitdir : resolve(gitdir, common.trim());
      await this.#refuseFormat();
      await this.#scanPacks();
      return;
    }
    throw unreachable(this.#remote, 'there is no repository');
  }

  async #follow(path: string): Promise<string | null> {
    if (!(await exists(path))) return null;
    if ((await stat(path)).isDirectory()) return path;
    const target = /^gitdir: (.*)$/m.exec((await readText(path)) ?? '')?.[1];
    return target === undefined ? null : resolve(dirname(path), target);
  }

  async #refuseFormat(): Promise<void> {
    if (await exists(join(this.#gitdir, 'shallow'))) throw shallow(this.#remote);
    const borrows = await exists(join(this.#gitdir, 'objects/info/alternates'));
    const config = (await readText(join(this.#gitdir, 'config'))) ?? '';
    const extension = /^\s*(objectformat|refstorage)\s*=\s*(?!sha1\b|files\b)(\S+)/im.exec(config)?.[2];
    if (!borrows && extension === undefined) return;
    const why = borrows ? 'borrows objects from another repository' : `is kept in the format ${extension}`;
    throw new GitError('git/refused-url', `${this.#remote.shown} ${why}. Install git: apt-get install git`);
  }

  /** Somebody else wrote these packs, and isomorphic-git opens them as they are. */
  async #scanPacks(): Promise<void> {
    const folder = join(this.#gitdir, 'objects/pack');
    const names = await readdir(folder).catch(absent<string[]>([]));
    for (const name of names.filter((candidate) => candidate.endsWith('.pack'))) {
      const path = join(folder, name);
      const { size, mtimeMs } = await stat(path);
      const key = `${path} ${size} ${mtimeMs}`;
      if (this.#scanned.has(key)) continue;
      if (size > IN_MEMORY.packBytes) throw packTooLarge(path, size);
      scanPack(await readFile(path));
      this.#scanned.add(key);
    }
  }

  async #refuseCheckedOut(): Promise<void> {
    const config = (await readText(join(this.#gitdir, 'config'))) ?? '';
    if (/^\s*bare\s*=\s*true\s*$/im.test(config)) return;
    const head = await readText(join(this.#gitdir, 'HEAD'));
    if (head?.trim() !== `ref: ${this.#ref}`) return;
    const why =
      'a work tree has the branch checked out, and only git itself can move both (apt-get install git)';
    throw rejected(this.#remote, this.#branch, why);
  }

  async #resolve(ref: string): Promise<string | null> {
    try {
      return await git.resolveRef({ fs, gitdir: this.#gitdir, ref });
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return null;
      throw isomorphicError(error, this.#remote, this.#branch);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, absent(false));
}

async function readText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(absent(null));
}

/** Answers `value` for a path that is not there; any other failure is one. */
function absent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return value;
    throw error;
  };
}
