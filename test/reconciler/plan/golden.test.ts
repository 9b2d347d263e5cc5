import { expect, test } from 'vitest';
import type { DesiredTenant } from '../../../desired-state/model.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { Sandbox, sentences } from '../../support/sandbox.ts';

const v2 = { image: 'registry.example.com/runtime:v2.0.0' };
let revisions = 0;
const revision = (): string => (revisions += 1).toString(16).padStart(40, '0');

/** A node on which `before` is converged. */
async function converged(before: readonly DesiredTenant[]): Promise<Sandbox> {
  const sandbox = new Sandbox();
  sandbox.commit(desiredState(before, revision()));
  await sandbox.converge();
  sandbox.takeCalls();
  return sandbox;
}

/** The plan for `after`, carried out, and proof that nothing is left to do then. */
async function planFor(
  sandbox: Sandbox,
  after: readonly DesiredTenant[],
): Promise<{ steps: string[]; cost: string }> {
  sandbox.commit(desiredState(after, revision()));
  const plan = await sandbox.plan();
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  await sandbox.converge();
  sandbox.takeCalls();
  const again = await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  expect(sentences(again)).toEqual([]);
  return {
    steps: sentences(plan),
    cost: plan.tenants.find((each) => each.waves.length > 0)?.cost.text ?? 'nothing to do',
  };
}

const data = { volumes: [{ name: 'state', mountPath: '/data/state', backup: true }] };
const startFirst = { update: { strategy: 'start-first', drainMs: 5_000 } } as const;

test('a new tenant: network, volume and files, then the container', async () => {
  const sandbox = new Sandbox();
  expect(await planFor(sandbox, [tenant('acme', data)])).toEqual({
    cost: 'created',
    steps: [
      'create network tenantry-test-worker-1-10.210.64.0-18 (10.210.64.0/18, tenants isolated)',
      'create volume tenant_acme_state',
      'write config.json, prompts/greeting.md',
      'create container tenant_acme_runtime from registry.example.com/runtime:v1.0.0',
      'start tenant_acme_runtime',
      'wait until tenant_acme_runtime is healthy',
    ],
  });
});

test('a new stopped tenant is made ready and not started', async () => {
  const sandbox = await converged([tenant('acme')]);
  expect(await planFor(sandbox, [tenant('acme'), tenant('initech', { state: 'stopped' })])).toMatchObject({
    cost: 'made ready, not started',
    steps: [
      expect.stringContaining('create network'),
      'write config.json, prompts/greeting.md',
      'create container tenant_initech_runtime from registry.example.com/runtime:v1.0.0',
    ],
  });
});

test('INV-11: an image that is not on the node is pulled before the running container stops', async () => {
  const sandbox = await converged([tenant('acme', data)]);
  expect(await planFor(sandbox, [tenant('acme', { ...data, ...v2 })])).toEqual({
    cost: 'recreated, about 2 s down',
    steps: [
      'pull image registry.example.com/runtime:v2.0.0',
      'create container tenant_acme_runtime_next from registry.example.com/runtime:v2.0.0',
      'stop tenant_acme_runtime (up to 10 s to drain)',
      'rename tenant_acme_runtime to tenant_acme_runtime_old',
      'rename tenant_acme_runtime_next to tenant_acme_runtime',
      'start tenant_acme_runtime',
      'wait until tenant_acme_runtime is healthy',
      'remove container tenant_acme_runtime_old (volumes stay)',
    ],
  });
});

test('start-first: the new container is healthy before the old one stops', async () => {
  const sandbox = await converged([tenant('globex', startFirst)]);
  expect(await planFor(sandbox, [tenant('globex', { ...startFirst, ...v2 })])).toEqual({
    cost: 'replaced, no interruption',
    steps: [
      'pull image registry.example.com/runtime:v2.0.0',
      'create container tenant_globex_runtime_next from registry.example.com/runtime:v2.0.0',
      'start tenant_globex_runtime_next',
      'wait until tenant_globex_runtime_next is healthy',
      'stop tenant_globex_runtime (up to 5 s to drain)',
      'remove container tenant_globex_runtime (volumes stay)',
      'rename tenant_globex_runtime_next to tenant_globex_runtime',
    ],
  });
});

test('a prompt is swapped in place and the runtime told to reload', async () => {
  const sandbox = await converged([tenant('acme')]);
  const prompts = { greeting: { text: 'Good morning.', description: '', path: '' } };
  expect(await planFor(sandbox, [tenant('acme', { prompts })])).toEqual({
    cost: 'in place, no interruption',
    steps: ['write prompts/greeting.md', 'tell tenant_acme_runtime to reload (SIGHUP)'],
  });
});

test('a skill that is gone from Git is removed in place', async () => {
  const skills = {
    faq: { description: '', instructions: 'Answer.', parameters: {}, enabled: true, path: '' },
  };
  const sandbox = await converged([tenant('acme', { skills })]);
  expect(await planFor(sandbox, [tenant('acme')])).toEqual({
    cost: 'in place, no interruption',
    steps: ['remove skills/faq.json', 'tell tenant_acme_runtime to reload (SIGHUP)'],
  });
});

test('a stopped tenant takes new files without a signal', async () => {
  const sandbox = await converged([tenant('acme', { state: 'stopped' })]);
  expect(await planFor(sandbox, [tenant('acme', { state: 'stopped', config: { timezone: 'UTC' } })])).toEqual(
    {
      cost: 'in place, no interruption',
      steps: ['write config.json'],
    },
  );
});

