import { setTimeout as sleep } from 'node:timers/promises';
import { type Figures, scale } from './figures.ts';
import type { ScaleNode } from './node.ts';
import { MeasuredReconciler } from './reconciler.ts';

/** Passes of one process before the one that counts: the first reads Git, the next ones are compiled. */
const warmUps = 3;

/**
 * One process of the reconciler on a converged node: from its birth to its first plan, then full passes, then running.
 *
 * @param times `firstLookMs` how long it runs before its idling is watched, `settleMs` how long that is watched
 * @throws when the node is not converged: then the figures would be those of work
 */
export async function measurePasses(
  node: ScaleNode,
  { firstLookMs, settleMs }: { readonly firstLookMs: number; readonly settleMs: number },
  figures: Figures,
): Promise<void> {
  const { tenants } = node;
  const began = performance.now();
  const reconciler = MeasuredReconciler.begin();
  try {
    await reconciler.open(node.options);
    await expectConverged(reconciler, tenants);
    figures.add(scale.firstPlan(tenants), performance.now() - began, 'ms');
    const sofar = await reconciler.usage();
    figures.add(scale.firstPlanCpu(tenants), sofar.ownMs + sofar.childrenMs, 'ms');
    for (let pass = 0; pass < warmUps; pass += 1) await expectConverged(reconciler, tenants);
    const { ownMs, childrenMs, wallMs } = await expectConverged(reconciler, tenants);
    figures.add(scale.pass(tenants), ownMs + childrenMs, 'ms');
    figures.add(scale.passWall(tenants), wallMs, 'ms');
    await reconciler.run();
    await sleep(firstLookMs);
    const before = await reconciler.usage();
    await sleep(settleMs);
    const after = await reconciler.usage();
    figures.add(scale.idle(tenants), ((after.ownMs - before.ownMs) * 1000) / settleMs, 'ms');
    figures.add(scale.memory(tenants), after.rssMiB, 'MiB');
    figures.add(scale.peak(tenants), after.peakMiB, 'MiB');
    figures.add(scale.heap(tenants), (await reconciler.usage(true)).heapMiB, 'MiB');
  } finally {
    await reconciler.close();
  }
}

async function expectConverged(reconciler: MeasuredReconciler, tenants: number) {
  const pass = await reconciler.pass();
  if (pass.tenants === tenants && pass.changes === 0) return pass;
  throw new Error(
    `the plan changes ${pass.changes} of ${pass.tenants} tenants, of ${tenants} that are in sync`,
  );
}
