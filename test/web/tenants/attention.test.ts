import { describe, expect, test } from 'vitest';
import type { AttentionItem } from '../../../web/api/models/platform.ts';
import type { TenantSummary } from '../../../web/api/models/tenant.ts';
import type { NodeFacts } from '../../../web/ports.ts';
import { type AttentionInput, attentionOf, awayOf } from '../../../web/tenants/attention.ts';
import { wireHead } from '../../support/fleet-double.ts';
import { tenantsOf } from '../../support/page-server/fleet.ts';

const [example] = tenantsOf(1);
if (example === undefined) throw new Error('The fixtures have no tenants.');
const tenant = (name: string, parts: Partial<TenantSummary> = {}): TenantSummary => ({
  ...example,
  name,
  phase: 'InSync',
  ...parts,
});
const node = (name: string, parts: Partial<NodeFacts> = {}): NodeFacts => ({
  name,
  linked: true,
  enrolled: true,
  lastSeen: 100,
  head: wireHead(name, 'a'.repeat(40)),
  received: 1,
  ...parts,
});
const world = (parts: Partial<AttentionInput>): AttentionInput => ({
  tenants: [],
  nodes: [],
  inGit: () => true,
  repository: { trouble: null, asked: 1 },
  ...parts,
});
const said = (items: readonly AttentionItem[]): string[] =>
  items.map(({ kind, tenant, node, action }) => `${kind} ${tenant ?? node ?? ''} ${action ?? '-'}`);

describe('what needs a person', () => {
  test('is nothing where all is well', () => {
    const input = world({ tenants: [tenant('acme')], nodes: [node('worker-1')] });
    expect(attentionOf(input, null)).toEqual([]);
  });

  test('is a node that is away, since it was last heard of, although its tenants were in sync with its last word', () => {
    const tenants = [tenant('acme', { linked: false }), tenant('globex', { node: 'worker-2' })];
    const nodes = [node('worker-1', { linked: false }), node('worker-2')];
    const [item, ...others] = attentionOf(world({ tenants, nodes }), null);
    expect(item).toMatchObject({ kind: 'away', node: 'worker-1', since: 100 });
    expect(others).toEqual([]);
    expect(awayOf(tenants)).toBe(1);
  });

  test('is no node that is being set up, and none that Git and all tenants have left', () => {
    const nodes = [
      node('fresh', { linked: false, lastSeen: null }),
      node('retired', { linked: false }),
      node('left', { linked: false }),
    ];
    const tenants = [tenant('acme', { node: 'left', linked: false })];
    expect(said(attentionOf(world({ nodes, tenants, inGit: (name) => name === 'fresh' }), null))).toEqual([
      'away left -',
    ]);
  });

  test('is the repository that does not answer, since its last answer', () => {
    const [item] = attentionOf(world({ repository: { trouble: 'connection refused', asked: 7 } }), null);
    expect(item).toMatchObject({ kind: 'repository', since: 7, node: null, tenant: null });
    expect(item?.reason).toContain('connection refused');
  });

  test('is one line for a removal that a node holds, with all its tenants, to be approved there', () => {
    const gone = Array.from({ length: 30 }, (_, index) =>
      tenant(`t${index}`, { phase: 'Held', since: 500 - index, desiredState: 'removed' }),
    );
    const hold = { kind: 'mass-removal', tenants: gone.map(({ name }) => name), message: '30 would go.' };
    const nodes = [node('worker-1', { head: { ...wireHead('worker-1', 'a'.repeat(40)), holds: [hold] } })];
    const other = tenant('acme', { phase: 'Held', since: 3 });
    const items = attentionOf(world({ tenants: [...gone, other], nodes }), null);
    expect(said(items)).toEqual(['hold worker-1 approve', 'tenant acme -']);
    expect(items[0]?.since).toBe(471);
  });

  test('is each tenant that is not well, with the place where one goes on', () => {
    const tenants = [
      tenant('a', { phase: 'Drifted' }),
      tenant('b', { phase: 'Degraded' }),
      tenant('c', { phase: 'Failed' }),
      tenant('d', { phase: 'Held', problems: 1 }),
      tenant('e', { phase: 'Progressing' }),
    ];
    expect(said(attentionOf(world({ tenants }), null))).toEqual([
      'tenant c history',
      'tenant b log',
      'tenant d files',
      'tenant a compare',
    ]);
  });

  test('is for an owner his tenants and their nodes alone', () => {
    const tenants = [
      tenant('acme', { phase: 'Failed', node: 'worker-1', linked: false }),
      tenant('globex', { phase: 'Failed', node: 'worker-2', linked: false }),
    ];
    const nodes = [node('worker-1', { linked: false }), node('worker-2', { linked: false })];
    const repository = { trouble: 'at https://internal.example', asked: 7 };
    const mine = attentionOf(world({ tenants, nodes, repository }), new Set(['acme']));
    expect(said(mine)).toEqual(['away worker-1 -', 'tenant acme history']);
  });
});
