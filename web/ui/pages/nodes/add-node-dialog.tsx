import { useEdits } from '../../edit/edits.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { NameField } from '../../parts/name-field.tsx';

/** Asks how a machine is to be called; the next step shows its file, and the one after lets the machine join. */
export function AddNodeDialog({
  onClose,
  onAdded,
}: {
  readonly onClose: () => void;
  /** Its file is committed. */
  readonly onAdded: (node: string) => void;
}) {
  const edits = useEdits();
  return (
    <FormDialog
      title="Add a node"
      verb="Show the plan"
      onClose={onClose}
      onSubmit={({ name = '' }) => {
        onClose();
        edits.open({
          title: `Add the node ${name}`,
          method: 'POST',
          path: '/v1/nodes/setup',
          body: { name },
          base: null,
          verb: 'Commit node',
          // What one waits for is how the machine joins.
          leads: true,
          onAccepted: () => onAdded(name),
        });
      }}
    >
      <p className="text-sm text-dim">
        A node is a machine with a Docker engine. It dials out to this control node: nothing has to reach it.
        First its file is committed, then you are told what to run on it.
      </p>
      <NameField hint="Lower-case letters, digits, hyphens: `worker-1`." />
    </FormDialog>
  );
}
