import type { UseMutationResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Problem } from './states.tsx';

interface EndDialogProps {
  readonly title: string;
  /** What stands on the button that does it. */
  readonly verb: string;
  readonly ending: Pick<
    UseMutationResult<unknown, Error, void>,
    'mutate' | 'isPending' | 'isError' | 'error'
  >;
  /** What is said before the reason when it failed: `Not revoked`. */
  readonly failed: string;
  readonly onClose: () => void;
  /** What it does, and whether it can be undone. */
  readonly children: ReactNode;
}

/** Asks once more before something ends that is no commit, and so cannot be rolled back. */
export function EndDialog({ title, verb, ending, failed, onClose, children }: EndDialogProps) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="danger" busy={ending.isPending} onClick={() => ending.mutate()}>
            {verb}
          </Button>
        </>
      }
    >
      <div className="space-y-2 text-sm">{children}</div>
      {ending.isError && <Problem error={ending.error} where={failed} />}
    </Dialog>
  );
}
