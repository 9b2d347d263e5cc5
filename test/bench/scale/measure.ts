import type { Bench } from '../rounds.ts';
import { measureChanges } from './change.ts';
import { Figures } from './figures.ts';
import { ScaleNode } from './node.ts';
import { measurePasses } from './passes.ts';
import { MeasuredReconciler } from './reconciler.ts';
import { measureValidation } from './validation.ts';

/** How many tenants, for each thing that is measured. */
export interface Sizes {
  /** Full passes and memory; also one change. Ascending. */
  readonly nodes: readonly number[];
  /** The change's yardstick. */
  readonly least: number;
  /** Two and a half documents a tenant. */
  readonly validate: number;
  /** Milliseconds in which a running reconciler settles, and is watched. */
  readonly settleMs: number;
  /** Milliseconds until each tenant's health has been asked for once: first looks are spread over an interval. */
  readonly firstLookMs: number;
}

export const sizes: Sizes = {
  nodes: [1_000, 10_000],
  least: 100,
  validate: 4_000,
  settleMs: 5_000,
  firstLookMs: 30_000,
};
export const smokeSizes: Sizes = { nodes: [12], least: 6, validate: 20, settleMs: 500, firstLookMs: 500 };

/** Everything at every size, one node after the other. */
export async function measureScale(
  { progress, signal }: Pick<Bench, 'progress' | 'signal'>,
  { nodes, least, validate, settleMs, firstLookMs }: Sizes,
  rounds: number,
): Promise<Figures> {
  const figures = new Figures();
  await MeasuredReconciler.prepare();
  for (const tenants of [least, ...nodes]) {
    signal.throwIfAborted();
    await withNode(tenants, progress, async (node) => {
      for (let round = 0; round < rounds && tenants !== least; round += 1) {
        signal.throwIfAborted();
        await measurePasses(node, { firstLookMs, settleMs }, figures);
        progress(`scale: passes over ${tenants} tenants, round ${round + 1} of ${rounds}`);
      }
      signal.throwIfAborted();
      await measureChanges(node, { rounds, firstLookMs, settleMs }, figures);
      progress(`scale: changes among ${tenants} tenants`);
    });
  }
  await withNode(validate, progress, (node) => measureValidation(node, rounds, figures));
  return figures;
}

async function withNode(
  tenants: number,
  progress: (line: string) => void,
  measure: (node: ScaleNode) => Promise<void>,
): Promise<void> {
  progress(`scale: making a node of ${tenants} tenants`);
  const node = await ScaleNode.make(tenants);
  try {
    await measure(node);
  } finally {
    await node.close();
  }
}
