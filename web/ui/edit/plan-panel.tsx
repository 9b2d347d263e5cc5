import type { PlanView, TenantPlanView } from '../../api/models/edit.ts';
import { Ago } from '../parts/time.tsx';
import { isDisruptive, planSentence } from '../words/plan.ts';
import { count } from '../words/value.ts';

/** What the nodes will do about an edit, in the words that they will use themselves. */
export function PlanPanel({
  plan,
  title = 'What will happen',
}: {
  readonly plan: PlanView | null;
  readonly title?: string;
}) {
  return (
    <section aria-label="Plan" className="space-y-2">
      <h3 className="text-sm font-semibold">{title}</h3>
      <p>{planSentence(plan)}</p>
      {plan?.holds.map((hold) => (
        <p key={hold} className="rounded-md bg-warn-soft px-3 py-2 text-sm">
          <span className="font-medium text-warn">Held: </span>
          {hold}
        </p>
      ))}
      {plan?.tenants.map((tenant) => (
        <TenantPlan key={`${tenant.node}/${tenant.tenant}`} plan={tenant} open={plan.tenants.length === 1} />
      ))}
      {plan !== null && plan.affected > plan.tenants.length && (
        <p className="text-sm text-dim">… and {count(plan.affected - plan.tenants.length, 'more tenant')}.</p>
      )}
      <Snapshots plan={plan} />
    </section>
  );
}

function TenantPlan({ plan, open }: { readonly plan: TenantPlanView; readonly open: boolean }) {
  const tone = isDisruptive(plan) ? 'text-warn' : 'text-good';
  return (
    <details open={open} className="panel px-3 py-2">
      <summary className="flex items-baseline justify-between gap-3 text-sm">
        <span className="truncate">
          <span className="font-medium">{plan.tenant}</span> <span className="text-dim">on {plan.node}</span>
        </span>
        <span className={`text-right text-xs ${tone}`}>{plan.cost.text}</span>
      </summary>
      {plan.refusals.map(({ reason, message }) => (
        <p key={reason} className="mt-2 rounded-md bg-bad-soft px-2 py-1 text-sm">
          Will not be done: {message}
        </p>
      ))}
      <ol className="mt-2 list-inside list-decimal space-y-1 text-sm text-dim">
        {plan.waves.flat().map((step, index) => (
          <li key={`${index}:${step}`}>{step}</li>
        ))}
      </ol>
      {plan.rollback.length > 0 && (
        <p className="mt-2 text-xs text-dim">If it is not well afterwards: {plan.rollback.join(', ')}.</p>
      )}
    </details>
  );
}

/** A plan is as good as what it was made from. */
function Snapshots({ plan }: { readonly plan: PlanView | null }) {
  const doubtful = plan?.snapshots.filter(({ at, linked }) => at === null || !linked) ?? [];
  return doubtful.map(({ node, at }) => (
    <p key={node} className="text-xs text-warn">
      {at === null ? (
        `${node} has not published what it runs: it makes its own plan when it reads the commit.`
      ) : (
        <>
          {node} is away; its plan is made from what it ran <Ago at={at} />.
        </>
      )}
    </p>
  ));
}
