import { type ReactNode, useId } from 'react';
import { fieldsOf } from '../words/fields.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

interface FormDialogProps {
  readonly title: string;
  /** What stands on the button that sends it. */
  readonly verb: string;
  readonly onClose: () => void;
  /** @param given the texts that were filled in, by the names of their fields */
  readonly onSubmit: (given: ReturnType<typeof fieldsOf>) => void;
  readonly children: ReactNode;
  readonly busy?: boolean;
  /** How the button that sends it looks: `danger` where something ends. */
  readonly look?: 'primary' | 'danger';
  readonly className?: string;
}

/** Asks for a few texts, and sends them with Enter or by its button. */
export function FormDialog({
  title,
  verb,
  onClose,
  onSubmit,
  children,
  busy = false,
  look = 'primary',
  className = 'space-y-4',
}: FormDialogProps) {
  const form = useId();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look={look} type="submit" form={form} busy={busy}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={className}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit(fieldsOf(event.currentTarget));
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
