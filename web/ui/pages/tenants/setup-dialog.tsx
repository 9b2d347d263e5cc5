import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { channelsQuery, nodesQuery } from '../../data/queries.ts';
import { useEdits } from '../../edit/edits.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { TextField } from '../../parts/text-field.tsx';
import type { fieldsOf } from '../../words/fields.ts';
import { namePattern } from '../../words/name.ts';
import { count } from '../../words/value.ts';

/** Asks what a new tenant needs; the next step shows the file and the plan. */
export function SetupDialog({ onClose }: { readonly onClose: () => void }) {
  const edits = useEdits();
  const navigate = useNavigate();
  const { data: nodes } = useQuery(nodesQuery);
  const { data: channels } = useQuery(channelsQuery);
  const channelNames = (channels?.items ?? []).map(({ name }) => name);
  const ask = (given: ReturnType<typeof fieldsOf>): void => {
    onClose();
    edits.open({
      title: `Set up ${given['name'] ?? ''}`,
      method: 'POST',
      path: '/v1/tenants/setup',
      body: given,
      base: null,
      verb: 'Commit tenant',
      onAccepted: () => void navigate({ to: '/tenants/$tenant', params: { tenant: given['name'] ?? '' } }),
    });
  };
  return (
    <FormDialog
      title="Set up a tenant"
      verb="Show the plan"
      className="grid gap-4 sm:grid-cols-2"
      onClose={onClose}
      onSubmit={ask}
    >
      <TextField
        label="Name"
        name="name"
        required
        pattern={namePattern}
        minLength={2}
        maxLength={40}
        autoComplete="off"
        hint="Lower-case letters, digits, hyphens."
      />
      <TextField
        label="Owner"
        name="owner"
        type="email"
        required
        hint="Who answers for it; may edit it here."
      />
      <SelectField
        label="Node"
        name="node"
        options={(nodes?.items ?? []).map(({ name, tenants }) => [
          name,
          `${name} (${count(tenants, 'tenant')})`,
        ])}
      />
      <SelectField
        label="Channel"
        name="channel"
        options={channelNames.map((name) => [name, name])}
        defaultValue={channelNames.find((name) => name === 'production')}
        hint="Where its image comes from."
      />
      <TextField label="Plan" name="plan" hint="Quotas, by name in tenantry.yaml." />
      <TextField
        label="Subdomain"
        name="subdomain"
        pattern={namePattern}
        hint="Below the node's domain; empty for none."
      />
    </FormDialog>
  );
}
