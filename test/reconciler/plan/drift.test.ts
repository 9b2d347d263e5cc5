import { describe, expect, test } from 'vitest';
import type { DesiredTenant } from '../../../desired-state/model.ts';
import type { Plan } from '../../../reconciler/plan/plan.ts';
import { label } from '../../../renderers/labels.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { Sandbox, sentences } from '../../support/sandbox.ts';

const v2 = 'registry.example.com/runtime:v2.0.0';
const data = { volumes: [{ name: 'state', mountPath: '/data/state', backup: true }] };
let revisions = 0;
const revision = (): string => (revisions += 1).toString(16).padStart(40, '0');

async function converged(...tenants: DesiredTenant[]): Promise<Sandbox> {
  const sandbox = new Sandbox();
  sandbox.commit(desiredState(tenants, revision()));
  await sandbox.converge();
  sandbox.takeCalls();
  return sandbox;
}

function container(sandbox: Sandbox, name = 'tenant_acme_runtime') {
  const found = [...sandbox.engine.containers.values()].find((candidate) => candidate.Name === `/${name}`);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

/** What differs in the plan, as `cause kind path: actual -> desired`. */
function differences(plan: Plan): string[] {
  return plan.tenants.flatMap((each) =>
    each.changes.flatMap((change) =>
      change.fields.length === 0
        ? [`${change.cause} ${change.kind} ${change.resource.name}`]
        : change.fields.map(
            (field) =>
              `${change.cause} ${change.kind} ${field.path}: ${JSON.stringify(field.actual)} -> ${JSON.stringify(field.desired)}`,
          ),
    ),
  );
}

async function heals(sandbox: Sandbox): Promise<void> {
  await sandbox.converge();
  sandbox.takeCalls();
  expect(differences(await sandbox.plan())).toEqual([]);
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
}

test('a killed container is started again, and the drift names its field', async () => {
  const sandbox = await converged(tenant('acme'));
  await sandbox.engine.signalContainer(container(sandbox).Id, 'SIGKILL');
  const plan = await sandbox.plan();
  expect(differences(plan)).toEqual(['drift update running: false -> true']);
  expect(sentences(plan)).toEqual(['start tenant_acme_runtime', 'wait until tenant_acme_runtime is healthy']);
  await heals(sandbox);
});

test('a container removed by hand is made again, as drift', async () => {
  const sandbox = await converged(tenant('acme', data));
  await sandbox.engine.removeContainer(container(sandbox).Id, { force: true });
  const plan = await sandbox.plan();
  expect(differences(plan)).toEqual(['drift create tenant_acme_runtime']);
  expect(sentences(plan)).toEqual([
    'create container tenant_acme_runtime from registry.example.com/runtime:v1.0.0',
    'start tenant_acme_runtime',
    'wait until tenant_acme_runtime is healthy',
  ]);
  await heals(sandbox);
});

test('a container that Docker is still removing is waited for: its name is not free yet', async () => {
  const sandbox = await converged(tenant('acme', data));
  Object.assign(container(sandbox).State, { Status: 'removing', Running: false });
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'Progressing' }]);
  sandbox.engine.containers.clear();
  await heals(sandbox);
});

test('limits changed by hand are set back in place', async () => {
  const sandbox = await converged(tenant('acme'));
  const before = container(sandbox);
  await sandbox.engine.updateContainer(before.Id, { Memory: 8388608, MemorySwap: 16777216, NanoCpus: 1 });
  const plan = await sandbox.plan();
  expect(differences(plan)).toEqual([
    'drift update memoryBytes: 8388608 -> 268435456',
    'drift update memorySwapBytes: 16777216 -> 268435456',
    'drift update nanoCpus: 1 -> 500000000',
  ]);
  await heals(sandbox);
  expect(container(sandbox).State.StartedAt).toBe(before.State.StartedAt);
});

