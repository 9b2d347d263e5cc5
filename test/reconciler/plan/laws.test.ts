import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DesiredTenant } from '../../../desired-state/model.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { Sandbox } from '../../support/sandbox.ts';

const names = ['acme', 'globex', 'initech', 'umbrella', 'ac'] as const;
const images = ['registry.example.com/runtime:v1.0.0', 'registry.example.com/runtime:v2.0.0'] as const;

const anyTenant = (name: string): fc.Arbitrary<DesiredTenant> =>
  fc
    .record({
      image: fc.constantFrom(...images),
      state: fc.constantFrom('running' as const, 'stopped' as const),
      restart: fc.constantFrom('', 'one', 'two'),
      env: fc.dictionary(fc.constantFrom('LOG_LEVEL', 'MODE', 'PATH'), fc.constantFrom('a', 'b')),
      resources: fc.record({
        memoryBytes: fc.constantFrom(67_108_864, 134_217_728),
        nanoCpus: fc.constantFrom(250_000_000, 500_000_000),
        pids: fc.constantFrom(64, 128),
      }),
      readOnlyRoot: fc.boolean(),
      command: fc.constantFrom(null, ['serve', '--fast']),
      user: fc.constantFrom(null, '1000'),
      volumes: fc.constantFrom([], [{ name: 'state', mountPath: '/data/state', backup: true }]),
      update: fc.record({
        strategy: fc.constantFrom('start-first' as const, 'stop-first' as const),
        drainMs: fc.constantFrom(0, 5_000),
      }),
      config: fc.dictionary(fc.constantFrom('a', 'b'), fc.integer()),
      prompts: fc.dictionary(
        fc.constantFrom('one', 'two'),
        fc.record({ text: fc.string(), description: fc.constant(''), path: fc.constant('') }),
      ),
    })
    .map((parts) => tenant(name, parts));

const anyTenants: fc.Arbitrary<DesiredTenant[]> = fc
  .subarray([...names])
  .chain((chosen) => fc.tuple(...chosen.map(anyTenant)));

/** What another hand does to one of the containers. */
type Hand = {
  readonly victim: number;
  readonly deed: 'kill' | 'remove' | 'update' | 'disconnect' | 'pause' | 'start' | 'files' | 'rename';
};
const anyHand: fc.Arbitrary<Hand> = fc.record({
  victim: fc.nat(9),
  deed: fc.constantFrom('kill', 'remove', 'update', 'disconnect', 'pause', 'start', 'files', 'rename'),
});

async function meddle({ engine, files }: Sandbox, { victim, deed }: Hand): Promise<void> {
  const containers = [...engine.containers.values()];
  const container = containers[victim % Math.max(1, containers.length)];
  if (container === undefined) return;
  const { Id: id, State: state } = container;
  switch (deed) {
    case 'kill':
      return state.Running ? engine.signalContainer(id, 'SIGKILL') : undefined;
    case 'remove':
      return engine.removeContainer(id, { force: true });
    case 'update':
      return engine.updateContainer(id, { Memory: 8_000_000, MemorySwap: 8_000_000, PidsLimit: 7 });
    case 'disconnect': {
      const [network] = Object.keys(container.NetworkSettings.Networks);
      return network === undefined ? undefined : engine.disconnectNetwork(network, id);
    }
    case 'pause':
      return state.Status === 'running' ? engine.pauseContainer(id) : undefined;
    case 'start':
      return state.Paused ? undefined : engine.startContainer(id);
    case 'files':
      files.folders.delete(names[victim % names.length] ?? '');
      return;
    case 'rename':
      return container.Name.startsWith('/renamed')
        ? undefined
        : engine.renameContainer(id, `renamed-${id.slice(0, 12)}`);
  }
}

/** What the tenants' world looks like, without ids and times. */
function world({ engine, files }: Sandbox): unknown {
  const containers = [...engine.containers.values()].map(
    ({ Name, Config, HostConfig, State, NetworkSettings }) => ({
      Name,
      Config: { ...Config, Hostname: '', Labels: { ...Config.Labels, 'dev.tenantry.revision': '' } },
      HostConfig,
      running: State.Running,
      paused: State.Paused,
      networks: Object.keys(NetworkSettings.Networks),
    }),
  );
  const folders = [...files.folders].map(([name, folder]) => [
    name,
    [...folder].map(([path, content]) => [path, String(content)]),
  ]);
  return { containers: containers.sort((a, b) => (a.Name < b.Name ? -1 : 1)), folders: folders.sort() };
}

async function fresh(desired: DesiredTenant[], revision: string): Promise<Sandbox> {
  const sandbox = new Sandbox();
  // The guard against mass removals has tests of its own; here every step may be taken.
  sandbox.commit(open(desired, revision));
  await sandbox.converge();
  return sandbox;
}

function open(tenants: DesiredTenant[], revision: string) {
  const desired = desiredState(tenants, revision);
  return {
    ...desired,
    platform: { ...desired.platform, guards: { removal: { percent: 100, atLeast: 99 } } },
  };
}

test('any desired state converges from any other, whatever another hand did meanwhile, and to the same world as from nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTenants,
      anyTenants,
      fc.array(anyHand, { maxLength: 4 }),
      async (before, after, hands) => {
        const sandbox = await fresh(before, 'a'.repeat(40));
        for (const hand of hands) await meddle(sandbox, hand);
        sandbox.commit(open(after, 'b'.repeat(40)));
        await sandbox.converge();
        const pristine = await fresh(after, 'b'.repeat(40));
        expect(world(sandbox)).toEqual(world(pristine));
      },
    ),
    { numRuns: 300 },
  );
});

test('INV-3: a second pass on a converged node makes no changing call, also in a new process without its memory', async () => {
  await fc.assert(
    fc.asyncProperty(anyTenants, fc.boolean(), async (desired, forgets) => {
      const sandbox = await fresh(desired, 'a'.repeat(40));
      sandbox.takeCalls();
      sandbox.restart();
      if (forgets) sandbox.state.documents.clear();
      const plan = await sandbox.converge();
      expect(sandbox.takeCalls()).toEqual([]);
      expect(plan.tenants.flatMap(({ changes }) => changes)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("a tenant's plan never names another tenant's resources", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTenants,
      anyTenants,
      fc.array(anyHand, { maxLength: 4 }),
      async (before, after, hands) => {
        const sandbox = await fresh(before, 'a'.repeat(40));
        for (const hand of hands) await meddle(sandbox, hand);
        sandbox.commit(open(after, 'b'.repeat(40)));
        const plan = await sandbox.plan();
        for (const { tenant: owner, changes, waves, rollback } of plan.tenants) {
          const text = JSON.stringify({ changes, waves, rollback });
          const others = names.filter((name) => name !== owner);
          for (const other of others)
            expect(text).not.toMatch(new RegExp(`tenant_${other}_|"tenant":"${other}"|/${other}/`));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('INV-4: a tenant that no commit and no hand touched keeps its container and its run', async () => {
  await fc.assert(
    fc.asyncProperty(anyTenants, anyTenants, async (before, after) => {
      const bystander = tenant('bystander');
      const sandbox = await fresh([...before, bystander], 'a'.repeat(40));
      const mine = () =>
        [...sandbox.engine.containers.values()].find(({ Name }) => Name.includes('bystander'));
      const { Id, State } = { ...mine() };
      sandbox.commit(open([...after, bystander], 'b'.repeat(40)));
      await sandbox.converge();
      expect(mine()).toMatchObject({ Id, State: { StartedAt: State?.StartedAt } });
    }),
    { numRuns: 100 },
  );
});
