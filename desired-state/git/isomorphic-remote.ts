import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import git, { type FetchResult } from 'isomorphic-git';
import { diskError, GitError } from './errors.ts';
import { isomorphicError } from './isomorphic-errors.ts';
import { GitHttp } from './isomorphic-http.ts';
import { init, opens, REMOTE } from './isomorphic-mirror.ts';
import { ObjectStore } from './isomorphic-objects.ts';
import type { GitLimits } from './limits.ts';
import { Mirror, mirrorRef } from './mirror.ts';
import { packBytes, requireRoom } from './mirror-objects.ts';
import { moved, noBranch, notCommit, shallow } from './remote-errors.ts';
import type { Remote } from './url.ts';

/** Which branch is moved, the followed one if it is not named, and from where; null: it must not be there yet. */
export interface PushTarget {
  readonly expected: string | null;
  readonly branch?: string;
}

/** Where the objects of a repository are, and how its branch is followed and moved. */
export interface Source {
  /** The repository that objects are read from and written to. */
  readonly gitdir: string;
  open(): Promise<void>;
  /** Runs an operation on the objects; repairs and runs it again where that can help. */
  healed<T>(operation: () => Promise<T>): Promise<T>;
  /** Brings the branch and answers its commit. */
  fetch(signal: AbortSignal | undefined): Promise<string>;
  /** The commit that a tag or branch of the remote names; brings it, if need be. */
  lookup(name: string): Promise<string | null>;
  push(commit: string, to: PushTarget, signal: AbortSignal | undefined): Promise<void>;
  close(): Promise<void>;
}

/** A remote behind http(s), mirrored on disk. */
export class HttpSource implements Source {
  readonly #remote: Remote & { readonly kind: 'http' };
  readonly #branch: string;
  readonly #limits: GitLimits;
  readonly #http: GitHttp;
  readonly #mirror: Mirror;

