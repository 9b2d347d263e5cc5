import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { historyQuery } from '../../data/queries.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';
import { CommitList } from '../../parts/commit-list.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Problem, Waiting } from '../../parts/states.tsx';
import { shortId } from '../../words/progress.ts';
import { returnable } from '../../words/revision.ts';
import { RanAt } from './ran-at.tsx';
import { RollBackDialog } from './roll-back-dialog.tsx';
import { useTenant } from './use-tenant.ts';

/** What touched this tenant, and the way back to any earlier revision of it. */
export function HistoryTab() {
  const { summary, revision, may } = useTenant();
  const edits = useEdits();
  const query = useInfiniteQuery(historyQuery(summary.name));
  const [asking, setAsking] = useState(false);
  const commits = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const others = returnable(commits);
  const mayRollBack = may.includes('rollback') && summary.desiredState !== 'removed';
  const rollBack = (to: string): void =>
    edits.open({
      title: `Roll ${summary.name} back to ${shortId(to)}`,
      method: 'POST',
      path: `/v1/tenants/${encodeURIComponent(summary.name)}/rollback`,
      body: { to },
      base: revision,
      verb: 'Commit rollback',
    });
  return (
    <section aria-label="History" className="panel">
      <RanAt tenant={summary.name} />
      {mayRollBack && (
        <div className="flex justify-end border-b border-line px-4 py-2">
          <Button small onClick={() => setAsking(true)}>
            Roll back to…
          </Button>
        </div>
      )}
      {query.isPending && <Waiting label="Reading the history" lines={6} />}
      {query.isError && (
        <Problem
          error={query.error}
          where="The history could not be read"
          retry={() => void query.refetch()}
        />
      )}
      {query.data !== undefined && commits.length === 0 && (
        <Empty title="No commit has touched this tenant yet" />
      )}
      <CommitList
        commits={commits}
        action={({ commit }) =>
          mayRollBack &&
          others.has(commit.oid) && (
            <Button
              small
              onClick={() => rollBack(commit.oid)}
              aria-label={`Back to this revision, ${shortId(commit.oid)}: ${commit.subject}`}
            >
              Back to this revision
            </Button>
          )
        }
      />
      <More query={query} />
      {asking && (
        <RollBackDialog tenant={summary.name} onClose={() => setAsking(false)} onRevision={rollBack} />
      )}
    </section>
  );
}
