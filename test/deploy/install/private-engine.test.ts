import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildRuntimeImage } from '../../../deploy/images/build.ts';
import { engineAt } from '../../../deploy/images/engine-build.ts';
import { startDaemon } from '../../../deploy/install/dockerd.mjs';
import { engineProcesses } from '../../../deploy/install/leftovers.mjs';
import { removeAbandonedEngines } from '../../../deploy/install/private-engine.mjs';
import { endProcess, identify } from '../../../deploy/install/processes.mjs';
import { engineHost, type SecondEngine, secondEngine } from '../../support/engine.ts';
import { addressOf } from '../../support/engine-sandbox.ts';
import { until } from '../../support/engine-wait.ts';

let second: SecondEngine;
let image: string;

beforeAll(async () => {
  second = await secondEngine('alone');
  image = (await buildRuntimeImage({ dockerHost: second.host })).ref;
});

afterAll(async () => {
  await second.close();
});

/** Asks from inside the second engine's network, as whoever cares for that node does. */
async function healthFromInside(address: string): Promise<string> {
  const [program = '', ...args] = second.nsenter;
  const question = `fetch('http://${address}:8080/api/health').then(r=>r.text()).then(console.log)`;
  const asked = await execa(program, [...args, process.execPath, '--eval', question], { reject: false });
  return asked.stdout;
}

test('is another engine: other id, and what runs on it is not seen by the first', async () => {
  const here = engineAt(second.host);
  const first = engineAt(engineHost());
  const ids = await Promise.all(
    [here, first].map(async (engine) => ((await engine.info()) as { ID: string }).ID),
  );
  expect(new Set(ids).size).toBe(2);
  const container = await here.createContainer({ name: 'tenantry-test-alone', Image: image });
  await container.start();
  const address = await addressOf(container);
  const answer = await until('the runtime answers', async () => (await healthFromInside(address)) || null);
  expect(JSON.parse(answer)).toMatchObject({ status: 'ok' });
  const seen = await first.listContainers({ all: true });
  expect(seen.map(({ Id }) => Id)).not.toContain(container.id);
});

test('a limit set on its containers holds, so its control groups are mounted', async () => {
  const here = engineAt(second.host);
  const container = await here.createContainer({
    name: 'tenantry-test-limited',
    Image: image,
    Entrypoint: [
      '/usr/local/bin/node',
      '--eval',
      'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))',
    ],
    HostConfig: { Memory: 64 * 1024 * 1024, MemorySwap: 64 * 1024 * 1024 },
  });
  await container.start();
  await container.wait();
  expect((await container.inspect()).State.OOMKilled).toBe(true);
});

test('an engine whose owner lives is not taken for abandoned', async () => {
  await removeAbandonedEngines();
  expect(await engineAt(second.host).ping()).toBeTruthy();
});

test('nothing is left of it, even when the daemon was killed with a container running', async () => {
  const doomed = await secondEngine('doomed');
  const folder = dirname(doomed.socket);
  try {
    const engine = engineAt(doomed.host);
    const { ref } = await buildRuntimeImage({ dockerHost: doomed.host });
    const container = await engine.createContainer({ name: 'tenantry-test-doomed', Image: ref });
    await container.start();
    const daemon = identify(Number(await readFile(`${folder}/dockerd.pid`, 'utf8')));
    if (daemon === null) throw new Error('the daemon does not run');
    process.kill(daemon.pid, 'SIGKILL');
    await until('the daemon is gone', async () => (identify(daemon.pid) === null ? true : null));
    expect(engineProcesses(folder).length).toBeGreaterThan(0);
  } finally {
    await doomed.close();
  }
  expect(engineProcesses(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(`/var/run/netns/${doomed.netns}`)).toBe(false);
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
});

test('is ended and started again with its settings: under live-restore a container runs on through it', async () => {
  const restored = await secondEngine('restored', { 'live-restore': true });
  try {
    const engine = engineAt(restored.host);
    const { ref } = await buildRuntimeImage({ dockerHost: restored.host });
    const container = await engine.createContainer({ name: 'tenantry-test-restored', Image: ref });
    await container.start();
    const before = (await container.inspect()).State;
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await restored.end(signal);
      await expect(engine.ping()).rejects.toThrow();
      await restored.start();
      expect((await container.inspect()).State).toMatchObject({
        Running: true,
        Pid: before.Pid,
        StartedAt: before.StartedAt,
      });
    }
  } finally {
    await restored.close();
  }
});

test('what its containerd writes down of itself stays in its folder', async () => {
  const folder = dirname(second.socket);
  const containerd = Number(await readFile(`${folder}/exec/containerd/containerd.pid`, 'utf8'));
  process.kill(containerd, 'SIGUSR1');
  const stacks = `containerd.${containerd}.stacks.log`;
  await until('it wrote its stacks', async () =>
    (await readdir(`${folder}/tmp`)).includes(stacks) ? true : null,
  );
  expect(existsSync(`${tmpdir()}/${stacks}`)).toBe(false);
});

test('a daemon that cannot start shows the end of its log', async () => {
  const log = `${dirname(second.socket)}/broken.log`;
  const command = ['dockerd', '--no-such-option'];
  const started = startDaemon({ command, host: 'unix:///nowhere/docker.sock', log });
  await expect(started).rejects.toThrow(
    /ended at once; the end of .*broken\.log:\n.*unknown flag: --no-such-option/s,
  );
});

test('a process is told from a later one that has the same number', async () => {
  const child = execa('sleep', ['600'], { reject: false });
  const identity = identify(child.pid ?? 0);
  if (identity === null) throw new Error('sleep does not run');
  await endProcess({ ...identity, startTicks: '1' }, 10);
  expect(identify(identity.pid)).toEqual(identity);
  await endProcess(identity, 5_000);
  expect((await child).signal).toBe('SIGTERM');
});
