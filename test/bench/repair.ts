import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import type { ProgressEvent } from '../../reconciler/options.ts';
import { until } from '../support/engine-wait.ts';
import { EngineTape } from './engine-tape.ts';
import { Fleet } from './fleet.ts';
import { bareDocker, createBare } from './floor.ts';
import { type Bench, type Contestant, interleave } from './rounds.ts';
import { onceInProcess } from './tenantry.ts';

export const repair = {
  killed: 'Tenantry, kill called to running',
  dead: 'Tenantry, container dead to running',
  start: 'bare start',
  killAndStart: 'bare kill, then start',
} as const;

export interface RepairResult {
  readonly figures: ReadonlyMap<string, readonly number[]>;
}

/** After a repair the reconciler looks again; the next kill comes when that has ended. */
const restMs = 300;

/**
 * A container is killed and comes back: by the running reconciler, which learns of it from the engine's events, and by
 * hand. The container that is started by hand is made from the same request and is nobody's tenant.
 */
export async function measureRepair(bench: Bench, rounds: number): Promise<RepairResult> {
  await using stack = new AsyncDisposableStack();
  bench.progress('repair: bringing up what is then killed');
  const fleet = await Fleet.make(bench);
  const { host } = fleet;
  stack.defer(() => host.remove());
  const { containers } = await fleet.requests();
  await onceInProcess(fleet);

  const docker = bareDocker();
  const [first] = containers;
  if (first === undefined) throw new Error('a fleet has at least one tenant');
  const body = { ...first.body, Labels: {} };
  const byHand = await createBare(docker, { name: host.container('by-hand'), body });
  await byHand.start();

  const stop = new AbortController();
  stack.defer(() => stop.abort());
  const tape = new EngineTape();
  await tape.listen(host.docker, stop.signal);
  const running = await host.run();
  stack.defer(() => running.stop());
  await quiet(running.events, 0);

  let turn = 0;
  const healed: Contestant = {
    name: repair.killed,
    run: async () => {
      const tenant = fleet.tenants[turn++ % fleet.tenants.length] ?? '';
      const { Id: id } = await docker.getContainer(host.container(tenant)).inspect();
      const mark = running.events.length;
      const events = Promise.all([tape.next(id, 'die'), tape.next(id, 'start')]);
      const began = performance.now();
      const [[died, started]] = await Promise.all([events, docker.getContainer(id).kill()]);
      const killed = performance.now() - began;
      await quiet(running.events, mark);
      // The engine's own clock: what its events say of when it happened.
      return { [repair.killed]: killed, [repair.dead]: started.time - died.time };
    },
  };
  const contestants = [healed, { name: repair.start, run: () => startByHand(byHand) }];
  return { figures: await interleave(rounds, contestants, bench) };
}

async function startByHand(container: Dockerode.Container): Promise<Record<string, number>> {
  await container.kill();
  await sleep(restMs);
  const began = performance.now();
  await container.start();
  const start = performance.now() - began;
  await sleep(restMs);
  const again = performance.now();
  await container.kill();
  await container.start();
  const killAndStart = performance.now() - again;
  await sleep(restMs);
  return { [repair.start]: start, [repair.killAndStart]: killAndStart };
}

/** Until the newest plan, made after `mark` events, finds nothing to do; and a rest. */
async function quiet(events: readonly ProgressEvent[], mark: number): Promise<void> {
  await until('the reconciler finds nothing to do', async () => {
    const last = events.slice(mark).findLast((event) => event.type === 'plan');
    return last?.plan.tenants.every((tenant) => tenant.waves.length === 0) ? true : null;
  });
  await sleep(restMs);
}
