import { useInfiniteQuery } from '@tanstack/react-query';
import { historyQuery } from '../../data/queries.ts';
import { CommitList } from '../../parts/commit-list.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Problem, Waiting } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';

/** Who changed what, and how far has it converged? */
export function HistoryPage() {
  const query = useInfiniteQuery(historyQuery(null));
  const commits = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="space-y-4">
      <Title>History</Title>
      <section aria-label="Commits" className="panel">
        {query.isPending && <Waiting label="Reading the history" lines={8} />}
        {query.isError && (
          <Problem
            error={query.error}
            where="The history could not be read"
            retry={() => void query.refetch()}
          />
        )}
        {query.data !== undefined && commits.length === 0 && (
          <Empty title="No commits yet">Every change, made here or pushed, is one and stands here.</Empty>
        )}
        <CommitList commits={commits} />
        <More query={query} />
      </section>
    </div>
  );
}
