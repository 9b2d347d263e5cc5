import { expect, test } from 'vitest';
import { desiredState, tenant } from '../support/desired.ts';
import { Sandbox } from '../support/sandbox.ts';

const names = Array.from({ length: 60 }, (_, index) => `t-${index}`);
const volumes = [{ name: 'state', mountPath: '/data/state', backup: true }];

test('a rollout to all asks for no list of everything for each of them', async () => {
  const sandbox = new Sandbox();
  const { engine } = sandbox;
  const asked = new Map<string, number>();
  for (const list of ['listVolumes', 'listNetworks', 'listContainers'] as const) {
    const real = engine[list].bind(engine) as (...args: unknown[]) => Promise<never>;
    engine[list] = (...args: unknown[]) => {
      asked.set(list, (asked.get(list) ?? 0) + 1);
      return real(...args);
    };
  }
  for (const version of [1, 2]) {
    const image = `registry.example.com/runtime:v${version}.0.0`;
    const tenants = names.map((name) => tenant(name, { image, volumes }));
    sandbox.commit(desiredState(tenants, String(version).padStart(40, '0')));
    await sandbox.converge();
    expect((await sandbox.status()).tenants.every(({ phase }) => phase === 'InSync')).toBe(true);
  }
  expect(Math.max(...asked.values())).toBeLessThan(names.length / 3);
});
