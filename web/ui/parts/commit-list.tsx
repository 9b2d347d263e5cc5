import type { ReactNode } from 'react';
import type { CommitDetail } from '../data/queries.ts';
import { planSentence } from '../words/plan.ts';
import { CommitLine } from './commit-line.tsx';
import { ProgressBar } from './progress-bar.tsx';

/** Commits, newest first, each with what it did and how far it is. */
export function CommitList({
  commits,
  action,
}: {
  readonly commits: readonly CommitDetail[];
  readonly action?: (commit: CommitDetail, index: number) => ReactNode;
}) {
  return (
    <ul className="divide-y divide-line">
      {commits.map((one, index) => (
        <li
          key={one.commit.oid}
          className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 px-4 py-2.5 text-sm"
        >
          <div className="min-w-0 flex-1 basis-80">
            <CommitLine commit={one.commit} />
            {one.body.length > 0 && (
              <p className="mt-0.5 truncate text-xs text-dim">{one.body.join(' · ')}</p>
            )}
            {one.plan !== null && one.plan.affected > 0 && (
              <p className="mt-0.5 text-xs text-dim">{planSentence(one.plan)}</p>
            )}
          </div>
          <div className="flex items-center gap-3">
            <ProgressBar progress={one} />
            {action?.(one, index)}
          </div>
        </li>
      ))}
    </ul>
  );
}
