import { median } from '../statistics.ts';
import type { Results, Target } from '../targets.ts';
import { linkNames, storeKinds } from './links.ts';
import { listNames } from './list.ts';

/** What the project has set itself for the control node, for as much of it as was measured. `ratio` is of the limit. */
export function webTargets({ list: read, links }: Pick<Results, 'list' | 'links'>): Target[] {
  const page = median(read?.values.get(listNames(1_000).page(99)) ?? []);
  const text = 'list: a page of 1,000 tenants with 50 readers, p99 in at most 100 ms';
  const quick: Target = { text, ratio: page / 100, limit: 1, reached: page <= 100 };
  return [...(Number.isNaN(page) ? [] : [quick]), ...(links === null ? [] : lossTargets(links.values))];
}

/** Here it is the worst value that counts. */
function lossTargets(values: ReadonlyMap<string, readonly number[]>): Target[] {
  return storeKinds.flatMap((store) => {
    const names = linkNames(store);
    const lost = [names.lostStatuses, names.lostOutcomes].flatMap((name) => values.get(name) ?? []);
    if (lost.length === 0) return [];
    const ratio = Math.max(...lost);
    return [
      { text: `links, ${store}: statuses and outcomes lost, none`, ratio, limit: 0, reached: ratio === 0 },
    ];
  });
}
