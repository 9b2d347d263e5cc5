import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { fieldsOf } from '../../words/fields.ts';

/** A tenant's owner is named in the tenant's file instead. */
const roles = [
  ['viewer', 'sees everything, changes nothing'],
  ['operator', 'changes tenants, channels and prompts'],
  ['platform-admin', 'may do everything, access included'],
] as const;

/** Gives a role: a commit to tenantry.yaml, whose plan and difference are shown first. */
export function RoleDialog({ onClose }: { readonly onClose: () => void }) {
  const edits = useEdits();
  return (
    <Dialog
      title="Give a role"
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="primary" type="submit" form="role">
            Show the change
          </Button>
        </>
      }
    >
      <form
        id="role"
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          const { email, role } = fieldsOf(event.currentTarget);
          onClose();
          edits.open({
            title: `Make ${email} ${role}`,
            method: 'PUT',
            path: '/v1/access/roles',
            body: { email, role },
            base: null,
            verb: 'Commit role',
          });
        }}
      >
        <TextField label="E-mail" name="email" type="email" required autoFocus />
        <fieldset>
          <legend className="mb-1 text-sm font-medium">Role</legend>
          {roles.map(([role, may], index) => (
            <label key={role} className="flex items-baseline gap-2 py-1 text-sm">
              <input type="radio" name="role" value={role} defaultChecked={index === 0} /> {role}{' '}
              <span className="text-dim">{may}</span>
            </label>
          ))}
        </fieldset>
      </form>
    </Dialog>
  );
}
