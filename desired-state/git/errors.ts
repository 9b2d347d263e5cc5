export type GitErrorCode =
  | 'git/unreachable'
  | 'git/auth'
  | 'git/no-branch'
  | 'git/corrupt'
  | 'git/missing'
  | 'git/unsafe-tree'
  | 'git/unsafe-path'
  | 'git/unsafe-object'
  | 'git/blob-too-large'
  | 'git/too-large'
  | 'git/moved'
  | 'git/rejected'
  | 'git/dirty'
  | 'git/refused-url'
  | 'git/refused-name'
  | 'git/disk'
  | 'git/starved'
  | 'git/no-binary';

/** Codes that may mend themselves; everything else waits for a person. */
const transient: ReadonlySet<GitErrorCode> = new Set<GitErrorCode>([
  'git/unreachable',
  'git/no-branch',
  'git/corrupt',
  'git/missing',
  'git/disk',
  'git/starved',
]);

/** A path of a tree that is refused, and why (a half sentence: `is a symbolic link`). */
export interface Offence {
  readonly path: string;
  readonly why: string;
}

/**
 * A failure of Git, in words for the person who runs Tenantry: what happened and what to do. The message never
 * holds a token or the userinfo of a URL; whoever makes one scrubs foreign text with `scrub` first.
 */
export class GitError extends Error {
  readonly code: GitErrorCode;
  /** `backoff`: trying again later may help. `never`: only a person or a new commit helps. */
  readonly retry: 'backoff' | 'never';
  /** The refused paths of `git/unsafe-tree`, `git/unsafe-path` and `git/dirty`; else empty. */
  readonly offences: readonly Offence[];

  constructor(
    code: GitErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly offences?: readonly Offence[] } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'GitError';
    this.code = code;
    this.retry = transient.has(code) ? 'backoff' : 'never';
    this.offences = options.offences ?? [];
  }
}

/** Whether an error says that an object of the mirror is absent or unreadable, so that fetching again may help. */
export function isDamage(error: unknown): error is GitError {
  return error instanceof GitError && (error.code === 'git/corrupt' || error.code === 'git/missing');
}

/** A failure of the file system, as Node tells it, at a path of the mirror. */
export function diskError(path: string, error: unknown): GitError {
  const why = error instanceof Error ? error.message : String(error);
  return new GitError(
    'git/disk',
    `The mirror at ${path} cannot be used: ${why}. Look at space and permissions there.`,
    {
      cause: error,
    },
  );
}

/**
 * The machine had not enough for a git process: it could not begin, or was killed. Nothing is damaged by that, and a
 * repair would need more.
 */
export function starved(why: string, cause?: unknown): GitError {
  return new GitError(
    'git/starved',
    `This machine could not run git to its end (${why}). Look at its memory, and at how many processes and open files it allows.`,
    { cause },
  );
}

/** Takes userinfo of URLs and the given secrets (also in base64) out of text that came from elsewhere. */
export function scrub(text: string, secrets: readonly string[] = []): string {
  let clean = text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1');
  for (const secret of secrets) {
    if (secret === '') continue;
    clean = clean.replaceAll(secret, '***');
    clean = clean.replaceAll(encodeURIComponent(secret), '***');
    clean = clean.replaceAll(Buffer.from(secret).toString('base64'), '***');
  }
  return clean;
}
