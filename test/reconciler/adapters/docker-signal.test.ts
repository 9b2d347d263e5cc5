import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { signalByKernel } from '../../../reconciler/adapters/docker-signal.ts';
import { wrapCalls } from '../../../reconciler/adapters/docker-wrap.ts';
import type { Docker } from '../../../reconciler/ports.ts';
import { containerBody } from '../../support/docker-bodies.ts';
import { dockerScope } from '../../support/docker-cleanup.ts';
import { ensureBusyboxImage } from '../../support/docker-image.ts';
import { FakeEngine } from '../../support/fake-engine.ts';
import { eventually } from './eventually.ts';

describe('a signal to a container of this machine', () => {
  const scope = dockerScope();
  const engine = connectDocker();
  const asked: string[] = [];
  const watched: Docker = {
    ...engine,
    signalContainer: (id, signal) => {
      asked.push(signal);
      return engine.signalContainer(id, signal);
    },
  };
  const warn = vi.fn();
  const docker = signalByKernel(watched, { warn });
  let image: string;
  beforeAll(async () => {
    image = await ensureBusyboxImage();
  });
  afterAll(() => scope.cleanup());

  async function made(name: string, script: string): Promise<string> {
    const restart = { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } };
    const body = containerBody(image, { Cmd: ['/bin/busybox', 'sh', '-c', script] }, restart);
    const { id } = await engine.createContainer(scope.name(name), body);
    return id;
  }

  test('arrives, and its restart policy goes on: what ends afterwards is begun again', async () => {
    const id = await made('told', 'trap "exit 7" HUP; while :; do sleep 0.05; done');
    await engine.startContainer(id);
    const { Pid } = (await engine.inspectContainer(id)).State;
    await eventually(async () => catchesHangup(Pid)).toBe(true);
    await docker.signalContainer(id, 'SIGHUP');
    await eventually(async () => (await engine.inspectContainer(id)).RestartCount).toBe(1);
    expect(asked).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });

  test('that does not run is refused by the engine, in its own words', async () => {
    const id = await made('stopped', 'sleep 1');
    const attempt = docker.signalContainer(id, 'SIGHUP');
    await expect(attempt).rejects.toMatchObject({ code: 'docker/conflict' });
    expect(asked.splice(0)).toEqual(['SIGHUP']);
  });

  test('is left to the engine where it is none that the kernel knows', async () => {
    const id = await made('unknown', 'sleep 60');
    await engine.startContainer(id);
    await expect(docker.signalContainer(id, 'SIGNONE')).rejects.toMatchObject({ code: 'docker/invalid' });
    expect(asked.splice(0)).toEqual(['SIGNONE']);
  });
});

/** Whether a process has a handler for SIGHUP, the lowest bit of the mask that the kernel tells. */
function catchesHangup(pid: number): boolean {
  const mask = /^SigCgt:\s*[0-9a-f]*([0-9a-f])$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number.parseInt(mask ?? '0', 16) & 1) === 1;
}

test('a process that is not of the container gets no signal, whatever the engine says of it, and that is told once', async () => {
  const engine = new FakeEngine();
  engine.addImage('a:1');
  const { id } = await engine.createContainer('one', containerBody('a:1'));
  await engine.startContainer(id);
  Object.assign(engine.containers.get(id)?.State ?? {}, { Pid: process.pid });
  engine.calls.length = 0;
  let told = false;
  process.once('SIGUSR2', () => (told = true));
  const warn = vi.fn();
  const docker = signalByKernel(
    wrapCalls(engine, (_verb, call) => call()),
    { warn },
  );
  for (let times = 0; times < 2; times += 1) await docker.signalContainer(id, 'SIGUSR2');
  expect(engine.calls).toEqual(['signalContainer one SIGUSR2', 'signalContainer one SIGUSR2']);
  expect(warn.mock.calls).toEqual([
    [{ container: id.slice(0, 12), pid: process.pid }, expect.stringContaining('--pid host')],
  ]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(told).toBe(false);
});
