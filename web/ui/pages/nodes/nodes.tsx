import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { NodeView } from '../../../api/models/platform.ts';
import { useSetup } from '../../app/setup-context.ts';
import { useMay } from '../../data/may.ts';
import { nodesQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Revision } from '../../parts/commit-line.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Title } from '../../parts/title.tsx';
import { fullestWords } from '../../words/capacity.ts';
import { nodeState } from '../../words/node.ts';
import { count } from '../../words/value.ts';
import { FullMark } from './capacity.tsx';

/** Which machine is behind, full or away? */
export function NodesPage() {
  const query = useQuery(nodesQuery);
  const setup = useSetup();
  const may = useMay();
  return (
    <div className="space-y-4">
      <Title
        aside={
          may('nodes.setup') && (
            <Button look="primary" icon="plus" onClick={setup.node}>
              Add node
            </Button>
          )
        }
      >
        Nodes
      </Title>
      <section aria-label="Nodes" className="panel">
        <Loaded query={query} what="the nodes">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No nodes yet">
                Add one here, or push <code>nodes/NAME.yaml</code>; then get its join token and run{' '}
                <code>tenantry node join</code> on the machine.
              </Empty>
            ) : (
              <ul className="divide-y divide-line">
                {items.map((node) => (
                  <NodeLine key={node.name} node={node} />
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
    </div>
  );
}

function NodeLine({ node }: { readonly node: NodeView }) {
  const { words, tone } = nodeState(node);
  const trouble = node.head?.trouble ?? null;
  return (
    <li className="relative flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm hover:bg-raised">
      <Link
        to="/nodes/$node"
        params={{ node: node.name }}
        className="w-40 shrink-0 truncate font-medium after:absolute after:inset-0"
      >
        {node.name}
      </Link>
      <span className={`w-36 shrink-0 ${node.enrolled ? tone : 'text-dim'}`}>
        {node.enrolled ? words : 'has not joined'}
      </span>
      <span className="w-44 shrink-0 text-dim">
        {fullestWords(node.capacity) || count(node.tenants, 'tenant')} {node.capacity.full && <FullMark />}
      </span>
      <span className="flex min-w-0 flex-1 basis-40 text-dim">
        <span title={trouble?.message} className="relative z-[1] truncate">
          {trouble === null ? holdWords(node) : trouble.message}
        </span>
      </span>
      <span className="relative z-[1] text-xs text-dim">
        {node.revision !== null && (
          <>
            <Revision oid={node.revision} /> ·{' '}
          </>
        )}
        <LastHeard node={node} />
      </span>
    </li>
  );
}

/** A node tells what is new: while it is linked, that it has been silent says that nothing is. */
function LastHeard({ node: { linked, lastSeen } }: { readonly node: NodeView }) {
  if (linked) return 'linked';
  if (lastSeen === null) return 'never seen';
  return (
    <>
      last heard of <Ago at={lastSeen} />
    </>
  );
}

function holdWords({ head }: NodeView): string {
  const holds = head?.holds.length ?? 0;
  return holds === 0 ? '' : `${count(holds, 'hold')} waiting for approval`;
}
