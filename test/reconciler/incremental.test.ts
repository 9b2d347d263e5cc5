import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withChanged } from '../../desired-state/changed-names.ts';
import type { DesiredState, DesiredTenant, TenantEntry } from '../../desired-state/model.ts';
import { nodeKeyOpener } from '../../reconciler/adapters/node-key.ts';
import { EventLog, tenantOf } from '../../reconciler/causes.ts';
import { MemoryStore } from '../../reconciler/memory-store.ts';
import { Observer } from '../../reconciler/observe/observer.ts';
import { blankMemory, type TenantMemory } from '../../reconciler/plan/memory.ts';
import { planNode } from '../../reconciler/plan/node.ts';
import type { ObservedNode } from '../../reconciler/plan/observed.ts';
import { createPlanCache } from '../../reconciler/plan/plan-cache.ts';
import { Rememberer } from '../../reconciler/remember.ts';
import { type Rendered, renderNode } from '../../reconciler/render.ts';
import { Vault } from '../../reconciler/vault.ts';
import { tenantOfName } from '../../renderers/names.ts';
import { anyHand, anyTenants, fresh, type Hand, meddle, names, open, world } from '../support/any-fleet.ts';
import { tenant } from '../support/desired.ts';
import { containerBody } from '../support/docker-bodies.ts';
import { FakeState } from '../support/fake-ports.ts';
import type { Sandbox } from '../support/sandbox.ts';

const owner = { platform: 'test', node: 'worker-1' };
const secrets = nodeKeyOpener('/nonexistent/node.key');
const image = 'registry.example.com/runtime:v1.0.0';

/** What can happen between two passes. */
type Act =
  | { readonly type: 'commit'; readonly tenants: readonly DesiredTenant[] }
  | { readonly type: 'hand'; readonly hand: Hand }
  | { readonly type: 'stranger' | 'volume' | 'quarantine' | 'refusal'; readonly name: string }
  | { readonly type: 'time' | 'look' };

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant('commit' as const), tenants: fc.oneof(anyTenants, anySuspended()) }),
  fc.record({ type: fc.constant('hand' as const), hand: anyHand }),
  fc.record({
    type: fc.constantFrom('stranger' as const, 'volume' as const, 'quarantine' as const, 'refusal' as const),
    name: fc.constantFrom(...names),
  }),
  fc.record({ type: fc.constantFrom('time' as const, 'look' as const) }),
);

function anySuspended(): fc.Arbitrary<DesiredTenant[]> {
  const suspend = { until: 1_500, reason: 'a person looks', owner: 'ops@example.com' };
  return fc.subarray([...names]).map((chosen) => chosen.map((name) => tenant(name, { suspend })));
}

async function takeName(sandbox: Sandbox, name: string): Promise<void> {
  const taken = `tenant_${name}_runtime`;
  const free = [...sandbox.engine.containers.values()].every(({ Name }) => Name !== `/${taken}`);
  if (free) await sandbox.engine.createContainer(taken, containerBody(image));
}

/** Tenants that stay as they are in Git are the same objects, as reading Git has it; some are held at an older revision. */
function sharing(next: DesiredState, before: DesiredState): DesiredState {
  const shared = Object.entries(next.tenants).map(([name, entry]): [string, TenantEntry] => {
    const old = before.tenants[name];
    if (old === undefined) return [name, entry];
    const heldAt = name === names[1] ? (old.heldAt ?? before.baseRevision) : null;
    const same = JSON.stringify(old.desired) === JSON.stringify(entry.desired);
    return [name, same && old.heldAt === heldAt ? old : { ...entry, heldAt }];
  });
  const came = shared.some(([name]) => before.tenants[name] === undefined);
  const gone = Object.keys(before.tenants).filter((name) => next.tenants[name] === undefined);
  const changes = new Map([...shared, ...gone.map((name) => [name, undefined] as const)]);
  return { ...next, tenants: came ? Object.fromEntries(shared) : withChanged(before.tenants, changes) };
}

/** What plans can depend on: the order of volumes, and strangers with names that no tenant has, are nobody's concern. */
function relevant(node: ObservedNode): ObservedNode {
  const strangers = Object.entries(node.strangers).filter(([name]) => tenantOfName(name) !== null);
  const volumes = node.volumes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { ...node, volumes, strangers: Object.fromEntries(strangers) };
}

