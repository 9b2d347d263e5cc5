import { FormDialog } from '../../parts/form-dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { namePattern } from '../../words/name.ts';

/** Asks for the name of a new prompt or skill. */
export function NewFileDialog({
  one,
  onClose,
  onName,
}: {
  readonly one: string;
  readonly onClose: () => void;
  readonly onName: (name: string) => void;
}) {
  return (
    <FormDialog
      title={`Add a ${one}`}
      verb="Show the plan"
      onClose={onClose}
      onSubmit={({ name = '' }) => onName(name)}
    >
      <TextField
        label="Name"
        name="name"
        required
        pattern={namePattern}
        maxLength={63}
        autoComplete="off"
        hint="Lower-case letters, digits, hyphens; its file gets this name."
      />
    </FormDialog>
  );
}