test('a container taken off its network is put back in place', async () => {
  const sandbox = await converged(tenant('acme'));
  const [network = ''] = Object.keys(container(sandbox).NetworkSettings.Networks);
  await sandbox.engine.disconnectNetwork(network, container(sandbox).Id);
  expect(sentences(await sandbox.plan())).toEqual([`connect tenant_acme_runtime to ${network}`]);
  await heals(sandbox);
});

test('a container put on another network by hand is taken off it', async () => {
  const sandbox = await converged(tenant('acme'));
  const foreign = {
    Name: 'foreign',
    Driver: 'bridge',
    CheckDuplicate: true,
    IPAM: { Config: [] },
    Options: {},
    Labels: {},
  } as const;
  await sandbox.engine.createNetwork(foreign);
  await sandbox.engine.connectNetwork('foreign', container(sandbox).Id);
  expect(sentences(await sandbox.plan())).toEqual(['disconnect tenant_acme_runtime from foreign']);
  await heals(sandbox);
});

test('a paused container is unpaused', async () => {
  const sandbox = await converged(tenant('acme'));
  Object.assign(container(sandbox).State, { Status: 'paused', Paused: true });
  const plan = await sandbox.plan();
  expect(differences(plan)).toEqual(['drift update running: "paused" -> true']);
  expect(sentences(plan)).toEqual(['unpause tenant_acme_runtime']);
  await heals(sandbox);
});

test('a stopped tenant that somebody started is stopped again', async () => {
  const sandbox = await converged(tenant('acme', { state: 'stopped' }));
  await sandbox.engine.startContainer(container(sandbox).Id);
  expect(sentences(await sandbox.plan())).toEqual(['stop tenant_acme_runtime (up to 10 s to drain)']);
  await heals(sandbox);
});

test('an edited managed file is swapped back and the runtime told', async () => {
  const sandbox = await converged(tenant('acme'));
  sandbox.files.folders.get('acme')?.set('prompts/greeting.md', Buffer.from('edited'));
  sandbox.files.folders.get('acme')?.set('planted.md', Buffer.from('planted'));
  const plan = await sandbox.plan();
  expect(plan.tenants[0]?.changes).toMatchObject([
    { cause: 'drift', kind: 'update', resource: { kind: 'files' } },
  ]);
  expect(sentences(plan)).toEqual([
    'write prompts/greeting.md and remove planted.md',
    'tell tenant_acme_runtime to reload (SIGHUP)',
  ]);
  await heals(sandbox);
});

test('a folder of managed files that is gone needs a restart: its mount holds on to what is gone', async () => {
  const sandbox = await converged(tenant('acme'));
  sandbox.files.folders.delete('acme');
  expect(sentences(await sandbox.plan())).toEqual([
    'write config.json, prompts/greeting.md',
    'restart tenant_acme_runtime so that it sees its folders again',
    'wait until tenant_acme_runtime is healthy',
  ]);
  await heals(sandbox);
});

test('a crash between the swap of files and the signal still tells the runtime', async () => {
  const sandbox = await converged(tenant('acme'));
  const signal = sandbox.engine.signalContainer.bind(sandbox.engine);
  sandbox.engine.signalContainer = async () => {
    throw new Error('the reconciler died here');
  };
  sandbox.commit(desiredState([tenant('acme', { config: { timezone: 'UTC' } })], revision()));
  await sandbox.converge();
  sandbox.engine.signalContainer = signal;
  sandbox.restart();
  sandbox.takeCalls();
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual(['signalContainer tenant_acme_runtime SIGHUP']);
  await heals(sandbox);
});

test('a setting outside the allow-list is drift that only a new container mends', async () => {
  const sandbox = await converged(tenant('acme'));
  const found = container(sandbox);
  found.HostConfig = { ...found.HostConfig, Privileged: true, Binds: ['/:/host'] };
  const plan = await sandbox.plan();
  expect(differences(plan)).toEqual([
    'drift replace forbidden.Binds: ["/:/host"] -> undefined',
    'drift replace forbidden.Privileged: true -> undefined',
  ]);
  await heals(sandbox);
});

