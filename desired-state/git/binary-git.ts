import pLimit from 'p-limit';
import { withSettings } from './binary-environment.ts';
import { leftShallow, localError, transferError } from './binary-errors.ts';
import { type GitResult, type GitRunOptions, runGit } from './binary-run.ts';
import type { GitError } from './errors.ts';
import type { GitLimits } from './limits.ts';
import { pinnedAddress } from './pinned-address.ts';
import { TransferWatch } from './transfer-watch.ts';
import type { Remote } from './url.ts';

/** The git program, bound to one remote and its environment. */
export class BinaryGit {
  readonly remote: Remote;
  readonly branch: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #secrets: readonly string[];

  readonly limits: GitLimits;
  /** Whether commits are signed, with the key that the environment names. */
  readonly signs: boolean;
  /** One after the other, whatever writes objects: what a broken transfer leaves behind is then known to be nobody's. */
  readonly #one = pLimit(1);

  constructor(
    remote: Remote,
    branch: string,
    env: Readonly<Record<string, string>>,
    options: { readonly limits: GitLimits; readonly signs: boolean },
  ) {
    this.limits = options.limits;
    this.signs = options.signs;
    this.remote = remote;
    this.branch = branch;
    this.env = env;
    const credential = remote.kind === 'http' ? remote.credential : null;
    this.#secrets =
      credential === null ? [] : [credential.password, `${credential.username}:${credential.password}`];
  }

  /** What git takes as the address. Never holds a credential. */
  get address(): string {
    return this.remote.kind === 'path' ? this.remote.path : this.remote.url;
  }

  /** Runs a command and answers what it left, failed or not. */
  async run(args: readonly string[], options: GitRunOptions = {}): Promise<GitResult> {
    return runGit(args, this.env, this.#secrets, options);
  }

  /** Runs a command on the repository at `gitdir`. @throws GitError `git/missing`, `git/corrupt` */
  async local(gitdir: string, args: readonly string[], options: GitRunOptions = {}): Promise<Buffer> {
    const result = await this.run(['--git-dir', gitdir, ...args], options);
    if (result.exitCode !== 0) throw localError(args[0] ?? '', result.stderr);
    return result.stdout;
  }

  /** Does what writes objects by itself, while no transfer is under way. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#one(work);
  }

  /** Runs a command that speaks with the remote. @throws GitError as `transferError` reads its words */
  async transfer(gitdir: string, args: readonly string[], options: GitRunOptions = {}): Promise<Buffer> {
    return this.#one(async () => {
      const env = withSettings(this.env, await pinnedAddress(this.remote, this.env));
      const watch = await TransferWatch.start(gitdir, this.limits);
      const signal = AbortSignal.any([
        watch.signal,
        ...(options.signal === undefined ? [] : [options.signal]),
      ]);
      let whole = false;
      try {
        const result = await this.run(['--git-dir', gitdir, ...args], {
          timeout: this.limits.fetchMs,
          ...options,
          env: { ...env, ...options.env },
          signal,
        });
        if (result.exitCode !== 0 || leftShallow(result.stderr)) throw this.transferError(result.stderr);
        await watch.prove();
        whole = true;
        return result.stdout;
      } finally {
        watch.stop();
        if (!whole) await watch.sweep();
      }
    });
  }

  transferError(stderr: string): GitError {
    return transferError(stderr, this.remote, this.branch);
  }
}
