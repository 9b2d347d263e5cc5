import { expect, test } from 'vitest';
import { ReconcilerError } from '../../reconciler/errors.ts';
import { desiredState, tenant } from '../support/desired.ts';
import { Sandbox } from '../support/sandbox.ts';

const names = ['acme', 'globex', 'hooli', 'initech', 'umbrella'];
const revision = (number: number): string => String(number).padStart(40, '0');

/** Five tenants of whom Git keeps the last two, a reconciler that begins then, and an engine that shows some not at all. */
async function begunAnew(unseen: readonly string[]): Promise<{ sandbox: Sandbox; show: () => void }> {
  const sandbox = new Sandbox();
  const { engine } = sandbox;
  sandbox.commit(
    desiredState(
      names.map((name) => tenant(name)),
      revision(1),
    ),
  );
  await sandbox.converge();
  const inspect = engine.inspectContainer.bind(engine);
  engine.inspectContainer = async (id) => {
    const found = await inspect(id);
    if (!unseen.some((name) => found.Name.startsWith(`/tenant_${name}_`))) return found;
    throw new ReconcilerError('docker/failed', 'the engine cannot show it', { retry: 'backoff' });
  };
  sandbox.commit(
    desiredState(
      names.slice(3).map((name) => tenant(name)),
      revision(2),
    ),
  );
  sandbox.restart();
  sandbox.takeCalls();
  return {
    sandbox,
    show: () => {
      engine.inspectContainer = inspect;
    },
  };
}

test('INV-9: who cannot be seen is counted where a mass removal is held', async () => {
  const { sandbox, show } = await begunAnew(['globex', 'hooli']);
  const plan = await sandbox.converge();
  expect(plan.holds).toMatchObject([{ kind: 'mass-removal', tenants: ['acme', 'globex', 'hooli'] }]);
  expect(plan.holds[0]?.message).toMatch(/^3 of 5 tenants/);
  expect(sandbox.takeCalls()).toEqual([]);
  show();
  await sandbox.clock.sleep(60_000);
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  sandbox.approved.add('acme,globex,hooli');
  await sandbox.converge();
  expect([...sandbox.engine.containers.values()].map(({ Name }) => Name).sort()).toEqual([
    '/tenant_initech_runtime',
    '/tenant_umbrella_runtime',
  ]);
});

test('who is to go and cannot be seen is told, and goes when he is seen', async () => {
  const { sandbox, show } = await begunAnew(['globex']);
  sandbox.commit(
    desiredState(
      names.filter((name) => name !== 'globex').map((name) => tenant(name)),
      revision(3),
    ),
  );
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
  const told = (await sandbox.status()).tenants.find((each) => each.tenant === 'globex');
  expect(told).toMatchObject({ phase: 'Failed', reason: expect.stringContaining('cannot show it') });
  show();
  await sandbox.clock.sleep(60_000);
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([
    'stopContainer tenant_globex_runtime',
    'removeContainer tenant_globex_runtime',
  ]);
});
