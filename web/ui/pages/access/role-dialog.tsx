import type { AccessList } from '../../../api/models/platform.ts';
import { useEdits } from '../../edit/edits.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Radios } from '../../parts/radios.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { givenRoles, withRole } from '../../words/roles.ts';

/** A tenant's owner is named in the tenant's file instead. */
const roles = [
  ['viewer', 'viewer', 'sees everything, changes nothing'],
  ['operator', 'operator', 'changes tenants, channels and prompts'],
  ['platform-admin', 'platform-admin', 'may do everything, access included'],
  ['none', 'none', 'nothing but what he owns'],
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
    <FormDialog
      title="Give a role"
      verb="Show the change"
      onClose={onClose}
      onSubmit={({ email = '', role }) => {
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
      <Radios legend="Role" name="role" options={roles} />
    </FormDialog>
  );
}