test('a plan made with what the passes before left is the plan made from nothing, whatever happened between', async () => {
  await fc.assert(
    fc.asyncProperty(anyTenants, fc.array(anyAct, { minLength: 1, maxLength: 8 }), async (first, acts) => {
      const sandbox = await fresh(first, 'a'.repeat(40));
      const { engine, files } = sandbox;
      const options = { node: 'worker-1', files, vault: new Vault(secrets), planOnly: false };
      const observer = new Observer({ docker: engine, files, secrets }, owner, true);
      const cache = createPlanCache();
      let memory: Readonly<Record<string, TenantMemory>> = {};
      let refusals: Rendered['refusals'] = {};
      let rendered = await renderNode(open(first, 'a'.repeat(40)), options);
      let now = 1_000;
      for (const [at, act] of acts.entries()) {
        if (act.type === 'commit') {
          const desired = sharing(open(act.tenants, String(at).repeat(40)), rendered.desired);
          rendered = await renderNode(desired, options, rendered);
        }
        if (act.type === 'hand') await meddle(sandbox, act.hand);
        if (act.type === 'stranger') await takeName(sandbox, act.name);
        if (act.type === 'volume')
          await engine.createVolume({ Name: `tenant_${act.name}_state`, Driver: 'local', Labels: {} });
        if (act.type === 'quarantine') {
          const specHash = rendered.wanted[act.name]?.specHash ?? '';
          const quarantine = { specHash, revision: '', reason: 'it exits', at: 1 };
          memory = { ...memory, [act.name]: { ...blankMemory, quarantine } };
        }
        if (act.type === 'refusal')
          refusals = { [act.name]: [{ reason: 'secret-unavailable', message: 'no key' }] };
        if (act.type === 'time') now += 400;
        const { wanted, images } = rendered;
        const { node: observed } = await observer.observe({ tenants: 'all', wanted, images });
        const input = {
          node: 'worker-1',
          desired: rendered.desired,
          wanted,
          observed,
          memory,
          refusals,
          removalApproved: false,
          now,
        };
        expect(planNode(input, cache)).toEqual(planNode(input));
        expect(rendered.wanted).toEqual((await renderNode(rendered.desired, options)).wanted);
      }
    }),
    { numRuns: 150 },
  );
});

test('what is remembered by who knows what was noted before is what is remembered by who looks at all anew', async () => {
  const look = fc.record({ type: fc.constant('look' as const) });
  const commit = fc.record({ type: fc.constant('commit' as const), tenants: anyTenants });
  const quarantine = fc.record({ type: fc.constant('quarantine' as const), name: fc.constantFrom(...names) });
  const anySkipped = fc.subarray([...names]);
  const anySteps = fc.array(fc.tuple(fc.oneof(anyAct, look, commit, quarantine), anySkipped), {
    minLength: 2,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(anyTenants, anySteps, async (first, steps) => {
      let git = { tenants: first, revision: 'a'.repeat(40) };
      let sandbox = await fresh(git.tenants, git.revision);
      const options = { node: 'worker-1', files: sandbox.files, vault: new Vault(secrets), planOnly: false };
      const stores = [
        await MemoryStore.open(new FakeState()),
        await MemoryStore.open(new FakeState()),
      ] as const;
      const [kept, blank] = stores;
      const keeper = new Rememberer(kept, new EventLog(), () => {});
      let rendered = await renderNode(open(git.tenants, git.revision), options);
      for (const [at, [act, skipped]] of steps.entries()) {
        if (act.type === 'commit') {
          git = { tenants: [...act.tenants], revision: String(at).padStart(40, '0') };
          const desired = sharing(open(git.tenants, git.revision), rendered.desired);
          rendered = await renderNode(desired, options, rendered);
        }
        // As if all that Git asks for had been done, by whomever.
        if (act.type === 'look' || (act.type === 'commit' && at % 3 === 0))
          sandbox = await fresh(git.tenants, git.revision);
        if (act.type === 'hand') await meddle(sandbox, act.hand);
        const specHash = act.type === 'quarantine' ? rendered.wanted[act.name]?.specHash : undefined;
        if (act.type === 'quarantine' && specHash !== undefined) {
          // Git may ask for something else by now.
          const of = at % 2 === 0 ? specHash : 'v1:before';
          const quarantine = { specHash: of, revision: '', reason: 'it exits', at: 1 };
          for (const store of stores) store.note(act.name, { quarantine });
        }
        const { desired, wanted, images } = rendered;
        const { engine: docker, files } = sandbox;
        const observer = new Observer({ docker, files, secrets }, owner, true);
        const { node: observed } = await observer.observe({ tenants: 'all', wanted, images });
        const memory = blank.all();
        const input = { node: 'worker-1', desired, wanted, observed, memory, refusals: {}, now: at };
        const plan = planNode({ ...input, removalApproved: false });
        const anew = new Rememberer(blank, new EventLog(), () => {});
        expect(keeper.remember(plan, rendered, new Set(skipped), at)).toEqual(
          anew.remember(plan, rendered, new Set(skipped), at),
        );
        expect(kept.all()).toEqual(blank.all());
      }
    }),
    { numRuns: 300 },
  );
});

test('looking at those that events name sees what looking at everything sees', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTenants,
      fc.array(anyHand, { minLength: 1, maxLength: 6 }),
      async (desired, hands) => {
        const sandbox = await fresh(desired, 'a'.repeat(40));
        const { engine, files } = sandbox;
        const ports = { docker: engine, files, secrets };
        const options = { node: 'worker-1', files, vault: new Vault(secrets), planOnly: false };
        const { wanted, images } = await renderNode(open(desired, 'a'.repeat(40)), options);
        const observer = new Observer(ports, owner, true);
        await observer.observe({ tenants: 'all', wanted, images });
        const hints = new Set<string>();
        const stop = new AbortController();
        const watching = engine.watchEvents(
          (event) => {
            const concerned =
              tenantOf(event, owner) ?? observer.tenantOf(event.id) ?? tenantOfName(event.name ?? '');
            if (concerned !== null) hints.add(concerned);
          },
          () => {},
          stop.signal,
        );
        for (const hand of hands) {
          if (hand.deed === 'files') hints.add(names[hand.victim % names.length] ?? '');
          await meddle(sandbox, hand);
          if (hand.victim === 3) await takeName(sandbox, names[0]);
          const { node: seen } = await observer.observe({ tenants: new Set(hints), wanted, images });
          const whole = new Observer(ports, owner, true);
          const { node: all } = await whole.observe({ tenants: 'all', wanted, images });
          expect(relevant(seen)).toEqual(relevant(all));
        }
        stop.abort();
        await watching;
      },
    ),
    { numRuns: 150 },
  );
});

