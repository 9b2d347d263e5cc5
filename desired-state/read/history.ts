import type { Repository } from '../git/port.ts';

/** Commits that are asked for at once: most readings need one or two. */
const PAGES = [2, 8, 64];

/** Commit ids from `from` backwards along first parents, `from` included, at most `limit` of them. */
export async function* firstParents(
  repository: Repository,
  from: string,
  limit: number,
): AsyncGenerator<string> {
  yield from;
  let last = from;
  let page = 0;
  for (let given = 1; given < limit; ) {
    const size = Math.min(PAGES[page] ?? 0, limit - given + 1);
    page = Math.min(page + 1, PAGES.length - 1);
    const [, ...parents] = await repository.commits(last, { limit: size });
    for (const { oid } of parents) yield (last = oid);
    if (parents.length < size - 1) return;
    given += parents.length;
  }
}
