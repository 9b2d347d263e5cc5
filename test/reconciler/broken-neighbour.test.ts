import { describe, expect, test } from 'vitest';
import type { DesiredState, DesiredTenant } from '../../desired-state/model.ts';
import { SecretError } from '../../desired-state/secrets/secret-error.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';
import type { SecretOpener } from '../../reconciler/ports.ts';
import type { Phase } from '../../reconciler/report/status.ts';
import { aVolume } from '../support/a-volume.ts';
import { desiredState, tenant } from '../support/desired.ts';
import { containerBody } from '../support/docker-bodies.ts';
import { Sandbox } from '../support/sandbox.ts';

const names = Array.from({ length: 100 }, (_, number) => `n${String(number).padStart(2, '0')}`);
const broken = 'n50';
const main = `tenant_${broken}_runtime`;
const volumes = [{ name: 'state', mountPath: '/data/state', backup: true }];
const health = {
  type: 'http' as const,
  path: '/health',
  port: 8080,
  intervalMs: 1_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 0,
};
const good = { health, volumes, image: 'registry.example.com/runtime:v1.0.0' };
const never = <T>(): Promise<T> => new Promise(() => {});

interface Way {
  readonly phase: Phase;
  /** What the broken tenant asks for beyond what the others do. */
  readonly parts?: Partial<DesiredTenant>;
  readonly prepare?: (sandbox: Sandbox) => Promise<void> | void;
  /** Its steps never end. */
  readonly hangs?: true;
}

/** Whether an address is that of the broken tenant's container. */
const isBroken = ({ engine }: Sandbox, address: string): boolean =>
  [...engine.containers.values()].some(
    ({ Name, NetworkSettings }) =>
      Name.startsWith(`/${main}`) &&
      Object.values(NetworkSettings.Networks).some(({ IPAddress }) => IPAddress === address),
  );

const ways: Readonly<Record<string, Way>> = {
  'its image is not in the registry': {
    phase: 'Failed',
    parts: { image: 'registry.example.com/missing:v1.0.0' },
  },
  'its registry hangs': {
    phase: 'Progressing',
    parts: { image: 'hanging.example.com/runtime:v1.0.0' },
    hangs: true,
    prepare: ({ engine }) => {
      const pull = engine.pullImage.bind(engine);
      engine.pullImage = (ref) => (ref.startsWith('hanging.') ? never() : pull(ref));
    },
  },
  'it ends as soon as it is started': {
    phase: 'Degraded',
    parts: { image: 'registry.example.com/crash:v1.0.0' },
    prepare: ({ engine }) => {
      engine.addImage('registry.example.com/crash:v1.0.0');
      engine.crashing.add('registry.example.com/crash:v1.0.0');
    },
  },
  'it never becomes healthy': {
    phase: 'Failed',
    prepare: (sandbox) => {
      sandbox.probe.http = async ({ address }) => ({
        healthy: !isBroken(sandbox, address),
        detail: 'HTTP 503 in 1 ms',
      });
    },
  },
  'its health endpoint hangs': {
    phase: 'Progressing',
    hangs: true,
    prepare: (sandbox) => {
      sandbox.probe.http = ({ address }) =>
        isBroken(sandbox, address) ? never() : Promise.resolve({ healthy: true, detail: 'HTTP 200' });
    },
  },
  'its secret cannot be opened': {
    phase: 'Failed',
    parts: { secrets: [{ name: 'TOKEN', as: 'file', sealed: 'sealed for another node' }] },
  },
  'the engine cannot show its container': {
    phase: 'Failed',
    prepare: ({ engine }) => {
      const show = engine.inspectContainerUnless.bind(engine);
      engine.inspectContainerUnless = async (id, digest) => {
        if (engine.containers.get(id)?.Name === `/${main}`)
          throw new ReconcilerError('docker/failed', 'layer does not exist', { retry: 'backoff' });
        return show(id, digest);
      };
    },
  },
  'its name is taken by a stranger': {
    phase: 'Failed',
    prepare: async ({ engine }) => {
      await engine.createContainer(main, containerBody(good.image));
    },
  },
  'its volume hides a host path': {
    phase: 'Failed',
    prepare: ({ engine }) => {
      const name = `tenant_${broken}_state`;
      engine.volumes.set(name, aVolume(name, { Options: { o: 'bind', device: '/' } }));
    },
  },
  'the disk takes none of its files': {
    phase: 'Failed',
    prepare: ({ files }) => {
      const write = files.write.bind(files);
      files.write = (name, content, beginning) =>
        name === broken
          ? Promise.reject(new Error('ENOSPC: no space left on device'))
          : write(name, content, beginning);
    },
  },
  'the engine does not answer when it is created': {
    phase: 'Progressing',
    hangs: true,
    prepare: ({ engine }) => {
      const create = engine.createContainer.bind(engine);
      engine.createContainer = (name, body) => (name.startsWith(main) ? never() : create(name, body));
    },
  },
};

