import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateKey, saveIdentity } from '../../desired-state/secrets/identity.ts';
import { seal } from '../../desired-state/secrets/seal.ts';
import { removeSecretsMount } from '../../reconciler/adapters/files-tmpfs.ts';
import type { ContainerInspect } from '../../reconciler/engine-api.ts';
import type { CliProcess } from '../support/cli-process.ts';
import { ensureBusyboxImage } from '../support/docker-image.ts';
import { type SecondEngine, secondEngine } from '../support/engine.ts';
import { TestHost, yaml } from '../support/host.ts';
import { startReconcilerProcess } from '../support/reconciler-process.ts';
import { nodeWhen } from '../support/watched.ts';
import { webTenant } from '../support/web-tenant.ts';

/** Whatever is to become of drift: that a machine begins anew is no drift. */
const tenants = ['heal', 'report'] as const;
const value = 'opened at each boot';

let engine: SecondEngine;
let host: TestHost;
let reconciler: CliProcess | null = null;

beforeEach(async () => {
  engine = await secondEngine('boot', {});
  host = await TestHost.make(engine.host);
  const key = await generateKey();
  await mkdir(join(host.dir, 'data'));
  await saveIdentity(join(host.dir, 'data', 'node.key'), key, new Date());
  const { image, runtime } = webTenant(await ensureBusyboxImage(undefined, engine.host));
  for (const name of tenants) {
    const sealed = await seal(host.name(name), 'TOKEN', Buffer.from(value), [key.recipient]);
    const secrets = yaml('Secrets', host.name(name), { values: { TOKEN: sealed } });
    host.tenant(
      name,
      { image, runtime: { ...runtime, secrets: ['TOKEN'] }, drift: name },
      { 'secrets.yaml': secrets },
    );
  }
}, 120_000);

afterEach(async () => {
  await reconciler?.end('SIGKILL');
  await engine.close();
  await host.removeFolders();
}, 120_000);

test('after a boot of the machine secrets are in memory again and all tenants serve, also where drift is only reported', async () => {
  reconciler = startReconcilerProcess(host, { engine });
  await allServe(0);
  const runs = await states();

  await reconciler.end('SIGKILL');
  await engine.end('SIGKILL');
  // What survived the engine would be stopped by it, as by hand, and not begun again.
  for (const { Pid } of runs) process.kill(Pid, 'SIGKILL');
  await removeSecretsMount(host.options().secretsDir);
  await engine.start();
  // The engine itself tries to begin them again, and finds nothing to mount.
  for (const state of await states()) {
    expect(state).toMatchObject({
      Running: false,
      Error: expect.stringContaining('no such file or directory'),
    });
  }

  const began = Date.now();
  reconciler = startReconcilerProcess(host, { engine });
  await allServe(began);
  for (const name of tenants) {
    expect(await readFile(join(host.options().secretsDir, host.name(name), 'TOKEN'), 'utf8')).toBe(value);
  }
}, 180_000);

async function allServe(since: number): Promise<void> {
  await nodeWhen(
    host,
    'all tenants serve',
    (status) =>
      status.at > since &&
      status.tenants.length === tenants.length &&
      status.tenants.every(({ phase, health }) => phase === 'InSync' && health.state === 'healthy'),
    60_000,
  );
}

function states(): Promise<ContainerInspect['State'][]> {
  return Promise.all(
    tenants.map(async (name) => {
      const inspect = await host.inspect(name);
      if (inspect === null) throw new Error(`${name} has no container`);
      return inspect.State;
    }),
  );
}
