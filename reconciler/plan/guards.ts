import type { Hold } from './plan.ts';

/**
 * Whether the removal of `leaving` tenants must wait for an approval: when more than max(`atLeast`, `percent` of the
 * tenants on the node) would go at once. A broken generator, a lost folder and a wrong merge all look like this.
 */
export function massRemoval(
  leaving: readonly string[],
  onNode: number,
  guard: { readonly percent: number; readonly atLeast: number },
  at: { readonly node: string; readonly revision: string },
): Hold | null {
  const allowed = Math.max(guard.atLeast, Math.floor((onNode * guard.percent) / 100));
  if (leaving.length <= allowed) return null;
  return {
    kind: 'mass-removal',
    tenants: leaving,
    message:
      `${leaving.length} of ${onNode} tenants would be removed from ${at.node} and at most ${allowed} may go at once without approval. ` +
      `Restore their folders, or approve with: tenantry approve --node ${at.node}`,
  };
}
