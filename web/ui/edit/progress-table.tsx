import type { CommitProgress } from '../../api/models/edit.ts';
import { Ago } from '../parts/time.tsx';

type NodeState = CommitProgress['nodes'][number]['state'];
type TenantState = CommitProgress['tenants'][number]['state'];

const tones: Readonly<Record<NodeState | TenantState, string>> = {
  waiting: 'text-dim',
  seen: 'text-accent',
  applying: 'text-accent',
  converged: 'text-good',
  removed: 'text-good',
  held: 'text-warn',
  away: 'text-warn',
  failed: 'text-bad',
};

/** Where a commit is: node by node, and tenant by tenant. */
export function ProgressTable({ progress }: { readonly progress: CommitProgress }) {
  const { nodes, tenants } = progress;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Rows
        title="Nodes"
        empty="No node runs anything of it."
        rows={nodes.map(({ node, state, at }) => ({ name: node, state, at, detail: '' }))}
      />
      <Rows
        title="Tenants"
        empty="No tenant is affected."
        rows={tenants.map(({ tenant, state, at, detail }) => ({ name: tenant, state, at, detail }))}
      />
    </div>
  );
}

interface Row {
  readonly name: string;
  readonly state: NodeState | TenantState;
  readonly at: number | null;
  readonly detail: string;
}

function Rows({
  title,
  rows,
  empty,
}: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly empty: string;
}) {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="label mb-1">{title}</h3>
      {rows.length === 0 && <p className="text-sm text-dim">{empty}</p>}
      <ul className="space-y-1">
        {rows.map(({ name, state, at, detail }) => (
          <li key={name} className="text-sm">
            <span className="flex items-baseline justify-between gap-2">
              <span className="truncate font-mono text-xs">{name}</span>
              <span className="shrink-0 text-xs">
                <span className={tones[state]}>{state}</span>
                {at !== null && (
                  <span className="text-dim">
                    {' '}
                    · <Ago at={at} />
                  </span>
                )}
              </span>
            </span>
            {detail !== '' && <span className="block text-xs text-dim">{detail}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
