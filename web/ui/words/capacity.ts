import type { NodeView } from '../../api/models/platform.ts';
import { bytes } from './value.ts';

type Capacity = NodeView['capacity'];

/** One thing that a node has only so much of. */
export interface Share {
  readonly name: string;
  readonly words: string;
  /** From 0 on, 1 is all; null where nobody has said how much there is. */
  readonly part: number | null;
}

/** How much of a node is taken, by what Git asks for. */
export function sharesOf({ tenants, memoryBytes, nanoCpus }: Capacity): Share[] {
  return [
    shareOf('Tenants', tenants, (number) => number.toLocaleString('en')),
    shareOf('Memory', memoryBytes, bytes),
    shareOf('Processors', nanoCpus, (number) => (number / 1e9).toLocaleString('en')),
  ];
}

/** The fullest of them in a line: `12 of 200 tenants`. Without any limit, how many there are. */
export function fullestWords(capacity: Capacity): string {
  const shares = sharesOf(capacity).filter(({ part }) => part !== null);
  const fullest = shares.toSorted((a, b) => (b.part ?? 0) - (a.part ?? 0))[0];
  return fullest === undefined ? '' : `${fullest.words} ${fullest.name.toLowerCase()}`;
}

function shareOf(name: string, { used, most }: Capacity['tenants'], say: (number: number) => string): Share {
  if (most === null) return { name, words: say(used), part: null };
  // What has no room for anything is full.
  return { name, words: `${say(used)} of ${say(most)}`, part: most === 0 ? 1 : used / most };
}
