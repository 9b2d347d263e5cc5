import type { AccessList } from '../../../api/models/platform.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { fieldsOf } from '../../words/fields.ts';
import { givenRoles, withRole } from '../../words/roles.ts';

/** A tenant's owner is named in the tenant's file instead. */
const roles = [
  ['viewer', 'sees everything, changes nothing'],
  ['operator', 'changes tenants, channels and prompts'],
  ['platform-admin', 'may do everything, access included'],
  ['none', 'nothing but what he owns'],
] as const;

/** Gives a role: a commit to tenantry.yaml, whose plan and difference are shown first. */
export function RoleDialog({
  people,
  onClose,
}: {
  readonly people: AccessList['people'];
  readonly onClose: () => void;
}) {
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
          const { email = '', role } = fieldsOf(event.currentTarget);
          const given = givenRoles.find((one) => one === role) ?? null;
          onClose();
          edits.open({
            title: given === null ? `Take the role of ${email} away` : `Make ${email} ${given}`,
            method: 'PUT',
            path: '/v1/access/roles',
            body: { access: withRole(people, email.toLowerCase(), given) },
            base: null,
            verb: 'Commit role',
          });
        }}
      >
        <TextField label="E-mail" name="email" type="email" required />
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
