import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Repository } from '../../desired-state/git/port.ts';
import { nullIfMissing } from '../../reconciler/adapters/files-digest.ts';
import type { CommandContext } from './context.ts';
import { CommandError, UsageError } from './errors.ts';
import type { RepositoryOptions } from './options.ts';

/** The address of the repository: what was named, else the Git repository around the current folder. */
export async function repositoryAddress(
  context: CommandContext,
  options: { readonly repo?: string },
): Promise<string> {
  if (options.repo !== undefined) return options.repo;
  const found = await repositoryAround(context.cwd);
  if (found !== null) return found;
  throw new UsageError(
    'Which repository? Name it with --repo or TENANTRY_REPO, or run this inside of it. `tenantry init DIR` makes one.',
  );
}

/** The folder whose Git configuration says who edits: the repository itself where it lies on this machine. */
export async function configFolder(
  context: CommandContext,
  options: { readonly repo?: string },
): Promise<string> {
  const folder = resolve(context.cwd, await repositoryAddress(context, options));
  return (await stat(folder).catch(nullIfMissing))?.isDirectory() === true ? folder : context.cwd;
}

/** The nearest folder upwards that Git knows as a work tree; null when there is none. */
export async function repositoryAround(folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await stat(join(at, '.git')).catch(nullIfMissing)) !== null) return at;
    if (dirname(at) === at) return null;
  }
}

/**
 * Opens the repository for one command and closes it afterwards. The mirror is a folder of its own that goes with it,
 * so that commands never wait for each other or for a reconciler.
 *
 * @param use gets the repository and the newest revision of its branch
 */
export async function withRepository<T>(
  context: CommandContext,
  options: RepositoryOptions,
  use: (repository: Repository, head: string) => Promise<T>,
): Promise<T> {
  const url = await repositoryAddress(context, options);
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-git-'));
  try {
    const { openRepository } = await import('../../desired-state/git/open.ts');
    const repository = await openRepository({ url, branch: options.branch, dir, environment: context.env });
    try {
      return await use(repository, await repository.fetch(context.signal));
    } finally {
      await repository.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** What a person named without the steps back from it: `main` of `main~3^`. */
export function baseName(name: string): string {
  return /^(.+?)(?:~\d{0,4}|\^)*$/.exec(name)?.[1] ?? name;
}

/**
 * The full id of a revision that a person named: a commit, a branch, a tag, or `HEAD` for the newest revision of the
 * branch; `~3` and `^` go back from it along first parents.
 *
 * @param head newest revision of the branch
 * @throws CommandError when there is none
 */
export async function resolveRevision(repository: Repository, name: string, head: string): Promise<string> {
  const base = baseName(name);
  const steps = name.slice(base.length);
  const revision = base === 'HEAD' ? head : await repository.resolve(base);
  const back = steps.match(/~\d*|\^/g) ?? [];
  const number = back.reduce((sum, step) => sum + (/^~\d/.test(step) ? Number(step.slice(1)) : 1), 0);
  const commits = revision === null ? [] : await repository.commits(revision, { limit: number + 1 });
  const found = commits[number];
  if (found !== undefined) return found.oid;
  throw new CommandError(
    `The repository has no revision "${name}"; name a commit, a branch or a tag that is pushed.`,
  );
}
