import type { FollowedBranch } from './branch/follow.ts';
import type { Queryable } from './ports.ts';

/** How long the store may take to answer. */
const ANSWER_MS = 2_000;

/** What is missing before requests can be answered well, in words for who operates it; empty when nothing is. */
export async function waitingFor(
  db: Queryable,
  branch: Pick<FollowedBranch, 'head' | 'status'>,
): Promise<readonly string[]> {
  const missing: string[] = [];
  if (!(await answers(db))) missing.push('the store does not answer');
  if (branch.head() === null)
    missing.push(
      branch.status().trouble === null
        ? 'the repository was never read: it is being asked'
        : // Why may name hosts, folders and accounts, and anybody may ask.
          'the repository was never read: the log says why',
    );
  return missing;
}

async function answers(db: Queryable): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ANSWER_MS);
  });
  const answered = db.query('select 1').then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
