import { useCallback, useState } from 'react';
import type { FileView } from '../../api/models/tenant.ts';
import { type Draft, draftOf, followed, keepDraft } from './drafts.ts';

interface DraftState {
  readonly draft: Draft;
  readonly write: (text: string) => void;
  readonly replace: (draft: Draft) => void;
}

/** The text that is being edited. It follows Git while nobody has changed it here. */
export function useDraft(address: string, file: FileView): DraftState {
  const [kept, setKept] = useState<Draft>(
    () => draftOf(address) ?? { base: file.base, original: file.text, text: file.text },
  );
  const draft = followed(kept, file);
  const replace = useCallback(
    (next: Draft) => {
      keepDraft(address, next);
      setKept(next);
    },
    [address],
  );
  const write = (text: string): void => replace({ ...draft, text });
  return { draft, write, replace };
}
