import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { DesiredTenant } from '../../desired-state/model.ts';
import type { SecretOpener } from '../../reconciler/ports.ts';
import { desiredState, tenant } from '../support/desired.ts';
import { Sandbox } from '../support/sandbox.ts';

const opener: SecretOpener = {
  open: async (_tenant, _name, sealed) => Buffer.from(`opened ${sealed}`),
  fingerprint: (_tenant, _name, value) => `of ${value.length} bytes`,
};

const main = 'tenant_acme_runtime';
const secrets: DesiredTenant['secrets'] = [{ name: 'TOKEN', as: 'file', sealed: 'sealed' }];

/** The machine has begun anew: what was in memory is gone, and the engine could not begin what mounts it. */
async function booted(drift: DesiredTenant['drift']): Promise<Sandbox> {
  const sandbox = new Sandbox({ secrets: opener });
  sandbox.commit(desiredState([tenant('acme', { drift, secrets })]));
  await sandbox.converge();
  await sandbox.converge();
  expect(sandbox.files.secrets.get('acme')?.size).toBe(1);
  sandbox.files.secrets.clear();
  for (const container of sandbox.engine.containers.values()) {
    await sandbox.engine.stopContainer(container.Id);
    Object.assign(container.State, {
      ExitCode: 127,
      Error: 'error mounting "/run/tenantry/acme" to rootfs at "/run/secrets": no such file or directory',
    });
  }
  sandbox.restart();
  sandbox.takeCalls();
  return sandbox;
}

test.each(['heal', 'report'] as const)(
  'drift: %s: after a boot secrets are in memory again, and what could not begin without them runs',
  async (drift) => {
    const sandbox = await booted(drift);
    await sandbox.converge();
    expect(sandbox.files.secrets.get('acme')?.size).toBe(1);
    expect(sandbox.takeCalls()).toEqual([`startContainer ${main}`]);
    expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'InSync' }]);
  },
);

test('what ended, and lost its secrets, while the engine was long in showing it has them when it is started', async () => {
  const sandbox = new Sandbox({ secrets: opener });
  const { engine, files } = sandbox;
  sandbox.commit(desiredState([tenant('acme', { secrets })]));
  await sandbox.converge();
  sandbox.takeCalls();
  const inspect = engine.inspectContainer.bind(engine);
  engine.inspectContainer = async (id) => {
    engine.inspectContainer = inspect;
    await setImmediate();
    files.secrets.clear();
    await engine.stopContainer(id);
    sandbox.takeCalls();
    return inspect(id);
  };
  const start = engine.startContainer.bind(engine);
  engine.startContainer = async (id) => {
    expect(files.secrets.get('acme')?.size).toBe(1);
    await start(id);
  };
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([`startContainer ${main}`]);
});
