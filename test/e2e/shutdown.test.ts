import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerSummary } from '../../reconciler/engine-api.ts';
import { isEmpty, type Plan } from '../../reconciler/plan/plan.ts';
import type { CliProcess } from '../support/cli-process.ts';
import { ensureBusyboxImage } from '../support/docker-image.ts';
import { health, runtimeImage, statusOf, TestHost } from '../support/host.ts';
import { startReconcilerProcess } from '../support/reconciler-process.ts';
import { nodeWhen } from '../support/watched.ts';

/** The steps of a stop-first replacement, by the sentences that the log tells them with. */
const steps = [
  'create container',
  'stop tenant_',
  '_runtime to tenant_',
  '_next to tenant_',
  'start tenant_',
  'wait until tenant_',
  'remove container',
];

let host: TestHost;
let images: readonly [string, string];
let reconciler: CliProcess | null = null;
let neighbour: { id: string; startedAt: string };
let updates = 0;

const volumes = [{ name: 'state', mountPath: '/data/state' }];
const runtime = {
  health,
  volumes,
  // Long enough between its start and its first answer for a signal to come in between.
  env: { START_DELAY_MS: '400' },
  update: { strategy: 'stop-first', drain: '3s' },
};

beforeAll(async () => {
  images = [await runtimeImage('v1'), await runtimeImage('v2')];
  host = await TestHost.make();
  host.tenant('neighbour', { image: images[0], runtime: { health } });
  host.tenant('acme', { image: images[0], runtime });
  await host.once();
  neighbour = await host.identity('neighbour');
}, 300_000);
afterEach(async () => {
  await reconciler?.end('SIGKILL');
  reconciler = null;
});
afterAll(() => host.remove(), 60_000);

describe('a reconciler that ends in the middle of a stop-first update', { timeout: 60_000 }, () => {
  test.each(steps)(
    'SIGTERM at "%s": ends in time with the tenant serving, the next start finishes',
    async (step) => {
      reconciler = await beginUpdateUntil(step);
      const code = await inTime(reconciler.end('SIGTERM'));
      expect({ code, output: reconciler.output() }).toMatchObject({ code: 0 });
      expect((await ofAcme()).map(({ State }) => State)).toContain('running');
      await finishesInTwoPasses();
    },
  );

  test.each(steps)('INV-1: kill -9 at "%s": the next start finishes', async (step) => {
    reconciler = await beginUpdateUntil(step);
    expect(await reconciler.end('SIGKILL')).toBeNull();
    await finishesInTwoPasses();
  });

  test('SIGTERM while a runtime drains longer than a service manager waits: it ends in time all the same', async () => {
    const image = await ensureBusyboxImage();
    const deaf = ['/bin/busybox', 'sh', '-c', 'trap "" TERM; while :; do sleep 1; done'];
    const slow = (level: string) => ({
      command: deaf,
      env: { LEVEL: level },
      update: { strategy: 'stop-first', drain: '12s' },
    });
    host.tenant('deaf', { image, runtime: slow('one') });
    await host.once();
    host.tenant('deaf', { image, runtime: slow('two') });
    reconciler = startReconcilerProcess(host);
    await reconciler.says(`stop ${host.container('deaf')}`);
    expect(await inTime(reconciler.end('SIGTERM'))).toBe(0);
    expect(statusOf(await host.once(), host.name('deaf'))).toMatchObject({
      phase: 'InSync',
      state: 'running',
    });
    expect((await host.inspect('deaf'))?.Config.Env).toContain('LEVEL=two');
  });

  test('SIGTERM with nothing to do ends with 0 and leaves all as it is', async () => {
    const before = await host.identity('acme');
    reconciler = startReconcilerProcess(host);
    const { pid } = reconciler;
    await nodeWhen(host, 'is written by that process', (status) => status.pid === pid);
    expect(await inTime(reconciler.end('SIGTERM'))).toBe(0);
    expect(await host.identity('acme')).toEqual(before);
  });

  test('INV-4: the neighbour kept its container and its run through all of it', async () => {
    expect(await host.identity('neighbour')).toEqual(neighbour);
  });
});

/** Commits the other image and starts a reconciler, which is at `step` when this resolves. */
async function beginUpdateUntil(step: string): Promise<CliProcess> {
  updates += 1;
  host.tenant('acme', { image: wantedImage(), runtime });
  const started = startReconcilerProcess(host);
  await started.says(step);
  return started;
}

/** Starts again, as a service manager does: one pass that does what is left, one that finds nothing more. */
async function finishesInTwoPasses(): Promise<void> {
  const plans: Plan[] = [];
  const result = await host.once({
    onEvent: (event) => {
      if (event.type === 'plan') plans.push(event.plan);
    },
  });
  expect(plans.length).toBeLessThanOrEqual(2);
  expect(isEmpty(result.plan)).toBe(true);
  expect(statusOf(result, host.name('acme'))).toMatchObject({ phase: 'InSync', image: wantedImage() });
  expect(await host.ask('acme', '/api/health')).toMatchObject({ status: 'ok' });
  expect((await ofAcme()).map(({ Names }) => Names)).toEqual([[`/${host.container('acme')}`]]);
  expect((await host.once()).mutations).toBe(0);
}

function wantedImage(): string {
  return updates % 2 === 0 ? images[0] : images[1];
}

async function ofAcme(): Promise<ContainerSummary[]> {
  const list = await host.docker.listContainers();
  return list.filter(({ Names }) => Names.some((name) => name.includes(host.name('acme'))));
}

/** The service manager's patience: what takes longer is killed, and the tenant may be down then. */
function inTime<T>(ending: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(10_000);
  return Promise.race([
    ending,
    once(late, 'abort').then(() => {
      throw new Error('it did not end within 10 s');
    }),
  ]);
}