test('drift: report shows drift and leaves it, and still follows commits', async () => {
  const sandbox = await converged(tenant('acme', { drift: 'report' }));
  await sandbox.engine.updateContainer(container(sandbox).Id, { Memory: 8388608 });
  const plan = await sandbox.converge();
  expect(differences(plan)).toEqual(['drift update memoryBytes: 8388608 -> 268435456']);
  expect(sandbox.takeCalls()).toEqual(['updateContainer tenant_acme_runtime']);
  expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'Drifted' }]);
  sandbox.commit(
    desiredState([tenant('acme', { drift: 'report', config: { timezone: 'UTC' } })], revision()),
  );
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual(['signalContainer tenant_acme_runtime SIGHUP']);
});

test('drift: report leaves a stopped container that was removed, until a commit asks for it to run', async () => {
  const reporting = { drift: 'report', state: 'stopped' } as const;
  const sandbox = await converged(tenant('acme', reporting));
  await sandbox.engine.removeContainer(container(sandbox).Id, { force: true });
  sandbox.takeCalls();
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  sandbox.commit(desiredState([tenant('acme', { ...reporting, state: 'running' })], revision()));
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([
    'createContainer tenant_acme_runtime',
    'startContainer tenant_acme_runtime',
  ]);
  expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'InSync' }]);
});

test.each(['heal', 'report'] as const)(
  'drift: %s: a stopped container whose network was pruned joins the new one when it is to run again',
  async (drift) => {
    const sandbox = await converged(tenant('acme', { drift }));
    sandbox.commit(desiredState([tenant('acme', { drift, state: 'stopped' })], revision()));
    await sandbox.converge();
    for (const { Id } of await sandbox.engine.listNetworks()) await sandbox.engine.removeNetwork(Id);
    sandbox.takeCalls();
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual([expect.stringMatching(/^createNetwork /)]);
    sandbox.commit(desiredState([tenant('acme', { drift })], revision()));
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual([
      'updateContainer tenant_acme_runtime',
      // The engine does not find its network.
      'startContainer tenant_acme_runtime',
      expect.stringMatching(/^connectNetwork tenant_acme_runtime /),
      'startContainer tenant_acme_runtime',
    ]);
    await heals(sandbox);
  },
);

describe('INV-19: without its memory, and with `drift: report`', () => {
  const reporting = (parts: Partial<DesiredTenant> = {}): DesiredTenant =>
    tenant('acme', { drift: 'report', ...parts });
  const resources = { ...tenant('acme').resources, memoryBytes: 512 * 1024 * 1024 };

  /** Another process, whose state folder is empty. */
  async function lose(sandbox: Sandbox): Promise<void> {
    await sandbox.stop();
    sandbox.state.documents.clear();
  }

  test.each<[string, Partial<DesiredTenant>, readonly string[]]>([
    ['a limit', { resources }, ['updateContainer']],
    ['whether it runs', { state: 'stopped' }, ['updateContainer', 'stopContainer']],
  ])('a commit that changes %s in place is applied', async (_, parts, calls) => {
    const sandbox = await converged(reporting());
    await lose(sandbox);
    sandbox.commit(desiredState([reporting(parts)], revision()));
    await sandbox.converge();
    expect(sandbox.takeCalls()).toEqual(calls.map((call) => `${call} tenant_acme_runtime`));
    expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'InSync' }]);
  });

  test('what another hand changed is shown as drift and left, also when Git moves elsewhere', async () => {
    const sandbox = await converged(reporting());
    await sandbox.engine.updateContainer(container(sandbox).Id, { Memory: 8388608 });
    sandbox.takeCalls();
    await lose(sandbox);
    for (const others of [[], [tenant('globex')]]) {
      sandbox.commit(desiredState([reporting(), ...others], revision()));
      const plan = await sandbox.converge();
      expect(differences(plan)).toEqual(['drift update memoryBytes: 8388608 -> 268435456']);
      expect(sandbox.takeCalls().filter((call) => call.includes('acme'))).toEqual([]);
    }
  });

  test.each([['{'], ['null'], ['[]'], [undefined]])(
    'a container that does not tell what it was made with (%s) follows Git',
    async (text) => {
      const sandbox = await converged(reporting());
      const found = container(sandbox);
      const { [label.madeWith]: _, ...labels } = found.Config.Labels ?? {};
      const told = text === undefined ? {} : { [label.madeWith]: text };
      Object.assign(found, { Config: { ...found.Config, Labels: { ...labels, ...told } } });
      await sandbox.engine.updateContainer(found.Id, { Memory: 8388608 });
      sandbox.takeCalls();
      await lose(sandbox);
      await sandbox.converge();
      expect(sandbox.takeCalls()).toEqual(['updateContainer tenant_acme_runtime']);
    },
  );
});

