import { own } from '../../schemas/own.ts';
import type { NodeView } from '../api/models/platform.ts';
import type { Branch, Fleet, NodeFacts } from '../ports.ts';

export interface NodeViewParts {
  readonly fleet: Pick<Fleet, 'node' | 'nodes' | 'tenant' | 'tenants'>;
  readonly branch: Pick<Branch, 'desired'>;
  /** Commits between a revision and the newest; null where that is not known. */
  readonly behind: (revision: string | null) => number | null;
}

/** A node as it is shown; null for one that neither Git nor a link knows. */
export function nodeView(parts: NodeViewParts, name: string): NodeView | null {
  const facts = parts.fleet.node(name);
  const inGit = own(parts.branch.desired()?.nodes ?? {}, name) !== undefined;
  if (facts === null && !inGit) return null;
  const phases: Record<string, number> = {};
  let tenants = 0;
  for (const { node, status } of parts.fleet.tenants().values()) {
    if (node !== name) continue;
    tenants += 1;
    phases[status.phase] = (phases[status.phase] ?? 0) + 1;
  }
  return viewOf(parts, name, facts, { tenants, phases });
}

/** Every node that Git or a link knows, by name. */
export function nodeViews(parts: NodeViewParts): NodeView[] {
  const { fleet, branch } = parts;
  const counts = new Map<string, { tenants: number; phases: Record<string, number> }>();
  for (const { node, status } of fleet.tenants().values()) {
    const count = counts.get(node) ?? { tenants: 0, phases: {} };
    count.tenants += 1;
    count.phases[status.phase] = (count.phases[status.phase] ?? 0) + 1;
    counts.set(node, count);
  }
  const names = new Set([
    ...fleet.nodes().map(({ name }) => name),
    ...Object.keys(branch.desired()?.nodes ?? {}),
  ]);
  return [...names]
    .sort()
    .map((name) => viewOf(parts, name, fleet.node(name), counts.get(name) ?? { tenants: 0, phases: {} }));
}

function viewOf(
  { behind }: NodeViewParts,
  name: string,
  facts: NodeFacts | null,
  { tenants, phases }: Pick<NodeView, 'tenants' | 'phases'>,
): NodeView {
  const revision = facts?.head?.baseRevision ?? null;
  return {
    name,
    linked: facts?.linked ?? false,
    enrolled: facts?.enrolled ?? false,
    lastSeen: facts?.lastSeen ?? null,
    head: facts?.head ?? null,
    revision,
    behind: behind(revision),
    tenants,
    phases,
    outbox: { received: facts?.received ?? 0, lastAt: facts?.head?.at ?? null },
  };
}
