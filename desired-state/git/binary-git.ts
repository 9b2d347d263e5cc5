import { localError, transferError } from './binary-errors.ts';
import { type GitResult, type GitRunOptions, runGit, TRANSFER_TIMEOUT } from './binary-run.ts';
import type { GitError } from './errors.ts';
import type { Remote } from './url.ts';

/** The git program, bound to one remote and its environment. */
export class BinaryGit {
  readonly remote: Remote;
  readonly branch: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #secrets: readonly string[];

  constructor(remote: Remote, branch: string, env: Readonly<Record<string, string>>) {
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

  /** Runs a command that speaks with the remote. @throws GitError as `transferError` reads its words */
  async transfer(gitdir: string, args: readonly string[], options: GitRunOptions = {}): Promise<Buffer> {
    const result = await this.run(['--git-dir', gitdir, ...args], { timeout: TRANSFER_TIMEOUT, ...options });
    if (result.exitCode !== 0) throw this.transferError(result.stderr);
    return result.stdout;
  }

  transferError(stderr: string): GitError {
    return transferError(stderr, this.remote, this.branch);
  }
}