  constructor(remote: Remote & { readonly kind: 'http' }, branch: string, dir: string, limits: GitLimits) {
    this.#remote = remote;
    this.#branch = branch;
    this.#limits = limits;
    this.#http = new GitHttp(remote.credential, limits.fetchBytes, branch);
    this.#mirror = new Mirror(dir, {
      opens: (gitdir) => opens(gitdir, remote.url),
      init: (gitdir) => init(gitdir, remote.url),
      fetchAll: async (gitdir) => void (await this.#fetchInto(gitdir, undefined)),
      release: () => Promise.resolve(),
    });
  }

  get gitdir(): string {
    return this.#mirror.gitdir;
  }

  async open(): Promise<void> {
    await this.#mirror.open();
  }

  async healed<T>(operation: () => Promise<T>): Promise<T> {
    return this.#mirror.healed(operation);
  }

  async fetch(signal: AbortSignal | undefined): Promise<string> {
    return this.#mirror.healed(() => this.#fetchInto(this.gitdir, signal));
  }

  async lookup(name: string): Promise<string | null> {
    return this.#mirror.healed(async () => {
      const candidates = [`refs/tags/${name}`, `refs/heads/${name}`];
      const refs = await this.#asking(undefined, () => this.#list(undefined, candidates));
      for (const wanted of candidates) {
        const found = refs.find(({ ref }) => ref === wanted);
        if (found === undefined) continue;
        const commit = found.peeled ?? found.oid;
        if (!(await this.#has(this.gitdir, commit))) await this.#transfer(this.gitdir, wanted, undefined);
        return commit;
      }
      return null;
    });
  }

  async push(commit: string, to: PushTarget, signal: AbortSignal | undefined): Promise<void> {
    const { expected, branch = this.#branch } = to;
    const gitdir = this.gitdir;
    const outgoing = `refs/tenantry/outgoing/${commit}`;
    const remoteRef = `refs/heads/${branch}`;
    const lease = expected ?? '0'.repeat(40);
    let overtaken = false;
    await git.writeRef({ fs, gitdir, ref: outgoing, value: commit, force: true });
    try {
      await this.#asking(signal, async () => {
        await git.push({
          fs,
          http: this.#http.client(signal),
          cache: {},
          gitdir,
          url: this.#remote.url,
          remote: REMOTE,
          ref: outgoing,
          remoteRef,
          // The server compares once more when it moves the branch: what it advertised is what it must still have.
          onPrePush: ({ remoteRef: advertised }) => {
            overtaken = advertised.oid !== lease && advertised.oid !== commit;
            return !overtaken;
          },
        });
      });
    } catch (error) {
      if (overtaken) throw moved(this.#remote, branch);
      throw error;
    } finally {
      await git.deleteRef({ fs, gitdir, ref: outgoing });
    }
  }

  async close(): Promise<void> {
    this.#http.close();
  }

  /** Asks for the branch first: a poll that finds nothing new costs one small request. */
  async #fetchInto(gitdir: string, signal: AbortSignal | undefined): Promise<string> {
    const ref = `refs/heads/${this.#branch}`;
    const refs = await this.#asking(signal, () => this.#list(signal, [ref]));
    const head = refs.find((entry) => entry.ref === ref)?.oid;
    if (head === undefined) throw noBranch(this.#remote, this.#branch);
    const known = await this.#known(gitdir);
    if (known !== head || !(await this.#has(gitdir, head))) {
      await this.#transfer(gitdir, ref, signal);
      await this.#requireConnected(gitdir, known);
    }
    // A branch may be at an annotated tag; one at a file or a folder is none that can be followed.
    const commit = await new ObjectStore(gitdir).peel(head);
    if (commit === null) throw notCommit(this.#remote, this.#branch);
    return commit;
  }

  async #list(
    signal: AbortSignal | undefined,
    prefixes: readonly string[],
  ): Promise<readonly { ref: string; oid: string; peeled?: string | undefined }[]> {
    const found = [];
    for (const prefix of prefixes) {
      const http = this.#http.client(signal);
      found.push(...(await git.listServerRefs({ http, url: this.#remote.url, prefix, peelTags: true })));
    }
    return found;
  }

  async #transfer(gitdir: string, remoteRef: string, signal: AbortSignal | undefined): Promise<void> {
    requireRoom(gitdir, await packBytes(gitdir), this.#limits);
    // The types leave out where the pack was put.
    const result: FetchResult & { readonly packfile?: string } = await this.#asking(signal, () =>
      git.fetch({
        fs,
        http: this.#http.client(signal),
        cache: {},
        gitdir,
        url: this.#remote.url,
        remote: REMOTE,
        // What is there already, which is not sent again.
        ref: mirrorRef(this.#branch),
        remoteRef,
        singleBranch: true,
        tags: false,
      }),
    );
    if (result.packfile !== undefined) await provePack(join(gitdir, result.packfile));
  }

  /** isomorphic-git takes what begins in the middle, as git does not: puts the branch back to where it was. */
  async #requireConnected(gitdir: string, known: string | null): Promise<void> {
    for (const oid of this.#http.shallow) {
      if (!(await this.#has(gitdir, oid))) continue;
      const { parents } = await new ObjectStore(gitdir).commit(oid);
      const there = await Promise.all(parents.map((parent) => this.#has(gitdir, parent)));
      if (!there.includes(false)) continue;
      const ref = mirrorRef(this.#branch);
      if (known === null) await git.deleteRef({ fs, gitdir, ref });
      else await git.writeRef({ fs, gitdir, ref, value: known, force: true });
      throw shallow(this.#remote);
    }
  }

  /** The commit that the mirror holds for the branch, or null. */
  async #known(gitdir: string): Promise<string | null> {
    try {
      return await git.resolveRef({ fs, gitdir, ref: mirrorRef(this.#branch) });
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return null;
      throw isomorphicError(error, this.#remote, this.#branch);
    }
  }

  async #has(gitdir: string, commit: string): Promise<boolean> {
    try {
      await new ObjectStore(gitdir).peel(commit);
      return true;
    } catch (error) {
      if (error instanceof GitError && error.code === 'git/missing') return false;
      throw error;
    }
  }

  async #asking<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw isomorphicError(error, this.#remote, this.#branch);
    }
  }
}

/** A pack ends with the digest of all that goes before; isomorphic-git takes the digest for granted. */
async function provePack(path: string): Promise<void> {
  let pack: Buffer;
  try {
    pack = await readFile(path);
  } catch (error) {
    throw diskError(path, error);
  }
  const digest = createHash('sha1').update(pack.subarray(0, -20)).digest();
  if (digest.equals(pack.subarray(-20))) return;
  await rm(path, { force: true });
  await rm(path.replace(/\.pack$/, '.idx'), { force: true });
  throw new GitError(
    'git/corrupt',
    'The pack that the remote sent is damaged: it does not have the digest it names.',
  );
}