test('a suspended tenant is left alone until its time is over, commits and drift alike', async () => {
  const sandbox = await converged(tenant('acme'));
  const until = sandbox.clock.now() + 60_000;
  const suspend = { until, reason: 'migration', owner: 'ops@example.com' };
  sandbox.commit(desiredState([tenant('acme', { suspend, image: v2 })], revision()));
  await sandbox.engine.signalContainer(container(sandbox).Id, 'SIGKILL');
  sandbox.takeCalls();
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  expect((await sandbox.status()).tenants).toMatchObject([
    { phase: 'Suspended', reason: expect.stringContaining('migration') },
  ]);
  sandbox.clock.time += 120_000;
  await sandbox.converge();
  expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'InSync', image: v2, state: 'running' }]);
});

test('a bad image returns to the old container, is quarantined, and is not tried again until Git changes', async () => {
  const sandbox = await converged(tenant('acme', data));
  const before = container(sandbox).Id;
  sandbox.engine.crashing.add(v2);
  sandbox.commit(desiredState([tenant('acme', { ...data, image: v2 })], revision()));
  await sandbox.converge();
  expect(container(sandbox)).toMatchObject({ Id: before, State: { Running: true } });
  expect((await sandbox.status()).tenants).toMatchObject([
    {
      phase: 'Degraded',
      reason: expect.stringContaining('keeps exiting'),
      quarantine: { reason: expect.any(String) },
    },
  ]);
  sandbox.takeCalls();
  sandbox.restart();
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  sandbox.engine.crashing.clear();
  sandbox.commit(desiredState([tenant('acme', { ...data, image: v2, restart: 'again' })], revision()));
  await sandbox.converge();
  expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'InSync', image: v2, quarantine: null }]);
});

test('where another hand removed the old container, the quarantined spec is better than nothing', async () => {
  const sandbox = await converged(tenant('acme', data));
  sandbox.engine.crashing.add(v2);
  sandbox.commit(desiredState([tenant('acme', { ...data, image: v2 })], revision()));
  await sandbox.converge();
  await sandbox.engine.removeContainer(container(sandbox).Id, { force: true });
  sandbox.engine.crashing.clear();
  await sandbox.converge();
  expect(container(sandbox)).toMatchObject({ Config: { Image: v2 }, State: { Running: true } });
  sandbox.takeCalls();
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
});

test('a bad image of a start-first tenant never stops the old container', async () => {
  const startFirst = { update: { strategy: 'start-first', drainMs: 1_000 } } as const;
  const sandbox = await converged(tenant('acme', startFirst));
  const { Id, State } = container(sandbox);
  sandbox.engine.crashing.add(v2);
  sandbox.commit(desiredState([tenant('acme', { ...startFirst, image: v2 })], revision()));
  await sandbox.converge();
  expect(container(sandbox)).toMatchObject({ Id, State: { StartedAt: State.StartedAt } });
  expect(sandbox.engine.containers.size).toBe(1);
});

test("INV-20: a stranger's container of the same name is a conflict: never adopted, never removed", async () => {
  const sandbox = new Sandbox();
  const image = 'registry.example.com/runtime:v1.0.0';
  await sandbox.engine.createContainer('tenant_acme_runtime', containerBody(image));
  sandbox.takeCalls();
  sandbox.commit(desiredState([tenant('acme'), tenant('globex')], revision()));
  await sandbox.converge();
  expect(sandbox.takeCalls().filter((call) => call.includes('acme'))).toEqual([]);
  const { tenants } = await sandbox.status();
  expect(tenants.map(({ phase }) => phase)).toEqual(['Failed', 'InSync']);
  expect(tenants[0]?.reason).toContain("is not Tenantry's");
});

