import type { Repository } from '../git/port.ts';
import type { DesiredState, RemovalApproval } from '../model.ts';
import { firstParents } from './history.ts';
import { WALK_LIMIT } from './last-good.ts';

/**
 * Whether the removal of these tenants from a node was approved: by an approval that names them all, and since whose
 * revision every one of them has been gone. An approval is bound to that absence: once a tenant was added again, its
 * next removal needs a new one.
 * @throws GitError when Git itself fails
 */
export async function isRemovalApproved(
  repository: Repository,
  desired: DesiredState,
  node: string,
  removed: readonly string[],
): Promise<boolean> {
  if (removed.length === 0) return true;
  for (const approval of desired.platform.approvals) {
    if (approval.node !== node || !removed.every((tenant) => approval.remove.includes(tenant))) continue;
    if (await goneSince(repository, desired.revision, approval, removed)) return true;
  }
  return false;
}

async function goneSince(
  repository: Repository,
  head: string,
  { revision }: RemovalApproval,
  removed: readonly string[],
): Promise<boolean> {
  const since = await lineage(repository, head, revision);
  if (since === null) return false;
  // Only where tenants/ was touched can a tenant have come or gone; the oldest commit says how it began.
  const touching = await repository.commits(head, { limit: WALK_LIMIT, path: 'tenants' });
  const touched = new Set(touching.map(({ oid }) => oid));
  const files = new Set(removed.map((tenant) => `tenants/${tenant}/tenant.yaml`));
  for (const commit of since.filter((oid) => oid === revision || touched.has(oid))) {
    const tree = await repository.tree(commit);
    if (tree.some(({ path }) => files.has(path))) return false;
  }
  return true;
}

/** The commits from `head` down to `revision`, both included; null when that is not among its first parents. */
async function lineage(
  repository: Repository,
  head: string,
  revision: string,
): Promise<readonly string[] | null> {
  const commits: string[] = [];
  for await (const commit of firstParents(repository, head, WALK_LIMIT)) {
    commits.push(commit);
    if (commit === revision) return commits;
  }
  return null;
}
