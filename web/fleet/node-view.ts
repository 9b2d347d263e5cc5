import { own } from '../../schemas/own.ts';
import type { NodeView } from '../api/models/platform.ts';
import type { Branch, Fleet, NodeFacts } from '../ports.ts';
import { usedCapacity } from './used-capacity.ts';

export interface NodeViewParts {
  readonly fleet: Pick<Fleet, 'node' | 'nodes' | 'tenantsOf'>;
  readonly branch: Pick<Branch, 'desired'>;
  /** Commits between a revision and the newest; null where that is not known. */
  readonly behind: (revision: string | null) => number | null;
}

/** A node as it is shown; null for one that neither Git nor a link knows. */
export function nodeView(parts: NodeViewParts, name: string): NodeView | null {
  const facts = parts.fleet.node(name);
  const inGit = own(parts.branch.desired()?.nodes ?? {}, name) !== undefined;
  if (facts === null && !inGit) return null;
  return viewOf(parts, name, facts);
}

/** Every node that Git or a link knows, by name. */
export function nodeViews(parts: NodeViewParts): NodeView[] {
  const { fleet, branch } = parts;
  const linked = fleet.nodes().map(({ name }) => name);
  const names = new Set([...linked, ...Object.keys(branch.desired()?.nodes ?? {})]);
  return [...names].sort().map((name) => viewOf(parts, name, fleet.node(name)));
}

function viewOf(parts: NodeViewParts, name: string, facts: NodeFacts | null): NodeView {
  const { behind, fleet, branch } = parts;
  const tenants = fleet.tenantsOf(name);
  const phases: Record<string, number> = {};
  for (const { status } of tenants) phases[status.phase] = (phases[status.phase] ?? 0) + 1;
  const revision = facts?.head?.baseRevision ?? null;
  return {
    name,
    linked: facts?.linked ?? false,
    enrolled: facts?.enrolled ?? false,
    lastSeen: facts?.lastSeen ?? null,
    head: facts?.head ?? null,
    revision,
    behind: behind(revision),
    tenants: tenants.length,
    capacity: usedCapacity(branch.desired(), name),
    phases,
    outbox: { received: facts?.received ?? 0, lastAt: facts?.head?.at ?? null },
  };
}
