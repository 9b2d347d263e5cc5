import { expect, test } from 'vitest';
import { withChanged } from '../../../desired-state/changed-names.ts';
import type { DesiredState, DesiredTenant } from '../../../desired-state/model.ts';
import { nodeKeyOpener } from '../../../reconciler/adapters/node-key.ts';
import { Observer } from '../../../reconciler/observe/observer.ts';
import { blankMemory } from '../../../reconciler/plan/memory.ts';
import { planNode } from '../../../reconciler/plan/node.ts';
import type { NodeInput } from '../../../reconciler/plan/node-input.ts';
import { createPlanCache } from '../../../reconciler/plan/plan-cache.ts';
import { renderNode } from '../../../reconciler/render.ts';
import { Vault } from '../../../reconciler/vault.ts';
import { fresh, names, open } from '../../support/any-fleet.ts';
import { tenant } from '../../support/desired.ts';

const [first, second, third] = [revision('a'), revision('b'), revision('c')];
const secrets = nodeKeyOpener('/nonexistent/node.key');
const volumes = [{ name: 'state', mountPath: '/data/state', backup: true }];
const suspend = { until: 1_500, reason: 'a person looks', owner: 'ops@example.com' };

function revision(letter: string): string {
  return letter.repeat(40);
}

/** A converged node, but for what `parts` say that it is not yet. */
async function converged(parts: (name: string) => Partial<DesiredTenant> = () => ({})): Promise<NodeInput> {
  const sandbox = await fresh(
    names.map((name) => tenant(name, { volumes })),
    first,
  );
  const { engine, files } = sandbox;
  const desired = open(
    names.map((name) => tenant(name, { volumes, ...parts(name) })),
    first,
  );
  const options = { node: 'worker-1', files, vault: new Vault(secrets), planOnly: false };
  const { wanted, images } = await renderNode(desired, options);
  const owner = { platform: 'test', node: 'worker-1' };
  const observer = new Observer({ docker: engine, files, secrets }, owner, true);
  const { node: observed } = await observer.observe({ tenants: 'all', wanted, images });
  const nothing = { memory: {}, refusals: {}, removalApproved: false, now: 1_000 };
  return { node: 'worker-1', desired, wanted, observed, ...nothing };
}

function without<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return withChanged(record, new Map([[name, undefined]]));
}

function withEntry(desired: DesiredState, name: string, entry: object): DesiredState['tenants'] {
  const before = desired.tenants[name];
  if (before === undefined) throw new Error(`no tenant ${name}`);
  return withChanged(desired.tenants, new Map([[name, { ...before, ...entry }]]));
}

const [acme, globex] = [names[0], names[1]];

const happenings: Readonly<Record<string, (input: NodeInput) => Partial<NodeInput>>> = {
  'a container is gone': ({ observed }) => ({
    observed: {
      ...observed,
      tenants: withChanged(
        observed.tenants,
        new Map([[acme, { containers: [], files: null, secretFiles: null }]]),
      ),
    },
  }),
  'a reload is pending': () => ({ memory: { [acme]: { ...blankMemory, reloadPending: true } } }),
  'a secret cannot be opened': () => ({
    refusals: { [acme]: [{ reason: 'secret-unavailable', message: 'no key' }] },
  }),
  'there is a new revision': ({ desired }) => ({
    desired: { ...desired, revision: second, baseRevision: second },
  }),
  'there is a new revision, and a tenant is held at the one before': ({ desired }) => ({
    desired: {
      ...desired,
      revision: second,
      baseRevision: second,
      tenants: withEntry(desired, acme, { heldAt: first }),
    },
  }),
  'a tenant is removed': ({ desired, wanted }) => ({
    desired: { ...desired, tenants: without(desired.tenants, acme) },
    wanted: without(wanted, acme),
  }),
  'a tenant was never valid': ({ desired, wanted }) => ({
    desired: { ...desired, tenants: withEntry(desired, acme, { desired: null }) },
    wanted: without(wanted, acme),
  }),
  'a volume is gone': ({ observed }) => ({ observed: { ...observed, volumes: observed.volumes.slice(1) } }),
  'a network is gone': ({ observed }) => ({ observed: { ...observed, networks: [] } }),
  'a network is a stranger’s': ({ observed }) => ({
    observed: { ...observed, networks: observed.networks.map((network) => ({ ...network, owned: false })) },
  }),
};

test.each(Object.entries(happenings))('%s: planned again as from nothing', async (_what, happening) => {
  const input = await converged();
  const cache = createPlanCache();
  const before = planNode(input, cache);
  const next = { ...input, ...happening(input) };
  const plan = planNode(next, cache);
  expect(plan).toEqual(planNode(next));
  expect(plan).not.toEqual(before);
  // And back again.
  expect(planNode(input, cache)).toEqual(before);
});

test('a suspension that is over is planned, although nothing but the time changed', async () => {
  const input = await converged((name) => (name === acme ? { suspend, env: { LEVEL: 'two' } } : {}));
  const cache = createPlanCache();
  const before = planNode(input, cache);
  const later = { ...input, now: 2_000 };
  expect(planNode(later, cache)).toEqual(planNode(later));
  expect(planNode(later, cache)).not.toEqual(before);
});

test('a tenant that is held stays at its revision while others come', async () => {
  const input = await converged();
  const cache = createPlanCache();
  planNode(input, cache);
  const tenants = withEntry(input.desired, acme, { heldAt: first });
  const at = (baseRevision: string): NodeInput => ({
    ...input,
    desired: { ...input.desired, revision: baseRevision, baseRevision, tenants },
  });
  for (const next of [at(second), at(third)]) expect(planNode(next, cache)).toEqual(planNode(next));
  const { tenants: plans } = planNode(at(third), cache);
  expect(plans.find((plan) => plan.tenant === acme)?.revision).toBe(first);
  expect(plans.find((plan) => plan.tenant === globex)?.revision).toBe(third);
});

test('an image that went away is looked for by all who need it', async () => {
  const input = await converged((name) => (name === acme ? { env: { LEVEL: 'two' } } : {}));
  const cache = createPlanCache();
  const before = planNode(input, cache);
  const images = Object.fromEntries(Object.keys(input.observed.images).map((image) => [image, false]));
  const next = { ...input, observed: { ...input.observed, images } };
  expect(planNode(next, cache)).toEqual(planNode(next));
  expect(planNode(next, cache)).not.toEqual(before);
});

test('what did not change keeps its plan: the same object', async () => {
  const input = await converged();
  const cache = createPlanCache();
  const before = planNode(input, cache);
  const memory = { [acme]: { ...blankMemory, reloadPending: true } };
  const after = planNode({ ...input, memory }, cache);
  const changed = after.tenants.filter((plan, at) => plan !== before.tenants[at]);
  expect(changed.map((plan) => plan.tenant)).toEqual([acme]);
});
