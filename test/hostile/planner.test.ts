import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { MemoryStore } from '../../reconciler/memory-store.ts';
import { planNode } from '../../reconciler/plan/node.ts';
import type { ObservedNode } from '../../reconciler/plan/observed.ts';
import type { Plan } from '../../reconciler/plan/plan.ts';
import { describeStep, type Step } from '../../reconciler/plan/step.ts';
import type { ContainerSpec } from '../../renderers/resource.ts';
import { renderTenant } from '../../renderers/tenant.ts';
import { desiredState } from '../support/desired.ts';
import { FakeState } from '../support/fake-ports.ts';
import { context, ourContainer } from '../support/our-container.ts';
import { anyDesired, anyObserved, tenantNames } from './any-world.ts';
import { runs } from './runs.ts';

let spec: ContainerSpec;

beforeAll(async () => {
  spec = (await ourContainer()).wanted.container.spec;
});

/** Memory documents of any JSON, tenants' names among the keys. */
const anyMemory = fc.oneof(
  fc.jsonValue(),
  fc.record({
    tenants: fc.dictionary(
      fc.constantFrom(...tenantNames),
      fc.record(
        {
          applied: fc.oneof(
            fc.jsonValue({ maxDepth: 2 }),
            fc.record({
              revision: fc.string(),
              specHash: fc.string(),
              fields: fc.jsonValue({ maxDepth: 1 }),
            }),
          ),
          quarantine: fc.jsonValue({ maxDepth: 1 }),
          reloadPending: fc.jsonValue({ maxDepth: 1 }),
          remountBefore: fc.jsonValue({ maxDepth: 1 }),
          pairing: fc.jsonValue({ maxDepth: 1 }),
          disconnect: fc.jsonValue({ maxDepth: 1 }),
          seen: fc.jsonValue({ maxDepth: 2 }),
        },
        { requiredKeys: [] },
      ),
    ),
  }),
);

async function memoryOf(document: unknown) {
  const state = new FakeState();
  await state.write('memory', document);
  return (await MemoryStore.open(state)).all();
}

const anyInput = fc.tuple(
  anyDesired,
  fc.constant(null).chain(() => anyObserved(spec)),
  anyMemory,
  fc.boolean(),
);

async function planOf([tenants, observed, document, removalApproved]: [
  Parameters<typeof desiredState>[0],
  ObservedNode,
  unknown,
  boolean,
]): Promise<Plan> {
  const wanted = Object.fromEntries(tenants.map((each) => [each.name, renderTenant(each, context, {})]));
  return planNode({
    node: 'worker-1',
    desired: desiredState(tenants),
    wanted,
    observed,
    memory: await memoryOf(document),
    refusals: {},
    removalApproved,
    now: Date.parse('2026-11-21T10:00:00Z'),
  });
}

/** Every container that a step names, by id. */
function idsIn(steps: readonly Step[]): string[] {
  return steps.flatMap((step) =>
    'container' in step && step.container.id !== null ? [step.container.id] : [],
  );
}

describe('whatever Docker shows and memory holds', () => {
  test('a plan is made, is plain JSON, and every step of it can be said', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (input) => {
        const plan = await planOf(input);
        expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
        for (const step of plan.tenants.flatMap(({ waves, rollback }) => [...waves.flat(), ...rollback]))
          expect(describeStep(step)).not.toBe('');
      }),
      runs(400),
    );
  });

  test('INV-4, INV-5, INV-20: it touches the containers of the tenant and nothing else, and no volume goes', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (input) => {
        const [, observed] = input;
        const plan = await planOf(input);
        const actions = plan.tenants.flatMap(({ waves, rollback }) => [...waves.flat(), ...rollback]);
        expect(actions.filter(({ action }) => /volume\.(?!create)|prune/.test(action))).toEqual([]);
        for (const { tenant, waves, rollback } of plan.tenants) {
          const own = Object.hasOwn(observed.tenants, tenant) ? observed.tenants[tenant]?.containers : [];
          const mine = new Set(own?.map((container) => container.id));
          expect(idsIn([...waves.flat(), ...rollback]).filter((each) => !mine.has(each))).toEqual([]);
        }
        const owned = new Set(observed.networks.filter((each) => each.owned).map((each) => each.id));
        for (const step of plan.cleanup)
          if (step.action === 'network.remove') expect(owned.has(step.id)).toBe(true);
      }),
      runs(400),
    );
  });

  test('INV-20, INV-21: a stranger in the way, and a volume that is not as ours, stop the tenant', async () => {
    await fc.assert(
      fc.asyncProperty(anyInput, async (input) => {
        const [tenants, observed] = input;
        const plan = await planOf(input);
        for (const { name, volumes } of tenants) {
          const blocked = ['runtime', 'runtime_next', 'runtime_old'].some((role) =>
            Object.hasOwn(observed.strangers, `tenant_${name}_${role}`),
          );
          const foreign = observed.volumes.some(
            (volume) =>
              volumes.some((wanted) => volume.name === `tenant_${name}_${wanted.name}`) &&
              (volume.tenant !== name || volume.driver !== 'local' || Object.keys(volume.options).length > 0),
          );
          if (!blocked && !foreign) continue;
          const own = plan.tenants.find(({ tenant }) => tenant === name);
          expect(own?.waves).toEqual([]);
          expect(own?.refusals.length).toBeGreaterThan(0);
        }
      }),
      runs(400),
    );
  });
});
