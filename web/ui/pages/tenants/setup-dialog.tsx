import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useSetup } from '../../app/setup-context.ts';
import { useMay } from '../../data/may.ts';
import { channelsQuery, nodesQuery } from '../../data/queries.ts';
import { plansQuery } from '../../data/untold.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { NameField } from '../../parts/name-field.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { Empty, Problem, Waiting } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import type { fieldsOf } from '../../words/fields.ts';
import { namePattern } from '../../words/name.ts';
import { planWords } from '../../words/plan.ts';
import { count } from '../../words/value.ts';

const title = 'Set up a tenant';

/** Asks what a new tenant needs, once there is something to choose from; the next step shows the file and the plan. */
export function SetupDialog({ onClose }: { readonly onClose: () => void }) {
  const nodes = useQuery(nodesQuery);
  const channels = useQuery(channelsQuery);
  const plans = useQuery(plansQuery);
  const asked = [nodes, channels, plans];
  const failed = asked.find(({ isError, data }) => isError && data === undefined);
  if (nodes.data?.items.length === 0) return <NoNode onClose={onClose} />;
  if (nodes.data === undefined || channels.data === undefined || plans.data === undefined)
    return (
      <Dialog title={title} onClose={onClose}>
        {failed === undefined ? (
          <Waiting label="Reading what there is to choose from" />
        ) : (
          <Problem
            error={failed.error}
            where="What there is to choose from could not be read"
            retry={() => void Promise.all(asked.map((query) => query.refetch()))}
          />
        )}
      </Dialog>
    );
  return (
    <Form
      nodes={nodes.data.items.map(({ name, tenants }) => [name, `${name} (${count(tenants, 'tenant')})`])}
      channels={channels.data.items.map(({ name }) => name)}
      plans={plans.data.items.map((plan) => [plan.name, planWords(plan)])}
      onClose={onClose}
    />
  );
}

/** The first step of a platform that has no machine yet. */
function NoNode({ onClose }: { readonly onClose: () => void }) {
  const setup = useSetup();
  const may = useMay();
  return (
    <Dialog title={title} onClose={onClose}>
      <Empty title="First, a node for it to live on">
        <p>
          A tenant runs on a machine with a Docker engine, which is a file <code>nodes/NAME.yaml</code> in Git
          and joins here by a command.
        </p>
        {may('nodes.setup') && (
          <Button look="primary" icon="plus" className="mt-3" onClick={setup.node}>
            Add a node
          </Button>
        )}
      </Empty>
    </Dialog>
  );
}

type Options = readonly (readonly [value: string, words: string])[];

function Form({
  nodes,
  channels,
  plans,
  onClose,
}: {
  readonly nodes: Options;
  readonly channels: readonly string[];
  readonly plans: Options;
  readonly onClose: () => void;
}) {
  const edits = useEdits();
  const navigate = useNavigate();
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
      title={title}
      verb="Show the plan"
      className="grid gap-4 sm:grid-cols-2"
      onClose={onClose}
      onSubmit={ask}
    >
      <NameField minLength={2} maxLength={40} hint="Lower-case letters, digits, hyphens." />
      <TextField
        label="Owner"
        name="owner"
        type="email"
        required
        hint="Who answers for it; may edit it here."
      />
      <SelectField label="Node" name="node" options={nodes} />
      <SelectField
        label="Channel"
        name="channel"
        options={channels.map((name) => [name, name])}
        defaultValue={channels.find((name) => name === 'production')}
        hint="Where its image comes from."
      />
      <SelectField
        label="Plan"
        name="plan"
        none="no plan: no quotas"
        options={plans}
        hint="Quotas, from `tenantry.yaml`."
      />
      <TextField
        label="Subdomain"
        name="subdomain"
        pattern={namePattern}
        hint="Below the node's domain; empty for none."
      />
    </FormDialog>
  );
}
