import { useNow } from '../data/clock.ts';
import { ago, exact, lasting } from '../words/time.ts';

/** A moment as people say it; the exact one on hover. */
export function Ago({ at }: { readonly at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={exact(at)} className="whitespace-nowrap">
      {ago(at, now)}
    </time>
  );
}

/** How long something lasts already. */
export function Since({ at }: { readonly at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={`since ${exact(at)}`} className="whitespace-nowrap">
      {lasting(Math.max(0, now - at))}
    </time>
  );
}