const opener: SecretOpener = {
  open: () => Promise.reject(new SecretError('secret/undecryptable', 'it is not for this node')),
  fingerprint: () => null,
};

function all(
  parts: Partial<DesiredTenant>,
  ofBroken: Partial<DesiredTenant>,
  revision: string,
): DesiredState {
  return desiredState(
    names.map((name) => tenant(name, name === broken ? { ...parts, ...ofBroken } : parts)),
    revision,
  );
}

/** The others' phases as a set, the broken one's, and what was asked of the engine for the others, in no order. */
async function outcome(sandbox: Sandbox): Promise<{ others: Set<Phase>; its: Phase; calls: string[] }> {
  const { tenants } = await sandbox.status();
  return {
    others: new Set(tenants.filter((one) => one.tenant !== broken).map(({ phase }) => phase)),
    its: tenants.find((one) => one.tenant === broken)?.phase ?? 'InSync',
    calls: sandbox
      .takeCalls()
      .filter((call) => call.includes('tenant_') && !call.includes(`_${broken}_`))
      .sort(),
  };
}

async function undisturbed(): Promise<{ created: string[]; updated: string[] }> {
  const sandbox = new Sandbox({ secrets: opener });
  sandbox.commit(all(good, {}, 'a'.repeat(40)));
  await sandbox.converge();
  const created = (await outcome(sandbox)).calls;
  sandbox.commit(all({ ...good, env: { LEVEL: 'two' } }, {}, 'b'.repeat(40)));
  await sandbox.converge();
  return { created, updated: (await outcome(sandbox)).calls };
}