test('INV-15: following hints alone leads to the same world as looking at everything', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTenants,
      anyTenants,
      fc.array(anyHand, { maxLength: 4 }),
      async (before, after, hands) => {
        const sandbox = await fresh(before, 'a'.repeat(40));
        for (const hand of hands) await meddle(sandbox, hand);
        sandbox.commit(open(after, 'b'.repeat(40)));
        await sandbox.follow(new Set(names));
        const pristine = await fresh(after, 'b'.repeat(40));
        expect(world(sandbox)).toEqual(world(pristine));
      },
    ),
    { numRuns: 100 },
  );
});

test('a commit that concerns one tenant is followed by looking at that one alone', async () => {
  const fleet = names.map((name) => tenant(name));
  const sandbox = await fresh(fleet, 'a'.repeat(40));
  sandbox.takeCalls();
  const acme = tenant('acme', { resources: { memoryBytes: 134_217_728, nanoCpus: 500_000_000, pids: 64 } });
  sandbox.commit(open([acme, ...fleet.filter(({ name }) => name !== 'acme')], 'b'.repeat(40)));
  const inspected: string[] = [];
  const inspect = sandbox.engine.inspectContainerUnless.bind(sandbox.engine);
  sandbox.engine.inspectContainerUnless = (id, digest) => {
    inspected.push(sandbox.engine.containers.get(id)?.Name ?? id);
    return inspect(id, digest);
  };
  await sandbox.follow(new Set());
  expect(sandbox.takeCalls()).toEqual(['updateContainer tenant_acme_runtime']);
  expect(new Set(inspected)).toEqual(new Set(['/tenant_acme_runtime']));
});

test('nothing is done on an older look: what would be changed is looked at first', async () => {
  const sandbox = await fresh([tenant('acme'), tenant('globex')], 'a'.repeat(40));
  const until = sandbox.clock.now() + 60_000;
  const suspend = { until, reason: 'a person looks', owner: 'ops@example.com' };
  sandbox.commit(open([tenant('acme', { suspend }), tenant('globex')], 'b'.repeat(40)));
  const container = [...sandbox.engine.containers.values()].find(({ Name }) => Name.includes('acme'));
  await sandbox.engine.stopContainer(container?.Id ?? '');
  await sandbox.follow(new Set(['acme']));
  // Started again by another hand, which nobody tells; then the time of the suspension passes.
  await sandbox.engine.startContainer(container?.Id ?? '');
  sandbox.takeCalls();
  await sandbox.clock.sleep(120_000);
  const plan = await sandbox.follow(new Set());
  expect(sandbox.takeCalls()).toEqual([]);
  expect(plan.tenants.flatMap(({ changes }) => changes)).toEqual([]);
});
