import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';

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
    <Dialog
      title={`Add a ${one}`}
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="primary" type="submit" form="new-file">
            Show the plan
          </Button>
        </>
      }
    >
      <form
        id="new-file"
        onSubmit={(event) => {
          event.preventDefault();
          const name = new FormData(event.currentTarget).get('name');
          if (typeof name === 'string') onName(name);
        }}
      >
        <TextField
          label="Name"
          name="name"
          required
          pattern="[a-z0-9]([-a-z0-9]*[a-z0-9])?"
          maxLength={63}
          autoComplete="off"
          hint="Lower-case letters, digits, hyphens; its file gets this name."
        />
      </form>
    </Dialog>
  );
}