test("INV-21: a volume of the tenant's name that points elsewhere stops the tenant before anything is made", async () => {
  const sandbox = new Sandbox();
  const Labels = { [label.platform]: 'test', [label.node]: 'worker-1', [label.tenant]: 'acme' };
  sandbox.engine.volumes.set('tenant_acme_state', {
    CreatedAt: '2026-01-01T00:00:00Z',
    Mountpoint: '/var/lib/docker/volumes/tenant_acme_state/_data',
    Scope: 'local',
    Name: 'tenant_acme_state',
    Driver: 'local',
    Labels,
    Options: { device: '/', o: 'bind' },
  });
  sandbox.commit(desiredState([tenant('acme', data)], revision()));
  await sandbox.converge();
  expect(sandbox.engine.containers.size).toBe(0);
  expect((await sandbox.status()).tenants[0]?.reason).toContain('driver options (device, o)');
});

test('INV-9: a mass removal is held whole until Git approves exactly these tenants', async () => {
  const names = ['acme', 'globex', 'initech'];
  const sandbox = await converged(...names.map((name) => tenant(name)));
  sandbox.commit(desiredState([tenant('acme')], revision()));
  const plan = await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  expect(plan.holds).toMatchObject([{ kind: 'mass-removal', tenants: ['globex', 'initech'] }]);
  expect((await sandbox.status()).tenants.map(({ phase }) => phase)).toEqual(['InSync', 'Held', 'Held']);
  sandbox.approved.add('globex,initech');
  await sandbox.converge();
  expect([...sandbox.engine.containers.values()].map(({ Name }) => Name)).toEqual(['/tenant_acme_runtime']);
});

test('a tenant whose files are broken is neither removed nor changed', async () => {
  const sandbox = await converged(tenant('acme'), tenant('globex'));
  const desired = desiredState([tenant('globex')], revision());
  const problem = {
    code: 'yaml/syntax',
    severity: 'error',
    path: 'tenants/acme/tenant.yaml',
    line: 3,
    column: 1,
    pointer: '',
    message: 'broken',
  } as const;
  const tenants = {
    ...desired.tenants,
    acme: { name: 'acme', desired: null, heldAt: null, problems: [problem] },
  };
  sandbox.commit({ ...desired, tenants });
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
});

test('a container that another hand renamed gets its name back, and its run goes on', async () => {
  const sandbox = await converged(tenant('acme', data));
  const { Id, State } = container(sandbox);
  await sandbox.engine.renameContainer(Id, 'elsewhere');
  sandbox.takeCalls();
  expect(sentences(await sandbox.plan())).toEqual(['rename elsewhere to tenant_acme_runtime']);
  await sandbox.converge();
  expect(sandbox.takeCalls()).toHaveLength(1);
  expect(container(sandbox)).toMatchObject({ Id, State: { StartedAt: State.StartedAt } });
});

test('a renamed container serves on while its successor is made', async () => {
  const sandbox = await converged(
    tenant('acme', { ...data, update: { strategy: 'start-first', drainMs: 1_000 } }),
  );
  const { Id } = container(sandbox);
  await sandbox.engine.renameContainer(Id, 'elsewhere');
  const update = { strategy: 'start-first', drainMs: 1_000 } as const;
  sandbox.commit(desiredState([tenant('acme', { ...data, image: v2, update })], revision()));
  sandbox.takeCalls();
  await sandbox.converge();
  const calls = sandbox.takeCalls();
  const first = (verb: string): number => calls.findIndex((call) => call.toLowerCase().includes(verb));
  expect(first('create')).toBeGreaterThan(-1);
  expect(first('stop')).toBeGreaterThan(first('create'));
  expect(container(sandbox).Config.Image).toBe(v2);
});
