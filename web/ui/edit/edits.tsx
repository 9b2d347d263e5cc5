import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { meQuery } from '../data/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { lazyPart } from '../parts/lazy-part.tsx';
import { Waiting } from '../parts/states.tsx';
import type { EditDialogProps } from './edit-dialog.tsx';
import { useFollowed } from './followed.ts';
import type { EditRequest } from './request.ts';
import { Trackers } from './tracker.tsx';

/** Differences and plans are shown when somebody edits: their code comes then. */
const EditDialog = lazyPart<EditDialogProps>({
  load: async () => (await import('./edit-dialog.tsx')).EditDialog,
  waiting: () => <Waiting label="Loading" />,
  around: (inside, { request, onClose }) => (
    <Dialog title={request.title} onClose={onClose}>
      {inside}
    </Dialog>
  ),
});

interface Edits {
  /** Shows what an edit would do, and lets the person decide. */
  readonly open: (request: EditRequest) => void;
  /** Whether one is being shown: its plan is the one that counts, whatever the editor behind it was about to ask. */
  readonly reviewing: boolean;
  readonly follow: (oid: string) => void;
  /** Where what lies at the lower edge begins: trackers stand in it, above the rest; null gives it back. */
  readonly stackOn: (element: HTMLElement | null) => void;
}

const EditsContext = createContext<Edits | null>(null);

export function useEdits(): Edits {
  const edits = useContext(EditsContext);
  if (edits === null) throw new Error('Edits can be opened below <EditsProvider> only.');
  return edits;
}

/** Every edit of the page passes here: its plan before, a tracker after. */
export function EditsProvider({ children }: { readonly children: ReactNode }) {
  const { data: me } = useQuery(meQuery);
  return (
    <Provider key={me?.user.id} person={me?.user.id ?? ''}>
      {children}
    </Provider>
  );
}

function Provider({ person, children }: { readonly person: string; readonly children: ReactNode }) {
  const [request, setRequest] = useState<EditRequest | null>(null);
  const [stack, stackOn] = useState<HTMLElement | null>(null);
  const { oids, follow, dismiss } = useFollowed(person);
  const reviewing = request !== null;
  const edits = useMemo<Edits>(() => ({ open: setRequest, reviewing, follow, stackOn }), [reviewing, follow]);
  return (
    <EditsContext value={edits}>
      {children}
      <Trackers oids={oids} onDismiss={dismiss} stack={stack} covered={reviewing} />
      {request !== null && (
        <EditDialog request={request} onClose={() => setRequest(null)} onFollow={follow} />
      )}
    </EditsContext>
  );
}
