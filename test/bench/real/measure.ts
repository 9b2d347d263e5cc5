import type { SecondEngine } from '../../support/engine.ts';
import { requestsOf } from '../fleet.ts';
import { bareDocker, upBare } from '../floor.ts';
import type { Bench } from '../rounds.ts';
import { type Isolation, tryPairs } from './isolation.ts';
import { real, signals, spread, wayOf } from './names.ts';
import { engineFor, RealNode } from './node.ts';
import { type Restart, restartEngine } from './restart.ts';

/** One restart of an engine, by the way it went down. */
export interface RestartFact extends Restart {
  readonly way: string;
  readonly liveRestore: boolean;
}

export interface RealResult {
  readonly tenants: number;
  /** Milliseconds by name. */
  readonly figures: ReadonlyMap<string, readonly number[]>;
  readonly restarts: readonly RestartFact[];
  readonly isolation: readonly Isolation[];
  /** Changing Docker calls of the two single changes. */
  readonly changes: { readonly prompt: number; readonly image: number };
}

/** Pairs of tenants between which a connection is attempted, a round and engine. */
const pairs = 20;

/**
 * One engine of its own a turn, with live-restore and without: from nothing to all tenants healthy, nothing to do, one
 * change, who reaches whom, and the engine ended and started again.
 */
export async function measureReal(bench: Bench, rounds: number): Promise<RealResult> {
  const figures = new Map<string, number[]>();
  const restarts: RestartFact[] = [];
  const isolation: Isolation[] = [];
  let changes = { prompt: 0, image: 0 };
  const took = (name: string, ms: number): void => {
    figures.set(name, [...(figures.get(name) ?? []), ms]);
    bench.progress(`real: ${name}: ${(ms / 1_000).toFixed(2)} s`);
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const liveRestore of [true, false]) {
      bench.signal.throwIfAborted();
      bench.progress(
        `real: round ${round + 1} of ${rounds}, ${bench.tenants} tenants, live-restore ${liveRestore}`,
      );
      await using stack = new AsyncDisposableStack();
      const engine = await engineFor(liveRestore);
      const hosts: RealNode['host'][] = [];
      // The engine goes first, with all that it has: hundreds of containers are not removed one by one.
      stack.defer(async () => {
        for (const host of hosts) await host.removeFolders();
      });
      stack.defer(() => engine.close());
      const make = async (): Promise<RealNode> => {
        const node = await RealNode.make(engine, bench.tenants);
        hosts.push(node.host);
        bench.platforms.push(node.host.platform);
        return node;
      };
      await floor(await make(), engine, took);
      const node = await make();
      await coldAndNoop(node, took);
      const began = Date.now();
      const reconciler = node.start();
      stack.defer(async () => void (await reconciler.end('SIGKILL')));
      await node.inSync(began);
      changes = await oneChange(node, took);
      isolation.push(await tryPairs(node, pairs));
      for (const signal of signals) {
        bench.signal.throwIfAborted();
        const way = wayOf(signal, liveRestore);
        const restart = await restartEngine(node, signal);
        took(real.answers(way), restart.answersMs);
        took(real.recovered(way), restart.recoveredMs);
        restarts.push({ way, liveRestore, ...restart });
      }
    }
  }
  return { tenants: bench.tenants, figures, restarts, isolation, changes };
}

type Took = (name: string, ms: number) => void;

/** The same containers by bare calls; they are gone when this resolves. */
async function floor(node: RealNode, engine: SecondEngine, took: Took): Promise<void> {
  const requests = await requestsOf(node.host);
  const docker = bareDocker(engine.socket);
  const began = performance.now();
  await upBare(docker, requests, spread);
  took(real.floor, performance.now() - began);
  await node.host.remove();
}

async function coldAndNoop(node: RealNode, took: Took): Promise<void> {
  took(real.cold, (await node.once()).ms);
  const { result, ms } = await node.once();
  if (result.mutations > 0) throw new Error(`${result.mutations} changing calls on a converged node`);
  took(real.pass, result.status.lastPass.ms);
  took(real.again, ms);
}

async function oneChange(node: RealNode, took: Took): Promise<RealResult['changes']> {
  const [tenant = ''] = node.tenants;
  const change = async (name: string, commit: () => string): Promise<number> => {
    const calls = await node.changingCalls();
    const began = performance.now();
    await node.inSyncAt(tenant, commit());
    took(name, performance.now() - began);
    return (await node.changingCalls()) - calls;
  };
  return {
    prompt: await change(real.prompt, () => node.commitPrompt(tenant, 'Good morning.')),
    image: await change(real.image, () => node.commitImage(tenant)),
  };
}
