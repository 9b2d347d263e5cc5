import { beforeEach, describe, expect, test } from 'vitest';
import type { ContainerInspect } from '../../reconciler/engine-api.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';
import type { TenantStatus } from '../../reconciler/report/status.ts';
import { open } from '../support/any-fleet.ts';
import { tenant } from '../support/desired.ts';
import { Sandbox } from '../support/sandbox.ts';

const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
const names = ['acme', 'globex', 'initech'];
const changed = { env: { LEVEL: 'two' } };

let sandbox: Sandbox;
/** What the engine answers about containers that it cannot show, by name. */
let unable: Map<string, () => Promise<never>>;
let asked: string[];

beforeEach(() => {
  sandbox = new Sandbox();
  unable = new Map();
  asked = [];
  const { engine } = sandbox;
  const show = engine.inspectContainerUnless.bind(engine);
  engine.inspectContainerUnless = async (id, digest) => {
    const name = engine.containers.get(id)?.Name ?? '';
    asked.push(name);
    return unable.get(name)?.() ?? show(id, digest);
  };
});

/** Commits a fleet of these tenants. */
function commit(
  revision: string,
  of: readonly string[],
  parts: (name: string) => Parameters<typeof tenant>[1] = () => ({}),
): void {
  const fleet = of.map((name) => tenant(name, parts(name)));
  sandbox.commit(open(fleet, revision));
}

const failing = (code: string) => (): Promise<never> =>
  Promise.reject(new ReconcilerError(code, 'cannot inspect container 4f2c', { retry: 'backoff' }));
const main = (name: string): string => `/tenant_${name}_runtime`;
const container = (name: string): ContainerInspect | undefined =>
  [...sandbox.engine.containers.values()].find(({ Name }) => Name === main(name));

async function statusOf(name: string): Promise<Pick<TenantStatus, 'phase' | 'reason'> | undefined> {
  const { tenants } = await sandbox.status();
  const status = tenants.find((each) => each.tenant === name);
  return status === undefined ? undefined : { phase: status.phase, reason: status.reason };
}

const inSync = { phase: 'InSync', reason: '' };
const unseen = {
  phase: 'Failed',
  reason:
    'cannot inspect container 4f2c. It is left as it is until it can be looked at again; the others are not held up',
};

describe.each(['docker/failed', 'docker/timeout'])(
  'INV-14: a container that the engine cannot show (%s)',
  (code) => {
    test('is left alone and told, and the others are changed', async () => {
      commit(first, names);
      await sandbox.converge();
      const before = container('acme');
      unable.set(main('acme'), failing(code));
      commit(second, names, () => changed);
      await sandbox.converge();
      expect(await statusOf('acme')).toEqual(unseen);
      expect(await statusOf('globex')).toEqual(inSync);
      expect(container('acme')).toBe(before);
      expect(container('globex')?.Config.Env).toContain('LEVEL=two');
    });

    test('is in the plan that people are shown, with the reason and nothing to do', async () => {
      commit(first, names);
      await sandbox.converge();
      unable.set(main('acme'), failing(code));
      const plan = await (await sandbox.reconciler()).pass('all');
      const acme = plan.tenants.find((each) => each.tenant === 'acme');
      expect([acme?.changes, acme?.waves]).toEqual([[], []]);
      expect(acme?.refusals).toEqual([{ reason: 'unreadable', message: unseen.reason }]);
    });

    test('is not made a second time by a reconciler that never saw it', async () => {
      commit(first, names);
      await sandbox.converge();
      await sandbox.stop();
      unable.set(main('acme'), failing(code));
      sandbox.takeCalls();
      await sandbox.converge();
      expect(await statusOf('acme')).toEqual(unseen);
      expect(sandbox.takeCalls().filter((call) => call.includes('acme'))).toEqual([]);
    });

    test('stays where its tenant is removed from Git, with what it needs, until it is seen', async () => {
      commit(first, names);
      await sandbox.converge();
      unable.set(main('acme'), failing(code));
      commit(second, ['globex', 'initech']);
      await sandbox.converge();
      expect(container('acme')).toBeDefined();
      expect(await statusOf('acme')).toEqual(unseen);
      unable.clear();
      await sandbox.converge();
      expect(container('acme')).toBeUndefined();
    });

    test('is looked at again after a while, and then is as it should be', async () => {
      commit(first, names);
      await sandbox.converge();
      unable.set(main('acme'), failing(code));
      commit(second, names, () => changed);
      await sandbox.converge();
      unable.clear();
      const reconciler = await sandbox.reconciler();
      const wait = reconciler.nextRetryMs();
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(20_000);
      await sandbox.clock.sleep(wait ?? 0);
      await sandbox.follow(new Set());
      expect(await statusOf('acme')).toEqual(inSync);
      expect(container('acme')?.Config.Env).toContain('LEVEL=two');
      expect(reconciler.nextRetryMs()).toBeNull();
    });
  },
);

test('INV-14: looks after the first do not wait for what does not answer, and do not ask it twice', async () => {
  commit(first, names);
  await sandbox.converge();
  unable.set(main('acme'), failing('docker/timeout'));
  const reconciler = await sandbox.reconciler();
  await reconciler.pass('all');
  const hung = Promise.withResolvers<never>();
  unable.set(main('acme'), () => hung.promise);
  asked = [];
  await reconciler.pass('all');
  await reconciler.pass('all');
  expect(asked.filter((name) => name === main('acme'))).toHaveLength(1);
  expect(asked.filter((name) => name === main('globex'))).toHaveLength(2);
  expect(await statusOf('acme')).toEqual(unseen);
  hung.reject(new ReconcilerError('docker/timeout', 'it did not answer', { retry: 'backoff' }));
  unable.clear();
  await reconciler.pass('all');
  expect(await statusOf('acme')).toEqual(inSync);
});

