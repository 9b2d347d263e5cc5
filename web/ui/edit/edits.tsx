import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useMemo,
  useState,
} from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { Waiting } from '../parts/states.tsx';
import type { EditRequest } from './request.ts';
import { Trackers } from './tracker.tsx';

/** Differences and plans are shown when somebody edits: their code comes then. */
const EditDialog = lazy(async () => ({ default: (await import('./edit-dialog.tsx')).EditDialog }));

interface Edits {
  /** Shows what an edit would do, and lets the person decide. */
  readonly open: (request: EditRequest) => void;
  readonly follow: (oid: string) => void;
}

const EditsContext = createContext<Edits | null>(null);

export function useEdits(): Edits {
  const edits = useContext(EditsContext);
  if (edits === null) throw new Error('Edits can be opened below <EditsProvider> only.');
  return edits;
}

/** Commits that are followed at once; an older one is in the history. */
const MAX_FOLLOWED = 3;

/** Every edit of the page passes here: its plan before, a tracker after. */
export function EditsProvider({ children }: { readonly children: ReactNode }) {
  const [request, setRequest] = useState<EditRequest | null>(null);
  const [followed, setFollowed] = useState<readonly string[]>([]);
  const follow = useCallback(
    (oid: string) =>
      setFollowed((known) => [oid, ...known.filter((one) => one !== oid)].slice(0, MAX_FOLLOWED)),
    [],
  );
  const edits = useMemo<Edits>(() => ({ open: setRequest, follow }), [follow]);
  const close = () => setRequest(null);
  return (
    <EditsContext value={edits}>
      {children}
      <Trackers
        oids={followed}
        onDismiss={(oid) => setFollowed((known) => known.filter((one) => one !== oid))}
      />
      {request !== null && (
        <Suspense
          fallback={
            <Dialog title={request.title} onClose={close}>
              <Waiting label="Loading" />
            </Dialog>
          }
        >
          <EditDialog request={request} onClose={close} onFollow={follow} />
        </Suspense>
      )}
    </EditsContext>
  );
}
