import { useState } from 'react';
import type { MergeEditorProps } from '../editor/merge-editor.tsx';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { lazyPart } from '../parts/lazy-part.tsx';
import { Waiting } from '../parts/states.tsx';
import { shortId } from '../words/progress.ts';
import { type Conflict, type EditRequest, isTextEdit } from './request.ts';

const MergeEditor = lazyPart<MergeEditorProps>({
  load: async () => (await import('../editor/merge-editor.tsx')).MergeEditor,
  waiting: () => <Waiting label="Loading the editor" lines={8} />,
});

interface ConflictViewProps {
  readonly request: EditRequest;
  readonly conflict: Conflict;
  readonly onClose: () => void;
  /** Their text is taken; mine is given up knowingly. */
  readonly onYield: () => void;
  /** The edit is made again from the newer revision, with the text that was merged where it is one. */
  readonly onAgain: (merged?: string) => void;
}

/** Somebody else changed the same: both texts, side by side, and nothing lost by either choice. */
export function ConflictView({ request, conflict, onClose, onYield, onAgain }: ConflictViewProps) {
  const [file] = conflict.files;
  const byHand = isTextEdit(request) && conflict.files.length === 1 && file !== undefined;
  const [merged, setMerged] = useState(file?.ours ?? '');
  // What was merged until now is the draft, however one goes back to it.
  const back = (): void => {
    if (byHand && merged !== file.ours) request.onMerged?.(merged, null);
    onClose();
  };
  const again = (): void => {
    if (byHand) request.onMerged?.(merged, conflict);
    onAgain(byHand ? merged : undefined);
  };
  return (
    <Dialog
      wide
      title="Somebody else changed the same"
      onClose={back}
      footer={
        <>
          <Button look="quiet" onClick={back}>
            Back to my text
          </Button>
          <Button onClick={onYield}>Take the newer text</Button>
          <Button look="primary" onClick={again}>
            {byHand ? 'Plan your text' : 'Plan it again on the newest'}
          </Button>
        </>
      }
    >
      <p className="mb-3 text-sm">
        Your edit began from{' '}
        {request.base === null ? (
          'an older revision'
        ) : (
          <code className="text-xs">{shortId(request.base)}</code>
        )}
        , and{' '}
        <code className="text-xs">
          {conflict.revision === null ? 'the newest revision' : shortId(conflict.revision)}
        </code>{' '}
        has changed the same lines since. Nothing was committed, and your text is still here.
      </p>
      {byHand ? (
        <MergeEditor
          path={file.path}
          theirs={file.theirs ?? ''}
          mine={file.ours ?? ''}
          onChange={setMerged}
        />
      ) : (
        conflict.files.map(({ path, theirs, ours }) => (
          <DiffView
            key={path}
            path={path}
            before={theirs}
            after={ours}
            beforeName="in Git now"
            afterName="yours"
          />
        ))
      )}
    </Dialog>
  );
}
