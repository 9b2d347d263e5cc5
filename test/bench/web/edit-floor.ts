import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { createBody } from '../../../reconciler/apply/create-body.ts';
import { bareDocker, createBare } from '../floor.ts';
import { type EditWorld, promptText } from './edit-world.ts';

/** The same done by hand on the node, with nothing else: no Git, no plan, no look afterwards. In milliseconds. */
export interface EditFloor {
  prompt(round: number): Promise<number>;
  image(round: number): Promise<number>;
  close(): Promise<void>;
}

const lookMs = 5;
const drainSeconds = 1;

/** Needs a world whose tenant was replaced once: the same container is made here, as nobody's. */
export async function editFloor({ host, watch, images }: EditWorld): Promise<EditFloor> {
  const { created } = watch;
  if (created === null) throw new Error("the tenant's container was not replaced yet");
  await using stack = new AsyncDisposableStack();
  const docker = bareDocker();
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-bench-floor-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const name = host.container('by-hand');
  const make = (round: number, as: string): Promise<Dockerode.Container> => {
    const image = images[round % 2] ?? images[0];
    const body = createBody({ ...created.spec, image }, created.specHash, '', new Map());
    return createBare(docker, { name: as, body: { ...body, Labels: {} } });
  };
  let current = await make(0, name);
  stack.defer(() => current.remove({ force: true, v: true }));
  await current.start();
  await answers(current);
  const kept = stack.move();
  return {
    async prompt(round) {
      const began = performance.now();
      await writeFile(join(dir, 'next'), promptText(`Welcome, for time ${round}.`));
      await rename(join(dir, 'next'), join(dir, 'greeting.md'));
      await current.kill({ signal: 'SIGHUP' });
      return performance.now() - began;
    },
    async image(round) {
      const began = performance.now();
      const [old, next] = [current, await make(round, `${name}-${round}`)];
      current = next;
      await old.stop({ t: drainSeconds });
      await next.start();
      await answers(next);
      await old.remove();
      return performance.now() - began;
    },
    close: () => kept.disposeAsync(),
  };
}

/** Until the runtime in it answers its health check. @throws when it does not within 30 s */
async function answers(container: Dockerode.Container): Promise<void> {
  const { NetworkSettings } = await container.inspect();
  const [network] = Object.values(NetworkSettings.Networks);
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    const reply = await fetch(`http://${network?.IPAddress}:8080/api/health`).catch(() => null);
    await reply?.arrayBuffer();
    if (reply?.ok === true) return;
    await sleep(lookMs);
  }
  throw new Error('the container of the floor never answered its health check');
}