describe('INV-10: one of a hundred tenants is broken', () => {
  test.each(Object.entries(ways))('%s: the others come and change as if it were not', async (_what, way) => {
    const expected = await undisturbed();
    expect([expected.created.length, expected.updated.length].every((calls) => calls > 99)).toBe(true);
    const sandbox = new Sandbox({ secrets: opener });
    await way.prepare?.(sandbox);
    sandbox.takeCalls();
    const hanging = new Set(way.hangs === undefined ? [] : [broken]);
    sandbox.commit(all(good, way.parts ?? {}, 'a'.repeat(40)));
    await sandbox.converge(hanging);
    expect(await outcome(sandbox)).toEqual({
      others: new Set(['InSync']),
      its: way.phase,
      calls: expected.created,
    });
    sandbox.commit(all({ ...good, env: { LEVEL: 'two' } }, way.parts ?? {}, 'b'.repeat(40)));
    await sandbox.converge(hanging);
    const changed = await outcome(sandbox);
    expect([changed.others, changed.calls]).toEqual([new Set(['InSync']), expected.updated]);
    expect(changed.its).not.toBe('InSync');
  });

  test('INV-14: of more tenants than work at once the registry hangs: the others come, and change', async () => {
    const sandbox = new Sandbox();
    const { engine } = sandbox;
    const pull = engine.pullImage.bind(engine);
    engine.pullImage = (ref) => (ref.startsWith('hanging.') ? never() : pull(ref));
    const fleet = Array.from({ length: 200 }, (_, number) => `n${String(number).padStart(3, '0')}`);
    // They come first, in the order of names.
    const hanging = new Set(fleet.slice(0, 180));
    const desired = (parts: Partial<DesiredTenant>, revision: string) =>
      desiredState(
        fleet.map((name) =>
          tenant(name, hanging.has(name) ? { image: 'hanging.example.com/runtime:v1.0.0' } : parts),
        ),
        revision,
      );
    const served = async (): Promise<Set<string>> => {
      const { tenants } = await sandbox.status();
      return new Set(tenants.filter(({ phase }) => phase === 'InSync').map((one) => one.tenant));
    };
    const others = new Set(fleet).difference(hanging);
    sandbox.commit(desired(good, 'a'.repeat(40)));
    await sandbox.converge(hanging);
    expect(await served()).toEqual(others);
    engine.calls.length = 0;
    sandbox.commit(desired({ ...good, image: 'registry.example.com/runtime:v2.0.0' }, 'b'.repeat(40)));
    await sandbox.converge(hanging);
    expect(await served()).toEqual(others);
    expect(engine.calls.filter((call) => call.startsWith('startContainer'))).toHaveLength(others.size);
  });

  test('INV-14: a rollout of more tenants than work at once keeps no repair and no new limit waiting', async () => {
    const sandbox = new Sandbox();
    const { engine } = sandbox;
    const fleet = Array.from({ length: 200 }, (_, number) => `n${String(number).padStart(3, '0')}`);
    // They come last, in the order of names.
    const [gone, changed] = ['n198', 'n199'];
    const desired = (parts: Partial<DesiredTenant>, ofChanged: Partial<DesiredTenant>, revision: string) =>
      desiredState(
        fleet.map((name) => {
          if (name === gone) return tenant(name, good);
          return tenant(name, { ...good, ...(name === changed ? ofChanged : parts) });
        }),
        revision,
      );
    sandbox.commit(desired({}, {}, 'a'.repeat(40)));
    await sandbox.converge();
    const its = [...engine.containers.values()].find(({ Name }) => Name === `/tenant_${gone}_runtime`);
    await engine.removeContainer(its?.Id ?? '', { force: true });
    engine.calls.length = 0;
    const limits = { memoryBytes: 536_870_912, nanoCpus: 500_000_000, pids: 256 };
    sandbox.commit(desired({ env: { LEVEL: 'two' } }, { resources: limits }, 'b'.repeat(40)));
    await sandbox.converge();
    const placeOf = (call: string): number => {
      const begun = engine.calls.filter((each) => /^(createContainer|updateContainer) /.test(each));
      expect(begun.length).toBeGreaterThanOrEqual(200);
      return begun.findIndex((each) => each.startsWith(call));
    };
    // As many as work at once came before.
    expect(placeOf(`createContainer tenant_${gone}_runtime`)).toBeLessThan(70);
    expect(placeOf(`updateContainer tenant_${changed}_runtime`)).toBeLessThan(70);
  });

  test('INV-14: a rollout of more tenants than work at once, whose old containers all drain, keeps no later repair waiting', async () => {
    const sandbox = new Sandbox();
    const { engine } = sandbox;
    const fleet = Array.from({ length: 200 }, (_, number) => `n${String(number).padStart(3, '0')}`);
    const gone = 'n199';
    const rolled = new Set(fleet).difference(new Set([gone]));
    const desired = (parts: Partial<DesiredTenant>, revision: string) =>
      desiredState(
        fleet.map((name) => tenant(name, { ...good, ...(rolled.has(name) ? parts : {}) })),
        revision,
      );
    sandbox.commit(desired({}, 'a'.repeat(40)));
    await sandbox.converge();
    engine.stopContainer = never;
    sandbox.commit(desired({ env: { LEVEL: 'two' } }, 'b'.repeat(40)));
    await sandbox.converge(rolled);
    const its = () => [...engine.containers.values()].find(({ Name }) => Name === `/tenant_${gone}_runtime`);
    await engine.removeContainer(its()?.Id ?? '', { force: true });
    await sandbox.settle(rolled);
    expect(its()?.State.Running).toBe(true);
  });

  test('its stop hangs: the others are changed meanwhile', async () => {
    const expected = await undisturbed();
    const sandbox = new Sandbox({ secrets: opener });
    const stop = sandbox.engine.stopContainer.bind(sandbox.engine);
    sandbox.commit(all(good, {}, 'a'.repeat(40)));
    await sandbox.converge();
    sandbox.takeCalls();
    const { Id = '' } = [...sandbox.engine.containers.values()].find(({ Name }) => Name === `/${main}`) ?? {};
    sandbox.engine.stopContainer = (id) => (id === Id ? never() : stop(id));
    sandbox.commit(all({ ...good, env: { LEVEL: 'two' } }, {}, 'b'.repeat(40)));
    await sandbox.converge(new Set([broken]));
    expect(await outcome(sandbox)).toEqual({
      others: new Set(['InSync']),
      its: 'Progressing',
      calls: expected.updated,
    });
  });

  test('its files are no YAML: it stays as it is, the others change', async () => {
    const expected = await undisturbed();
    const sandbox = new Sandbox({ secrets: opener });
    sandbox.commit(all(good, {}, 'a'.repeat(40)));
    await sandbox.converge();
    sandbox.takeCalls();
    const next = all({ ...good, env: { LEVEL: 'two' } }, {}, 'b'.repeat(40));
    const problem = {
      code: 'yaml/syntax',
      severity: 'error' as const,
      path: `tenants/${broken}/tenant.yaml`,
      line: 3,
      column: 1,
      pointer: '',
      message: 'this is not YAML',
    };
    const kept = {
      name: broken,
      desired: tenant(broken, good),
      heldAt: 'a'.repeat(40),
      problems: [problem],
    };
    sandbox.commit({ ...next, tenants: { ...next.tenants, [broken]: kept } });
    await sandbox.converge();
    expect(await outcome(sandbox)).toEqual({
      others: new Set(['InSync']),
      its: 'Held',
      calls: expected.updated,
    });
  });
});
