import type { Problem } from '../../schemas/problem.ts';
import { type Location, unknownName } from './problem-at.ts';

/** Unknown names of one list that are told: each is compared with all that there are, and mostly has the same cause. */
const MAX_UNKNOWN = 20;

/**
 * A tenant's prompts or skills by name, in the order of their names: those it takes from the library, and its own. One
 * of its own goes before one of the library with the same name, so that a shared one can be replaced for one tenant.
 *
 * @param named what the tenant names of the library, with the location of each name
 * @param library what there is; null stands for an invalid document, whose problem is told elsewhere
 */
export function mergeLibrary<T>(
  what: 'prompt' | 'skill',
  own: ReadonlyMap<string, T | null>,
  named: readonly { readonly name: string; readonly at: Location }[],
  library: ReadonlyMap<string, T | null>,
  report: (problem: Problem) => void,
): Record<string, T> {
  const merged = new Map<string, T>();
  let unknown = 0;
  for (const { name, at } of named) {
    const document = library.get(name);
    if (document != null) merged.set(name, document);
    else if (document === undefined && unknown < MAX_UNKNOWN) {
      unknown += 1;
      report(unknownName(at, what, name, library.keys()));
    }
  }
  for (const [name, document] of own) {
    // One of its own that is not valid stands in the library's place nonetheless.
    if (document === null) merged.delete(name);
    else merged.set(name, document);
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)));
}
