import { describe, expect, test } from 'vitest';
import type { DesiredTenant } from '../../../desired-state/model.ts';
import { createNodePlanCache, planFromSnapshot } from '../../../web/plans/node-plan.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { Sandbox } from '../../support/sandbox.ts';
import { snapshotOf } from '../../support/snapshot-of.ts';

const names = ['acme', 'globex', 'initech'];
const base = (): DesiredTenant[] => names.map((name) => tenant(name));
const changed = (parts: Partial<DesiredTenant>): DesiredTenant[] => [
  tenant('acme', parts),
  ...base().slice(1),
];

const edits: readonly (readonly [string, DesiredTenant[]])[] = [
  ['nothing', base()],
  [
    'a prompt',
    changed({
      prompts: { greeting: { text: 'New.', description: '', path: 'tenants/acme/prompts/greeting.yaml' } },
    }),
  ],
  ['memory', changed({ resources: { memoryBytes: 536_870_912, nanoCpus: 500_000_000, pids: 256 } })],
  ['an image', changed({ image: 'registry.example.com/runtime:v2.0.0' })],
  ['a stop', changed({ state: 'stopped' })],
  ['a restart', changed({ restart: '2' })],
  ['a volume', changed({ volumes: [{ name: 'state', mountPath: '/data/state', backup: true }] })],
  ['pairing', changed({ whatsapp: { enabled: true, pairing: '1', disconnect: '', port: 8080 } })],
  ['a suspension', changed({ suspend: { until: 4e12, reason: 'r', owner: 'o@example.com' } })],
  ['a new tenant', [...base(), tenant('newcomer')]],
  ['a tenant that leaves', base().slice(1)],
  ['all tenants that leave', []],
];

describe('the plan from a published snapshot is the one that the node makes', () => {
  test.each(edits)('for %s', async (_what, tenants) => {
    const sandbox = new Sandbox();
    const before = desiredState(base(), 'a'.repeat(40));
    sandbox.commit(before);
    await sandbox.converge();
    const desired = desiredState(tenants, 'b'.repeat(40));
    const snapshot = await snapshotOf(sandbox, before);
    const published = planFromSnapshot({
      node: 'worker-1',
      desired,
      snapshot,
      enforced: before,
      refusals: {},
      removalApproved: false,
      now: sandbox.clock.now(),
    });
    sandbox.commit(desired);
    await sandbox.stop();
    expect(published).toEqual(await sandbox.plan());
  });

  test('also where another hand changed a container: the same steps, without its values', async () => {
    const sandbox = new Sandbox();
    const before = desiredState(base(), 'a'.repeat(40));
    sandbox.commit(before);
    await sandbox.converge();
    const container = [...sandbox.engine.containers.values()].find(({ Name }) => Name.includes('acme'));
    if (container === undefined) throw new Error('acme has no container');
    const canary = 'hunter2-canary';
    Object.assign(container.Config, { Env: [...(container.Config.Env ?? []), `STRIPE_KEY=${canary}`] });
    const snapshot = await snapshotOf(sandbox, before);
    const published = planFromSnapshot({
      node: 'worker-1',
      desired: before,
      snapshot,
      enforced: before,
      refusals: {},
      removalApproved: false,
      now: sandbox.clock.now(),
    });
    await sandbox.stop();
    const own = await sandbox.plan();
    const steps = (plan: typeof published) =>
      plan?.tenants.map(({ tenant: name, waves }) => ({ name, waves }));
    expect(steps(own)).toContainEqual(
      expect.objectContaining({ waves: expect.arrayContaining([expect.anything()]) }),
    );
    expect(steps(published)).toEqual(steps(own));
    expect(JSON.stringify(own)).toContain(canary);
    expect(JSON.stringify([snapshot, published])).not.toContain(canary);
  });

  test('also with a cache that has planned something else before', async () => {
    const sandbox = new Sandbox();
    const before = desiredState(base(), 'a'.repeat(40));
    sandbox.commit(before);
    await sandbox.converge();
    const cache = createNodePlanCache();
    for (const [what, tenants] of edits) {
      const desired = desiredState(tenants, 'b'.repeat(40));
      const snapshot = await snapshotOf(sandbox, before);
      const input = {
        node: 'worker-1',
        desired,
        snapshot,
        enforced: before,
        refusals: {},
        removalApproved: false,
        now: sandbox.clock.now(),
      };
      expect(planFromSnapshot(input, cache), what).toEqual(planFromSnapshot(input));
    }
  });
});
