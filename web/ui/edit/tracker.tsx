import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { announce } from '../app/announcer.tsx';
import { commitQuery } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { CommitId } from '../parts/commit-line.tsx';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { progressWords, shortId } from '../words/progress.ts';

/** Commits that this person made, from commit to converged, on whatever page he is. */
export function Trackers({
  oids,
  onDismiss,
}: {
  readonly oids: readonly string[];
  readonly onDismiss: (oid: string) => void;
}) {
  if (oids.length === 0) return null;
  return (
    <section
      aria-label="Commits that you follow"
      className="fixed right-3 bottom-3 z-20 w-80 max-w-[calc(100vw-1.5rem)] space-y-2 max-md:bottom-16"
    >
      {oids.map((oid) => (
        <Tracker key={oid} oid={oid} onDismiss={() => onDismiss(oid)} />
      ))}
    </section>
  );
}

function Tracker({ oid, onDismiss }: { readonly oid: string; readonly onDismiss: () => void }) {
  const { data } = useQuery(commitQuery(oid));
  const said = data === undefined ? '' : progressWords(data).words;
  useEffect(() => {
    if (said !== '') announce(`Commit ${shortId(oid)}: ${said}`);
  }, [oid, said]);
  const away = data?.nodes.filter(({ state }) => state === 'away') ?? [];
  return (
    <div className="panel p-3 shadow-lg">
      <div className="flex items-start gap-2">
        <p className="min-w-0 flex-1 truncate text-sm">
          <CommitId oid={oid} /> {data?.commit.subject ?? 'committed'}
        </p>
        <Button
          small
          look="quiet"
          icon="cross"
          aria-label={`Stop following ${shortId(oid)}`}
          onClick={onDismiss}
        />
      </div>
      <div className="mt-1 flex items-center justify-between gap-2">
        {data === undefined ? (
          <span className="text-xs text-dim">waiting for nodes</span>
        ) : (
          <ProgressBar progress={data} />
        )}
        <Link to="/history/$oid" params={{ oid }} className="text-xs text-accent hover:underline">
          Follow
        </Link>
      </div>
      {away.length > 0 && (
        <p className="mt-1 text-xs text-warn">
          {away.map(({ node }) => node).join(', ')} away: it follows when it is back.
        </p>
      )}
    </div>
  );
}
