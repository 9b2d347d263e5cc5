import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watch } from 'chokidar';

/**
 * Hints that a local repository's branch was written, so that a commit on the same machine is followed at once and
 * not at the next poll. Null for a remote repository.
 *
 * @param url as the repository was named: a path or a `file://` URL of a work tree or a bare repository
 */
export function localRepositoryHints(
  url: string,
  branch: string,
): ((onHint: () => void, signal: AbortSignal) => Promise<void>) | null {
  const gitDir = localGitDir(url);
  if (gitDir === null) return null;
  // Git writes a branch by renaming a lock file over it, so its folder is watched and not the file.
  const paths = [join(gitDir, 'refs', 'heads'), join(gitDir, 'packed-refs')];
  const names = new Set([join(gitDir, 'refs', 'heads', branch), join(gitDir, 'packed-refs')]);
  return async (onHint, signal) => {
    const watcher = watch(paths, { ignoreInitial: true });
    watcher.on('all', (_event, path) => {
      if (names.has(path)) onHint();
    });
    // What was committed while the watch was being set up is told by nobody else.
    watcher.on('ready', onHint);
    const failed = Promise.withResolvers<never>();
    watcher.on('error', (error) => failed.reject(error));
    const aborted = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    try {
      await Promise.race([aborted, failed.promise]);
    } finally {
      await watcher.close();
    }
  };
}

function localGitDir(url: string): string | null {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  const candidates = [join(path, '.git'), path];
  return candidates.find((candidate) => existsSync(join(candidate, 'refs', 'heads'))) ?? null;
}
