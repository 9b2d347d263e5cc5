import { type OnceResult, startReconciler } from '../../reconciler/start.ts';
import { ComposeProject } from './compose.ts';
import { Fleet } from './fleet.ts';
import { bareDocker } from './floor.ts';
import { type Bench, type Contestant, interleave } from './rounds.ts';
import { expectInSync, onceAsProcess, onceInProcess } from './tenantry.ts';

export const noop = {
  pass: 'full pass of a running reconciler',
  whole: 'the same, with Git asked and status written',
  process: 'tenantry reconcile --once, again',
  compose: 'docker-compose up, again',
} as const;

export interface NoopResult {
  readonly figures: ReadonlyMap<string, readonly number[]>;
  /** Docker calls of one full pass. */
  readonly calls: { readonly reads: number; readonly mutations: number };
}

/** What it costs to find that nothing is to be done, with everybody's containers up at the same time. */
export async function measureNoop(
  bench: Bench,
  options: { readonly rounds: number; readonly compose: boolean },
): Promise<NoopResult> {
  const fleets: Fleet[] = [];
  const make = async (): Promise<Fleet> => {
    const fleet = await Fleet.make(bench);
    fleets.push(fleet);
    return fleet;
  };
  try {
    bench.progress('no-op: bringing up what is then looked at');
    const fleet = await make();
    await onceInProcess(fleet);
    const contestants: Contestant[] = [];
    let calls: NoopResult['calls'] = { reads: 0, mutations: 0 };
    contestants.push({
      name: noop.pass,
      run: async () => {
        const { result, ms } = await lookAgain(fleet);
        calls = { reads: result.reads, mutations: result.mutations };
        return { [noop.pass]: result.status.lastPass.ms, [noop.whole]: ms };
      },
    });
    contestants.push({
      name: noop.process,
      run: async () => ({ [noop.process]: await onceAsProcess(fleet) }),
    });
    if (options.compose) {
      const project = await ComposeProject.write(await make());
      await project.up();
      contestants.push({ name: noop.compose, run: async () => ({ [noop.compose]: await project.up() }) });
    }
    const before = await runsOf(fleets);
    const figures = await interleave(options.rounds, contestants, bench);
    if ((await runsOf(fleets)) !== before) throw new Error('a container was touched: that was no no-op');
    return { figures, calls };
  } finally {
    for (const fleet of fleets) await fleet.host.remove();
  }
}

/** Looks twice with one reconciler: the first time it reads Git and fills its caches, the second time is taken. */
async function lookAgain(fleet: Fleet): Promise<{ result: OnceResult; ms: number }> {
  const reconciler = await startReconciler(fleet.host.options(), 'reconcile');
  try {
    await reconciler.once(new AbortController().signal);
    const began = performance.now();
    const result = await reconciler.once(new AbortController().signal);
    const ms = performance.now() - began;
    expectInSync(result, fleet);
    if (result.mutations > 0) throw new Error(`${result.mutations} changing calls on a converged node`);
    return { result, ms };
  } finally {
    await reconciler.close();
  }
}

/** Every container of the fleets with the beginning of its run, as one text to compare. */
async function runsOf(fleets: readonly Fleet[]): Promise<string> {
  const docker = bareDocker();
  const runs: string[] = [];
  for (const { host, tenants } of fleets) {
    for (const tenant of tenants) {
      const { Id, State } = await docker.getContainer(host.container(tenant)).inspect();
      runs.push(`${Id} ${State.StartedAt}`);
    }
  }
  return runs.join('\n');
}
