import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { nodesQuery } from '../../data/queries.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { fieldsOf } from '../../words/fields.ts';

const NAME = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** Asks what a new tenant needs; the next step shows the file and the plan. */
export function SetupDialog({ onClose }: { readonly onClose: () => void }) {
  const edits = useEdits();
  const navigate = useNavigate();
  const { data: nodes } = useQuery(nodesQuery);
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
    <Dialog
      title="Set up a tenant"
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button look="primary" type="submit" form="setup">
            Show the plan
          </Button>
        </>
      }
    >
      <form
        id="setup"
        className="grid gap-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          ask(fieldsOf(event.currentTarget));
        }}
      >
        <TextField
          label="Name"
          name="name"
          required
          pattern={NAME}
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
        <div>
          <label htmlFor="setup-node" className="mb-1 block text-sm font-medium">
            Node
          </label>
          <select id="setup-node" name="node" required className="control w-full">
            {nodes?.items.map(({ name, tenants }) => (
              <option key={name} value={name}>
                {name} ({tenants} tenants)
              </option>
            ))}
          </select>
        </div>
        <TextField
          label="Channel"
          name="channel"
          required
          defaultValue="production"
          hint="Where its image comes from."
        />
        <TextField label="Plan" name="plan" hint="Quotas, by name in tenantry.yaml." />
        <TextField
          label="Subdomain"
          name="subdomain"
          pattern={NAME}
          hint="Below the node's domain; empty for none."
        />
      </form>
    </Dialog>
  );
}
