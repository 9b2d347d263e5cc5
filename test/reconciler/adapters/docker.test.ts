import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { dockerScope } from '../../support/docker-cleanup.ts';
import { ensureBusyboxImage } from '../../support/docker-image.ts';
import { dockerContract } from './docker-contract.ts';
import { eventually } from './eventually.ts';

const scope = dockerScope();
const docker = connectDocker();
let image: string;

beforeAll(async () => {
  image = await ensureBusyboxImage();
});
afterAll(() => scope.cleanup());

dockerContract('the real engine', async () => ({
  docker,
  image: await ensureBusyboxImage(),
  crashing: { Image: await ensureBusyboxImage(), Cmd: ['sh', '-c', 'exit 1'] },
  crash: async (id) => void process.kill((await docker.inspectContainer(id)).State.Pid, 'SIGKILL'),
  prefix: scope.prefix,
}));

describe('the real engine, beyond the contract', () => {
  test('removing a container keeps its anonymous volumes', async () => {
    const mount = { Type: 'volume', Target: '/data' } as const;
    const body = containerBody(image, {}, { Mounts: [mount] });
    const { id } = await docker.createContainer(scope.name('anonymous'), body);
    const format = '{{(index .Mounts 0).Name}}';
    const { stdout: volume } = await execa('docker', ['container', 'inspect', '--format', format, id]);
    try {
      await docker.removeContainer(id, { force: true });
      expect((await docker.listVolumes()).map(({ Name }) => Name)).toContain(volume);
    } finally {
      await execa('docker', ['volume', 'rm', volume]);
    }
  });

  test('two removals at once both end when the container is gone', async () => {
    const { id } = await docker.createContainer(scope.name('twice'), containerBody(image));
    await docker.startContainer(id);
    const removals = Array.from({ length: 4 }, () => docker.removeContainer(id, { force: true }));
    await Promise.all(removals);
    expect((await docker.listContainers()).some(({ Id }) => Id === id)).toBe(false);
  });

  test('a command that the image does not have is invalid: only another configuration helps', async () => {
    const body = containerBody(image, { Cmd: ['/no/such/command'] });
    const { id } = await docker.createContainer(scope.name('no-command'), body);
    const start = docker.startContainer(id);
    await expect(start).rejects.toMatchObject({ code: 'docker/invalid', retry: 'never' });
    await expect(start).rejects.toThrow(/no such file or directory/);
  });

  test.each([
    ['ends well', 'exit 0', { ExitCode: 0 }],
    ['fails', 'exit 3', { ExitCode: 3 }],
    ['is killed by the kernel for its memory', 'x=a; while :; do x=$x$x$x; done', { OOMKilled: true }],
  ])('a container that %s is begun again', async (_, script, ended) => {
    for (const Name of ['always', 'unless-stopped']) {
      const host = {
        RestartPolicy: { Name, MaximumRetryCount: 0 },
        Memory: 8 * 1024 * 1024,
        MemorySwap: 8 * 1024 * 1024,
      };
      const body = containerBody(image, { Cmd: ['sh', '-c', script] }, host);
      const { id } = await docker.createContainer(scope.name(`ends-${Name}`), body);
      await docker.startContainer(id);
      const state = async () => (await docker.inspectContainer(id)).State;
      await eventually(state).toMatchObject({ Status: 'restarting', Restarting: true, ...ended });
      await docker.removeContainer(id, { force: true });
    }
  });

  test('one that cannot be begun again has exited, with the error', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-gone-'));
    const host = {
      RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
      Mounts: [{ Type: 'bind', Source: folder, Target: '/gone' }] as const,
    };
    const body = containerBody(image, { Cmd: ['sh', '-c', 'sleep 0.3; exit 1'] }, host);
    const { id } = await docker.createContainer(scope.name('mount-gone'), body);
    await docker.startContainer(id);
    await rm(folder, { recursive: true });
    const state = async () => (await docker.inspectContainer(id)).State;
    const Error = expect.stringContaining('no such file or directory');
    await eventually(state).toMatchObject({ Status: 'exited', Error });
  });

  test('a container that another hand paused is unpaused', async () => {
    const { id } = await docker.createContainer(scope.name('paused'), containerBody(image));
    await docker.startContainer(id);
    await execa('docker', ['pause', id]);
    expect((await docker.inspectContainer(id)).State.Paused).toBe(true);
    await docker.unpauseContainer(id);
    expect((await docker.inspectContainer(id)).State).toMatchObject({ Paused: false, Running: true });
  });
});

describe('logs of the real engine', () => {
  const made = async (name: string, script: string, parts: object = {}) => {
    const body = containerBody(image, { Cmd: ['sh', '-c', script], ...parts });
    const { id } = await docker.createContainer(scope.name(name), body);
    await docker.startContainer(id);
    return id;
  };
  const never = new AbortController().signal;

  test('both outputs come line by line, the last one without a line break too', async () => {
    const before = Date.now();
    const id = await made('lines', 'echo one; echo two >&2; printf three');
    await eventually(async () => (await docker.inspectContainer(id)).State.Running).toBe(false);
    const lines = await Array.fromAsync(docker.logs(id, { follow: false, tail: null }, never));
    expect(lines.toSorted((a, b) => (a.text < b.text ? -1 : 1))).toEqual([
      { stream: 'stdout', text: 'one' },
      { stream: 'stdout', text: 'three' },
      { stream: 'stderr', text: 'two' },
    ]);
    const last = await Array.fromAsync(docker.logs(id, { follow: false, tail: 0 }, never));
    expect(last).toEqual([]);
    const timed = { follow: false, tail: null, timestamps: true };
    const told = await Array.fromAsync(docker.logs(id, timed, never));
    const one = told.find(({ text }) => text === 'one');
    expect(Date.parse(one?.at ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(one?.at ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('output longer than one frame keeps its lines and characters whole', async () => {
    // 20,000 characters of two bytes each: the engine cuts its frames at 16 KiB.
    const id = await made(
      'long',
      "i=0; while [ $i -lt 20000 ]; do printf 'ä'; i=$((i+1)); done; echo; echo end",
    );
    await expect
      .poll(async () => (await docker.inspectContainer(id)).State.Running, { timeout: 20_000 })
      .toBe(false);
    const lines = await Array.fromAsync(docker.logs(id, { follow: false, tail: null }, never));
    expect(lines.map(({ text }) => text)).toEqual(['ä'.repeat(20_000), 'end']);
  });

  test('following ends with the container', async () => {
    const id = await made('follow', 'echo ready; trap "echo bye; exit" TERM; sleep 1000 & wait');
    const texts: string[] = [];
    for await (const { text } of docker.logs(id, { follow: true, tail: null }, never)) {
      texts.push(text);
      if (text === 'ready') await docker.stopContainer(id, 5);
    }
    expect(texts).toEqual(['ready', 'bye']);
  });

  test('following ends quietly when it is aborted', async () => {
    const id = await made('aborted', 'echo ready; sleep 1000');
    const abort = new AbortController();
    const texts: string[] = [];
    for await (const { text } of docker.logs(id, { follow: true, tail: null }, abort.signal)) {
      texts.push(text);
      abort.abort();
    }
    expect(texts).toEqual(['ready']);
  });

  test('a container with a terminal has no frames', async () => {
    const id = await made('terminal', 'echo one; echo two', { Tty: true });
    await eventually(async () => (await docker.inspectContainer(id)).State.Running).toBe(false);
    const lines = await Array.fromAsync(docker.logs(id, { follow: false, tail: null }, never));
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two']);
  });
});
