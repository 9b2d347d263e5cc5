import { useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { FileView } from '../../api/models/tenant.ts';
import { meQuery } from '../data/queries.ts';
import { type Draft, type Drafts, draftsOf, followed } from './drafts.ts';

interface DraftState {
  readonly draft: Draft;
  readonly write: (text: string) => void;
  readonly replace: (draft: Draft) => void;
  /** Keeps it no longer; what is shown stays. */
  readonly forget: () => void;
}

/** The drafts of whoever is signed in. */
export function useDrafts(): Drafts {
  const { data: me } = useQuery(meQuery);
  return draftsOf(me?.user.id ?? '');
}

/** The text that is being edited. It follows Git while nobody has changed it here. */
export function useDraft(address: string, file: FileView): DraftState {
  const drafts = useDrafts();
  const [kept, setKept] = useState<Draft>(
    () => drafts.of(address) ?? { base: file.base, original: file.text, text: file.text },
  );
  const draft = followed(kept, file);
  const replace = useCallback(
    (next: Draft) => {
      drafts.keep(address, next);
      setKept(next);
    },
    [address, drafts],
  );
  const write = (text: string): void => replace({ ...draft, text });
  const forget = (): void => drafts.keep(address, { ...draft, original: draft.text });
  return { draft, write, replace, forget };
}
