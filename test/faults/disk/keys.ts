import type { Fault } from '../boundary.ts';

/** What a process does to a disk, as far as it is counted: the verb of a key. */
export type DiskVerb =
  | 'open'
  | 'write'
  | 'sync'
  | 'truncate'
  | 'chmod'
  | 'rename'
  | 'remove'
  | 'mkdir'
  | 'git'
  | 'damage';

const verbs: ReadonlySet<string> = new Set<DiskVerb>([
  'open',
  'write',
  'sync',
  'truncate',
  'chmod',
  'rename',
  'remove',
  'mkdir',
  'git',
  'damage',
]);

/**
 * What can go wrong, by verb. `full`: from here on there is no room, until the recovery. A removal needs none; git writes
 * by itself, so only we can die around it. Damage is done to a file while no process runs.
 */
const actions: Readonly<Record<DiskVerb, readonly string[]>> = {
  open: ['kill-before', 'kill-after', 'enospc', 'full', 'eio'],
  write: ['kill-before', 'kill-half', 'kill-after', 'enospc', 'full', 'eio'],
  sync: ['kill-before', 'kill-after', 'enospc', 'full', 'eio'],
  truncate: ['kill-before', 'kill-after', 'eio'],
  chmod: ['kill-before', 'kill-after', 'eio'],
  rename: ['kill-before', 'kill-after', 'enospc', 'eio'],
  remove: ['kill-before', 'kill-after', 'eio'],
  mkdir: ['kill-before', 'kill-after', 'enospc', 'full', 'eio'],
  git: ['kill-before', 'kill-half', 'kill-after'],
  damage: ['flip', 'cut', 'lose'],
};

/** The verb of `write state/memory.json#2`. @throws when it is no key of the disk */
export function verbOf(key: string): DiskVerb {
  const [verb = ''] = key.split(' ');
  if (!verbs.has(verb)) throw new Error(`${key} is no key of the disk`);
  return verb as DiskVerb;
}

export function isDiskKey(key: string): boolean {
  return verbs.has(key.split(' ')[0] ?? '');
}

export function diskActions(key: string): readonly string[] {
  return actions[verbOf(key)];
}

/** What happens at a key; null for nothing. @param fired whether the fault has happened */
export function actionAt(fault: Fault, key: string, fired: boolean): string | null {
  if (!fired) return fault.at === key ? fault.action : null;
  const needsRoom = diskActions(key).includes('full');
  return fault.action === 'full' && needsRoom && ofSecrets(fault.at) === ofSecrets(key) ? 'full' : null;
}

/** Whether a fault leaves no room for the node's own state, until the recovery. */
export function fillsData({ at, action }: Fault): boolean {
  return action === 'full' && !ofSecrets(at);
}

/** Secrets are on a filesystem of their own. */
function ofSecrets(key: string): boolean {
  return key.split(' ')[1]?.startsWith('secrets/') === true;
}

/**
 * The path of a key: below the root that it is in, without what is random or a test's own in it.
 * `tenants/:tenant/.staging/0`, `state/memory.json` (also for the `.new` file that becomes it). Null outside all
 * roots.
 */
export function diskPath(
  path: string,
  roots: readonly { readonly path: string; readonly as: string }[],
): string | null {
  const root = roots.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}/`));
  if (root === undefined) return null;
  const below = root.as + path.slice(root.path.length + 1);
  return below
    .replace(/^(tenants|secrets|secrets\/\.staging)\/(?!\.)[^/]+/, '$1/:tenant')
    .replace(/^(outbox)\/g\d+-[0-9a-f]{8}\.\d+\.log/, '$1/:segment')
    .replace(/\.new$/, '');
}