test('limits are updated in place', async () => {
  const sandbox = await converged([tenant('acme')]);
  const resources = { memoryBytes: 536_870_912, nanoCpus: 1_000_000_000, pids: 256 };
  expect(await planFor(sandbox, [tenant('acme', { resources })])).toEqual({
    cost: 'in place, no interruption',
    steps: ['update tenant_acme_runtime in place: memory, cpus'],
  });
});

test('an environment variable needs a new container', async () => {
  const sandbox = await converged([tenant('acme', startFirst)]);
  const { steps, cost } = await planFor(sandbox, [
    tenant('acme', { ...startFirst, env: { LOG_LEVEL: 'debug' } }),
  ]);
  expect(cost).toBe('replaced, no interruption');
  expect(steps[0]).toBe('create container tenant_acme_runtime_next from registry.example.com/runtime:v1.0.0');
});

test('a new restart token makes a new container once', async () => {
  const sandbox = await converged([tenant('acme', { restart: 'one' })]);
  const { steps, cost } = await planFor(sandbox, [tenant('acme', { restart: 'two' })]);
  expect(cost).toBe('recreated, about 2 s down');
  expect(steps).toContain('start tenant_acme_runtime');
});

test('a tenant that is stopped in Git is stopped and does not come back with the engine', async () => {
  const sandbox = await converged([tenant('acme')]);
  expect(await planFor(sandbox, [tenant('acme', { state: 'stopped' })])).toEqual({
    cost: 'stopped',
    steps: [
      'update tenant_acme_runtime in place: restart policy no',
      'stop tenant_acme_runtime (up to 10 s to drain)',
    ],
  });
});

test('a tenant that is started in Git is started', async () => {
  const sandbox = await converged([tenant('acme', { state: 'stopped' })]);
  expect(await planFor(sandbox, [tenant('acme')])).toEqual({
    cost: 'started',
    steps: [
      'update tenant_acme_runtime in place: restart policy unless-stopped',
      'start tenant_acme_runtime',
      'wait until tenant_acme_runtime is healthy',
    ],
  });
});

test('a new image of a stopped tenant is put in place without being started', async () => {
  const sandbox = await converged([tenant('acme', { state: 'stopped' })]);
  expect(await planFor(sandbox, [tenant('acme', { state: 'stopped', ...v2 })])).toEqual({
    cost: 'made ready, not started',
    steps: [
      'pull image registry.example.com/runtime:v2.0.0',
      'create container tenant_acme_runtime_next from registry.example.com/runtime:v2.0.0',
      'remove container tenant_acme_runtime (volumes stay)',
      'rename tenant_acme_runtime_next to tenant_acme_runtime',
    ],
  });
});

test('a removed tenant goes with its files, and its volumes are retained', async () => {
  const sandbox = await converged([tenant('acme', data), tenant('globex')]);
  expect(await planFor(sandbox, [tenant('globex')])).toEqual({
    cost: 'removed; volumes stay',
    steps: [
      'stop tenant_acme_runtime (up to 10 s to drain)',
      'remove container tenant_acme_runtime (volumes stay)',
      'remove managed files of acme',
    ],
  });
  expect((await sandbox.plan()).retained).toEqual([{ volume: 'tenant_acme_state', tenant: 'acme' }]);
});

test('a renamed tenant is one that goes and one that comes', async () => {
  const sandbox = await converged([tenant('acme'), tenant('globex')]);
  const { steps } = await planFor(sandbox, [tenant('acme-corp'), tenant('globex')]);
  expect(steps).toContain('remove container tenant_acme_runtime (volumes stay)');
  expect(steps).toContain('start tenant_acme-corp_runtime');
  expect(steps.filter((step) => step.includes('globex'))).toEqual([]);
});

test('another address pool: the container joins its new network before it leaves the old one', async () => {
  const sandbox = await converged([tenant('acme')]);
  const desired = desiredState([tenant('acme')], revision());
  const nodes = {
    'worker-1': { ...desired.nodes['worker-1']!, network: { pool: '10.99.0.0/16', shards: 1 } },
  };
  sandbox.commit({ ...desired, nodes });
  expect(sentences(await sandbox.plan())).toEqual([
    'create network tenantry-test-worker-1-10.99.0.0-16 (10.99.0.0/16, tenants isolated)',
    'connect tenant_acme_runtime to tenantry-test-worker-1-10.99.0.0-16',
    'disconnect tenant_acme_runtime from tenantry-test-worker-1-10.210.64.0-18',
  ]);
  await sandbox.converge();
  await sandbox.converge();
  expect([...sandbox.engine.networks.values()].map((network) => network.Name)).toEqual([
    'tenantry-test-worker-1-10.99.0.0-16',
  ]);
});

test('pairing is asked for once a token, after the tenant is in sync', async () => {
  const paired = (pairing: string) =>
    tenant('acme', { whatsapp: { enabled: true, pairing, disconnect: '0', port: 8080 } });
  const sandbox = await converged([paired('0')]);
  expect(sandbox.bridge.asked).toEqual([]);
  expect((await planFor(sandbox, [paired('1')])).steps).toEqual([
    'start pairing in tenant_acme_runtime (token 1)',
  ]);
  expect(sandbox.bridge.asked).toEqual(['pair 1']);
  sandbox.restart();
  sandbox.state.documents.clear();
  await sandbox.converge();
  expect(sandbox.bridge.asked).toEqual(['pair 1']);
});
