import { FormDialog } from '../../parts/form-dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { revisionPattern } from '../../words/revision.ts';

/** Asks for an earlier revision: the history that the page knows may not reach as far back. */
export function RollBackDialog({
  tenant,
  onClose,
  onRevision,
}: {
  readonly tenant: string;
  readonly onClose: () => void;
  readonly onRevision: (to: string) => void;
}) {
  return (
    <FormDialog
      title={`Roll ${tenant} back to…`}
      verb="Show the plan"
      onClose={onClose}
      onSubmit={({ revision = '' }) => {
        onClose();
        onRevision(revision);
      }}
    >
      <TextField
        label="Revision"
        name="revision"
        required
        pattern={revisionPattern}
        title="7 to 40 characters of a commit's id"
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        className="font-mono"
        hint={`An earlier commit of the branch: at least the first 7 characters of its id. \`git log -- tenants/${tenant}/\` lists those that changed this tenant.`}
      />
      <p className="text-sm text-dim">
        The tenant’s own files become what they were then. What it shares (channel, library, node) stays as it
        is now.
      </p>
    </FormDialog>
  );
}
