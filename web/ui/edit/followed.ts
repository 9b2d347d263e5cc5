import { useCallback, useState } from 'react';
import { type Kept, keptFor } from './kept.ts';

/** Commits that are followed at once; an older one is in the history. */
const MAX_FOLLOWED = 3;
const NAME = 'followed';

interface Followed {
  /** Commit ids, newest first. */
  readonly oids: readonly string[];
  readonly follow: (oid: string) => void;
  readonly dismiss: (oid: string) => void;
}

/** The commits that a person follows in this tab, also after it was loaded again. */
export function useFollowed(person: string): Followed {
  const [oids, setOids] = useState<readonly string[]>(() => readFollowed(keptFor(person)));
  const change = useCallback(
    (make: (known: readonly string[]) => readonly string[]) =>
      setOids((known) => {
        const next = make(known);
        keptFor(person).write(NAME, next.length === 0 ? null : next);
        return next;
      }),
    [person],
  );
  const follow = useCallback((oid: string) => change((known) => withFollowed(known, oid)), [change]);
  const dismiss = useCallback(
    (oid: string) => change((known) => known.filter((one) => one !== oid)),
    [change],
  );
  return { oids, follow, dismiss };
}

export function withFollowed(known: readonly string[], oid: string): readonly string[] {
  return [oid, ...known.filter((one) => one !== oid)].slice(0, MAX_FOLLOWED);
}

/** What was kept, as far as it is what it should be. */
export function readFollowed(kept: Pick<Kept, 'read'>): readonly string[] {
  const value = kept.read(NAME);
  if (!Array.isArray(value)) return [];
  return value
    .filter((oid): oid is string => typeof oid === 'string' && /^[0-9a-f]{40}$/.test(oid))
    .slice(0, MAX_FOLLOWED);
}
