import { openBinaryRepository } from './binary.ts';
import { GitError } from './errors.ts';
import type { RepositoryOptions } from './options.ts';
import type { Repository } from './port.ts';

/** `auto` takes the git program where there is one: it is quicker, smaller in memory, and knows ssh. */
export type Adapter = 'auto' | 'binary' | 'isomorphic';

/**
 * Opens a repository. Nothing is asked of the remote before the first `fetch`. Close it when done.
 * @throws GitError `git/refused-url`, `git/refused-name`, and `git/no-binary` when the adapter is `binary`
 */
export async function openRepository(
  options: RepositoryOptions & { readonly adapter?: Adapter },
): Promise<Repository> {
  const { adapter = 'auto', ...rest } = options;
  if (adapter === 'isomorphic') return openIsomorphic(rest);
  try {
    return await openBinaryRepository(rest);
  } catch (error) {
    if (adapter === 'auto' && error instanceof GitError && error.code === 'git/no-binary') {
      return openIsomorphic(rest);
    }
    throw error;
  }
}

/** Loaded where it is needed only: most machines have git, and a command should start at once. */
async function openIsomorphic(options: RepositoryOptions): Promise<Repository> {
  const { openIsomorphicRepository } = await import('./isomorphic.ts');
  return openIsomorphicRepository(options);
}
