import { setTimeout as sleep } from 'node:timers/promises';
import { BareFetch } from './bare-fetch.ts';
import { type Figures, scale } from './figures.ts';
import type { ScaleNode } from './node.ts';
import { MeasuredReconciler } from './reconciler.ts';
import { tenantFiles, tenantName } from './tenants.ts';

const patienceMs = 60_000;

/**
 * Commits to one tenant after another while the reconciler runs: from the moment just before the branch moves to the new
 * commit to the arrival of the first changing Docker call about that tenant at the engine. Beside it, what git alone takes to
 * fetch the same commit.
 */
export async function measureChanges(
  node: ScaleNode,
  {
    rounds,
    firstLookMs,
    settleMs,
  }: { readonly rounds: number; readonly firstLookMs: number; readonly settleMs: number },
  figures: Figures,
): Promise<void> {
  const reconciler = MeasuredReconciler.begin();
  await using after = new AsyncDisposableStack();
  const floor = await BareFetch.open(node.repository.dir);
  after.defer(() => floor.close());
  try {
    await reconciler.open(node.options);
    await reconciler.run();
    // A node that has just begun is told the health of all its tenants for the first time, and writes that down.
    await sleep(firstLookMs);
    await node.quiet(settleMs);
    // One more: the first change compiles what the later ones run.
    for (let round = 0; round <= rounds; round += 1) {
      const index = Math.floor(((round + 0.5) / (rounds + 1)) * node.tenants);
      const ms = await change(node, index, round);
      await node.quiet(settleMs);
      const bare = await floor.fetch();
      if (round === 0) continue;
      figures.add(scale.change(node.tenants), ms, 'ms');
      figures.add(scale.fetch(node.tenants), bare, 'ms');
    }
  } finally {
    await reconciler.close();
  }
}

/** @returns milliseconds */
async function change(node: ScaleNode, index: number, round: number): Promise<number> {
  const { control } = node.engine;
  const before = await control.seq();
  const cpus = 0.3 + (Math.floor(performance.now()) % 100) / 1000;
  const files = tenantFiles(index, node.name, { cpus: Math.round(cpus * 100) / 100 });
  const committed = await node.repository.commit(files, `change ${tenantName(index)}, round ${round}`);
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    const records = await control.history(before);
    const first = records.find((record) => record.kind === 'request' && record.method !== 'GET');
    if (first !== undefined) return first.at - committed;
    // Often enough: the time is taken by the engine double, when the call arrives.
    await sleep(50);
  }
  throw new Error(`nothing was asked of the engine for ${patienceMs / 1000} s after a commit`);
}
