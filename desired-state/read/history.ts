import type { Repository } from '../git/port.ts';

/** Commits that are asked for at once. Most readings need one or two. */
const FIRST_PAGE = 2;
const PAGE = 64;

/** Commit ids from `from` backwards along first parents, `from` included, at most `limit` of them. */
export async function* firstParents(
  repository: Repository,
  from: string,
  limit: number,
): AsyncGenerator<string> {
  yield from;
  let last = from;
  for (let given = 1; given < limit; ) {
    const size = Math.min(given === 1 ? FIRST_PAGE : PAGE, limit - given + 1);
    const [, ...parents] = await repository.commits(last, { limit: size });
    for (const { oid } of parents) yield (last = oid);
    if (parents.length < size - 1) return;
    given += parents.length;
  }
}
