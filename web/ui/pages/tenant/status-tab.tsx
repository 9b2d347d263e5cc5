import { useQuery } from '@tanstack/react-query';
import { driftQuery } from '../../data/queries.ts';
import { CommitLine } from '../../parts/commit-line.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded, ProblemList } from '../../parts/states.tsx';
import { DriftPanel } from './drift-panel.tsx';
import { Facts } from './facts.tsx';
import { LastResult } from './last-result.tsx';
import { useTenant } from './use-tenant.ts';

export function StatusTab() {
  const detail = useTenant();
  const { name } = detail.summary;
  const drift = useQuery(driftQuery(name));
  return (
    <div className="space-y-5">
      {detail.problems.length > 0 && (
        <Panel title="Its newest files are not in force">
          <p className="text-sm text-dim">The last good revision stays until this is mended in Git.</p>
          <ProblemList problems={detail.problems} />
        </Panel>
      )}
      <LastResult detail={detail} />
      <Loaded query={drift} what="the drift" lines={2}>
        {(found) => <DriftPanel drift={found} detail={detail} />}
      </Loaded>
      <Facts detail={detail} />
      {detail.lastCommit !== null && (
        <p className="text-sm text-dim">
          Last change: <CommitLine commit={detail.lastCommit} />
        </p>
      )}
    </div>
  );
}
