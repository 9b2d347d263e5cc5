import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from '../../../api/models/platform.ts';
import { useSetup } from '../../app/setup-context.ts';
import { useTopics } from '../../data/live.ts';
import { useMay } from '../../data/may.ts';
import { overviewQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { CommitLine } from '../../parts/commit-line.tsx';
import { Panel } from '../../parts/panel.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { Empty, Loaded, ProblemList } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';
import { fleetSentence } from '../../words/phase.ts';
import { locatedProblems } from '../../words/problem.ts';
import { Attention } from './attention.tsx';
import { NodeStrip } from './node-strip.tsx';
import { PhaseBar } from './phase-bar.tsx';

/** Is everything as Git says, and if not, where and since when? */
export function OverviewPage() {
  useTopics('tenants');
  const query = useQuery(overviewQuery);
  return (
    <div className="space-y-5">
      <Loaded query={query} what="the overview" lines={8}>
        {(overview) => <Body overview={overview} />}
      </Loaded>
    </div>
  );
}

function Body({ overview }: { readonly overview: Overview }) {
  const problems = locatedProblems(overview.problems);
  const may = useMay();
  return (
    <>
      <div>
        <Title tab="Overview">{fleetSentence(overview.phases, overview.tenants, overview.away)}</Title>
        <p className="mt-1 text-sm text-dim">
          {overview.platform}
          {overview.head === null ? (
            ' has no commits yet'
          ) : (
            <>
              {' '}
              at <CommitLine commit={overview.head} />
            </>
          )}
        </p>
      </div>
      {problems.length > 0 && (
        <Panel title="The newest revision is not in force">
          <p className="text-sm text-dim">Nodes go on with the last good one until this is mended in Git.</p>
          <ProblemList problems={problems} />
        </Panel>
      )}
      {overview.tenants > 0 && (
        <PhaseBar phases={overview.phases} total={overview.tenants} drifted={overview.drifted} />
      )}
      {overview.tenants === 0 && may('tenants.setup') && <FirstSteps nodes={overview.nodes.length} />}
      <Panel title="Needs attention" flush>
        <Attention items={overview.attention} waiting={overview.waiting} />
      </Panel>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <Panel
          title="Last commits"
          flush
          aside={
            <Link to="/history" className="text-xs text-accent hover:underline">
              All history
            </Link>
          }
        >
          {overview.commits.length === 0 && (
            <Empty title="No commits yet">Every change to the platform will be one, and stand here.</Empty>
          )}
          <ul className="divide-y divide-line">
            {overview.commits.map((progress) => (
              <li
                key={progress.commit.oid}
                className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2 text-sm sm:flex-nowrap"
              >
                <CommitLine commit={progress.commit} />
                <ProgressBar progress={progress} />
              </li>
            ))}
          </ul>
        </Panel>
        <Panel
          title="Nodes"
          flush
          aside={
            may('nodes.read') && (
              <Link to="/nodes" className="text-xs text-accent hover:underline">
                All nodes
              </Link>
            )
          }
        >
          <NodeStrip nodes={overview.nodes} />
        </Panel>
      </div>
    </>
  );
}

function FirstSteps({ nodes }: { readonly nodes: number }) {
  const setup = useSetup();
  const may = useMay();
  return (
    <div className="panel">
      {nodes === 0 ? (
        <Empty title="Add the first node">
          <p>
            A node is a machine with a Docker engine: a file in Git, and a command that lets the machine join.
            Tenants live on it. Add it here, or push <code>nodes/NAME.yaml</code> yourself.
          </p>
          {may('nodes.setup') && (
            <Button look="primary" icon="plus" className="mt-3" onClick={setup.node}>
              Add node
            </Button>
          )}
        </Empty>
      ) : (
        <Empty title="Set up the first tenant">
          <p>
            A tenant is a folder in Git: who owns it, on which node it runs, from which channel its image
            comes. Set it up here, or push <code>tenants/NAME/tenant.yaml</code> yourself.
          </p>
          <Button look="primary" icon="plus" className="mt-3" onClick={setup.tenant}>
            Set up tenant
          </Button>
        </Empty>
      )}
    </div>
  );
}
