import type { UseMutationResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FormDialog } from './form-dialog.tsx';
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
    <FormDialog
      title={title}
      verb={verb}
      look="danger"
      busy={ending.isPending}
      onClose={onClose}
      onSubmit={() => ending.mutate()}
      className="space-y-2 text-sm"
    >
      {children}
      {ending.isError && <Problem error={ending.error} where={failed} />}
    </FormDialog>
  );
}
