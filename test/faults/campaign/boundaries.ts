import type { Boundary } from '../boundary.ts';
import { onItsDisk } from '../disk/attach.ts';
import { overHttp } from '../git/attach.ts';
import type { Attach } from '../world/world.ts';

/** The boundaries beside Docker's, by name. */
const known: Partial<Record<Boundary['name'], Attach>> = { git: overHttp, disk: onItsDisk };

/** @throws with one sentence when there is none of that name */
export function attachments(name: Boundary['name']): Attach {
  const attach = known[name];
  if (attach === undefined) throw new Error(`the boundary ${name} is not part of this campaign`);
  return attach;
}
