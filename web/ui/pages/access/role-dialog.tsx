import { useQueryClient } from '@tanstack/react-query';
import { accessQuery } from '../../data/queries.ts';
import { useEdits } from '../../edit/edits.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Radios } from '../../parts/radios.tsx';
import { TextField } from '../../parts/text-field.tsx';

/** A tenant's owner is named in the tenant's file instead. */
const roles = [
  ['viewer', 'viewer', 'sees everything, changes nothing'],
  ['operator', 'operator', 'changes tenants, channels and prompts'],
  ['platform-admin', 'platform-admin', 'may do everything, access included'],
  ['none', 'none', 'nothing but what he owns'],
] as const;

/** Gives a role: a commit to tenantry.yaml, whose plan and difference are shown first. */
export function RoleDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const edits = useEdits();
  return (
    <FormDialog
      title="Give a role"
      verb="Show the change"
      onClose={onClose}
      onSubmit={({ email = '', role = 'none' }) => {
        const given = role === 'none' ? null : role;
        onClose();
        edits.open({
          title: given === null ? `Take the role of ${email} away` : `Make ${email} ${given}`,
          method: 'PUT',
          path: '/v1/access/roles',
          body: { email, role: given },
          base: null,
          verb: 'Commit role',
          onAccepted: () => void client.invalidateQueries({ queryKey: accessQuery.queryKey }),
        });
      }}
    >
      <TextField label="E-mail" name="email" type="email" required />
      <Radios legend="Role" name="role" options={roles} />
    </FormDialog>
  );
}
