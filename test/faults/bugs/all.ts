import type { Bug } from './bug.ts';
import { hiddenBugs } from './hidden.ts';
import { loopBugs } from './loop.ts';
import { orderBugs } from './order.ts';
import { ownershipBugs } from './ownership.ts';
import { recordBugs } from './records.ts';

/** Environment variable that names the bug in a process. */
export const bugVariable = 'TENANTRY_TEST_BUG';

export const bugs: readonly Bug[] = [
  ...orderBugs,
  ...hiddenBugs,
  ...ownershipBugs,
  ...recordBugs,
  ...loopBugs,
];

/** @throws with the names that there are */
export function bugNamed(name: string): Bug {
  const found = bugs.find((bug) => bug.name === name);
  if (found === undefined) {
    throw new Error(`there is no bug "${name}": choose of ${bugs.map((bug) => bug.name).join(', ')}`);
  }
  return found;
}
