import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useState } from 'react';
import { createPortal } from 'react-dom';
import { announce } from '../app/announcer.tsx';
import { commitQuery } from '../data/queries.ts';
import { Button } from '../parts/button.tsx';
import { CommitId } from '../parts/commit-line.tsx';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { isOver, progressWords, shortId } from '../words/progress.ts';

/** Milliseconds for which a commit that is done stays to be read. */
const STAYS = 8_000;

interface TrackersProps {
  readonly oids: readonly string[];
  readonly onDismiss: (oid: string) => void;
  /** The top of what else lies at the lower edge: there they stand above it, and cover none of it. */
  readonly stack: HTMLElement | null;
  /** Something lies above them: nobody can read them now. */
  readonly covered: boolean;
}

/** Commits that this person made, from commit to converged, on whatever page he is. Those that are done leave. */
export function Trackers(props: TrackersProps) {
  const { oids, stack } = props;
  if (oids.length === 0) return null;
  return (
    <>
      {oids.map((oid) => (
        <Voice key={oid} oid={oid} />
      ))}
      {/* In its other place it is another one, which nobody points at yet. */}
      <Stack key={stack === null ? 'corner' : 'stack'} {...props} />
    </>
  );
}

function Stack({ oids, onDismiss, stack, covered }: TrackersProps) {
  const [looked, setLooked] = useState(false);
  const cards = (
    <section
      aria-label="Commits that you follow"
      onPointerEnter={() => setLooked(true)}
      onPointerLeave={() => setLooked(false)}
      onFocus={() => setLooked(true)}
      onBlur={() => setLooked(false)}
      className={`w-80 space-y-2 ${
        stack === null
          ? 'fixed right-3 bottom-3 z-20 max-w-[calc(100vw-1.5rem)] max-md:bottom-16'
          : 'mb-2 ml-auto max-w-full'
      }`}
    >
      {oids.map((oid) => (
        <Tracker key={oid} oid={oid} stays={looked || covered} onDismiss={() => onDismiss(oid)} />
      ))}
    </section>
  );
  return stack === null ? cards : createPortal(cards, stack);
}

/** Tells screen readers how far a commit has come. */
function Voice({ oid }: { readonly oid: string }) {
  const { data } = useQuery(commitQuery(oid));
  const said = data === undefined ? '' : progressWords(data).words;
  useEffect(() => {
    if (said !== '') announce(`Commit ${shortId(oid)}: ${said}`);
  }, [oid, said]);
  return null;
}

interface TrackerProps {
  readonly oid: string;
  /** Somebody reads it, or cannot yet. */
  readonly stays: boolean;
  readonly onDismiss: () => void;
}

function Tracker({ oid, stays, onDismiss }: TrackerProps) {
  const { data, isError } = useQuery(commitQuery(oid));
  const over = data !== undefined && isOver(progressWords(data));
  const leave = useEffectEvent(onDismiss);
  useEffect(() => {
    if (!over || stays) return;
    const timer = setTimeout(() => leave(), STAYS);
    return () => clearTimeout(timer);
  }, [over, stays]);
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
          <span className="text-xs text-dim">
            {isError ? 'how far it is could not be read' : 'waiting for nodes'}
          </span>
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
