import type { GitLimits } from './limits.ts';

/** What a repository is opened with, whichever adapter does it. */
export interface RepositoryOptions {
  /** Local path, `file://`, `http(s)://`, `ssh://` or `user@host:path`; see `parseRemote`. */
  readonly url: string;
  /** The one branch that is mirrored, without `refs/heads/`. */
  readonly branch: string;
  /**
   * A directory of Tenantry's own that holds the mirror (`mirror.git`). Created when missing, rebuilt from the
   * remote when damaged: it may be deleted at any time.
   */
  readonly dir: string;
  /** Access token for `http(s)://`; goes before `TENANTRY_GIT_TOKEN` and before userinfo in the URL. */
  readonly token?: string;
  /**
   * Path of an ssh private key without a passphrase: every commit is signed with it. Needs the git program and
   * `ssh-keygen`.
   */
  readonly signingKey?: string;
  /** Lower or higher bounds than `defaultLimits`. */
  readonly limits?: Partial<GitLimits>;
  /** Variables to read `TENANTRY_GIT_TOKEN`, `PATH`, proxies and the ssh agent from. Default: the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}
