import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { Outcome } from '../../../api/models/tenant.ts';
import { type CommitDetail, commitQuery } from '../../data/queries.ts';
import { PlanPanel } from '../../edit/plan-panel.tsx';
import { ProgressTable } from '../../edit/progress-table.tsx';
import { Copyable } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Title } from '../../parts/title.tsx';
import { shortId } from '../../words/progress.ts';
import { ChangedFiles } from './changed-files.tsx';

/** One commit, from what it says to what the nodes did for it. */
export function CommitPage() {
  const { oid } = useParams({ from: '/inside/history/$oid' });
  const query = useQuery(commitQuery(oid));
  return (
    <div className="space-y-5">
      <Link to="/history" className="inline-flex items-center gap-1 text-xs text-dim hover:text-ink">
        <Icon name="back" size={12} /> History
      </Link>
      <Loaded query={query} what={`the commit ${shortId(oid)}`} lines={6}>
        {(found) => {
          const { commit, body } = found;
          const { plan, outcomes } = 'plan' in found ? found : { plan: undefined, outcomes: [] };
          return (
            <>
              <div>
                <Title tab={commit.subject} aside={<ProgressBar progress={found} />}>
                  {commit.subject}
                </Title>
                <p className="mt-1 text-sm text-dim">
                  <Copyable text={commit.oid} shown={shortId(commit.oid)} label="commit id" /> by{' '}
                  <span title={commit.author.email}>{commit.author.name}</span>, <Ago at={commit.at} />
                </p>
                {body.map((line) => (
                  <p key={line} className="mt-1 text-sm">
                    {line}
                  </p>
                ))}
              </div>
              <ChangedFiles oid={commit.oid} />
              <Panel title="How far it is">
                <ProgressTable progress={found} />
              </Panel>
              {plan === null ? (
                <p className="text-sm text-dim">It was not made here, so it has no plan of before it.</p>
              ) : (
                plan !== undefined && <PlanPanel plan={plan} title="What was planned" />
              )}
              <Outcomes outcomes={outcomes} />
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

const words: Readonly<Record<Outcome['outcome'], string>> = {
  done: 'done',
  failed: 'failed',
  'rolled-back': 'rolled back',
  interrupted: 'interrupted',
};

function Outcomes({ outcomes }: { readonly outcomes: CommitDetail['outcomes'] }) {
  const known = outcomes.filter(isOutcome);
  if (known.length === 0) return null;
  return (
    <Panel title="What the nodes did" flush>
      <ul className="divide-y divide-line">
        {known.map(({ tenant, outcome, steps, error, at, ms }) => (
          <li key={`${tenant}/${at}`} className="px-4 py-2.5 text-sm">
            <p>
              <Link to="/tenants/$tenant" params={{ tenant }} className="font-medium hover:underline">
                {tenant}
              </Link>{' '}
              <span className={outcome === 'done' ? 'text-good' : 'text-bad'}>{words[outcome]}</span>{' '}
              <span className="text-xs text-dim">
                <Ago at={at} />, took {(ms / 1000).toFixed(1)} s
              </span>
            </p>
            {error !== null && <p className="text-bad">{error.message}</p>}
            <ol className="mt-1 list-inside list-decimal text-xs text-dim">
              {steps.map((step, index) => (
                <li key={`${index}:${step}`}>{step}</li>
              ))}
            </ol>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The contract leaves outcomes open, since a newer node may say more. */
function isOutcome(value: unknown): value is Outcome {
  return (
    typeof value === 'object' &&
    value !== null &&
    'tenant' in value &&
    'outcome' in value &&
    'steps' in value &&
    Array.isArray(value.steps)
  );
}
