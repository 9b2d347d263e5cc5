import { join, relative, sep } from 'node:path';
import { ReconcilerError } from '../errors.ts';
import { FolderWatch } from './folder-watch.ts';

/** A burst of changes in one tenant's folder is told once. */
const GATHER_MS = 100;

/**
 * Calls back with a tenant when something in its folder of managed files changed, until `signal` aborts. Reports
 * whatever hand it was, the reconciler's own included: it is a hint to compare digests, not a finding.
 * @param root holds one folder a tenant
 * @param inside name of the watched folder in each of them; its siblings are ignored
 * @throws ReconcilerError `files/watch-failed`, for example when the kernel has no watches left; the tick still checks
 */
export async function watchTenants(
  root: string,
  inside: string,
  onChange: (tenant: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const pending = new Map<string, NodeJS.Timeout>();
  const ended = Promise.withResolvers<undefined>();
  const watching = new FolderWatch({
    within: (folder) => {
      const [, own] = relative(root, folder).split(sep);
      return own === undefined || own === inside;
    },
    onChange: (folder, name) => {
      const [tenant, own] = relative(root, join(folder, name)).split(sep);
      if (tenant === undefined || pending.has(tenant) || (own !== undefined && own !== inside)) return;
      const tell = () => {
        pending.delete(tenant);
        onChange(tenant);
      };
      pending.set(tenant, setTimeout(tell, GATHER_MS));
    },
    onError: (error) => ended.reject(watchFailed(root, error)),
  });
  const stop = () => {
    watching.close();
    ended.resolve(undefined);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all([watching.open(root), ended.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    for (const timer of pending.values()) clearTimeout(timer);
    watching.close();
  }
}

function watchFailed(root: string, cause: unknown): ReconcilerError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `cannot watch ${root} (${why}): edits of managed files are found at the next tick only`;
  return new ReconcilerError('files/watch-failed', message, { retry: 'backoff', cause });
}