test('INV-14: of many that do not answer those are seen again that do, while others hang', async () => {
  const fleet = Array.from({ length: 40 }, (_, number) => `n${String(number).padStart(2, '0')}`);
  const stuck = fleet.slice(0, 8);
  commit(first, fleet);
  await sandbox.converge();
  const reconciler = await sandbox.reconciler();
  const unseenNow = async (): Promise<string[]> => {
    await reconciler.pass('all');
    const { tenants } = await sandbox.status();
    return tenants.filter(({ phase }) => phase === 'Failed').map((each) => each.tenant);
  };
  for (const name of stuck) unable.set(main(name), failing('docker/timeout'));
  expect(await unseenNow()).toEqual(stuck);
  const hung = Promise.withResolvers<never>();
  for (const name of stuck) unable.set(main(name), () => hung.promise);
  expect(await unseenNow()).toEqual(stuck);
  // The last ones have not even been asked, because the first ones have all places.
  for (const name of stuck.slice(4)) unable.delete(main(name));
  for (const name of stuck.slice(0, 4)) unable.set(main(name), failing('docker/timeout'));
  hung.reject(new ReconcilerError('docker/timeout', 'it did not answer', { retry: 'backoff' }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(await unseenNow()).toEqual(stuck.slice(0, 4));
});

describe('is the trouble of the node, where', () => {
  const pass = async () => (await sandbox.reconciler()).pass('all');
  const fleet = Array.from({ length: 40 }, (_, number) => `n${String(number).padStart(2, '0')}`);

  beforeEach(async () => {
    commit(first, fleet);
    await sandbox.converge();
  });

  test('no container can be shown', async () => {
    for (const name of fleet) unable.set(main(name), failing('docker/failed'));
    await expect(pass()).rejects.toThrow('cannot inspect container 4f2c');
  });

  test('many cannot be', async () => {
    for (const name of fleet.slice(0, 9)) unable.set(main(name), failing('docker/failed'));
    await expect(pass()).rejects.toThrow('cannot inspect container 4f2c');
    unable.delete(main('n00'));
    await pass();
    expect((await sandbox.status()).tenants.filter(({ phase }) => phase === 'Failed')).toHaveLength(8);
  });

  test('there is no connection to the engine', async () => {
    unable.set(main('n00'), failing('docker/unreachable'));
    await expect(pass()).rejects.toThrow('cannot inspect container 4f2c');
  });

  test('the engine contradicts itself, for who is meant is not known', async () => {
    unable.set(main('n00'), failing('docker/contradiction'));
    await expect(pass()).rejects.toThrow('cannot inspect container 4f2c');
  });
});

test("INV-10: a folder that cannot be read is its own tenant's trouble", async () => {
  commit(first, names);
  await sandbox.converge();
  const { files } = sandbox;
  const digests = files.digests.bind(files);
  files.digests = async (name) => {
    if (name !== 'acme') return digests(name);
    throw new ReconcilerError('files/read-failed', 'EIO: i/o error, read tenants/acme', { retry: 'backoff' });
  };
  commit(second, names, () => changed);
  await sandbox.converge();
  expect((await statusOf('acme'))?.reason).toMatch(/^EIO: i\/o error, read tenants\/acme\. It is left/);
  expect(await statusOf('globex')).toEqual(inSync);
  expect(container('acme')?.Config.Env).not.toContain('LEVEL=two');
});

describe('what the engine cannot show beside containers', () => {
  const broken = new ReconcilerError('docker/failed', 'the store is damaged', { retry: 'backoff' });
  const volumes = [{ name: 'state', mountPath: '/data/state', backup: true }];

  test('an image: its tenants run on, and it is pulled before it is used', async () => {
    const { engine } = sandbox;
    commit(first, names);
    await sandbox.converge();
    const show = engine.inspectImage.bind(engine);
    engine.inspectImage = async (ref) => {
      if (ref === 'registry.example.com/runtime:v1.0.0') throw broken;
      return show(ref);
    };
    engine.registry.add('registry.example.com/runtime:v1.0.0');
    sandbox.takeCalls();
    commit(second, names, (name) => (name === 'acme' ? changed : {}));
    await sandbox.converge();
    const calls = sandbox.takeCalls();
    expect(calls.filter((call) => /globex|initech/.test(call))).toEqual([]);
    expect(calls[0]).toMatch(/^pullImage /);
    expect(await statusOf('acme')).toEqual(inSync);
  });

  test('a volume: its tenant is left alone when he is looked at', async () => {
    const { engine } = sandbox;
    commit(first, names, () => ({ volumes }));
    await sandbox.converge();
    const show = engine.inspectVolume.bind(engine);
    engine.inspectVolume = async (name) => {
      if (name.includes('acme')) throw broken;
      return show(name);
    };
    commit(second, names, () => ({ volumes, ...changed }));
    await sandbox.refresh();
    await sandbox.follow(new Set(names));
    expect((await statusOf('acme'))?.reason).toMatch(/^the store is damaged\. It is left/);
    expect(await statusOf('globex')).toEqual(inSync);
    expect(container('acme')?.Config.Env).not.toContain('LEVEL=two');
  });
});
