import type { Overview } from '../../../api/models/platform.ts';
import { NodeName } from '../../parts/node-name.tsx';
import { Empty } from '../../parts/states.tsx';
import { nodeState } from '../../words/node.ts';

export function NodeStrip({ nodes }: { readonly nodes: Overview['nodes'] }) {
  if (nodes.length === 0)
    return (
      <Empty title="No nodes yet">
        A node is a file in <code>nodes/</code> and a machine that joined.
      </Empty>
    );
  return (
    <ul className="divide-y divide-line">
      {nodes.map((node) => {
        const { words, tone } = nodeState(node);
        return (
          <li
            key={node.name}
            className="relative flex items-center justify-between gap-2 px-4 py-2 text-sm hover:bg-raised"
          >
            <NodeName node={node.name} className="truncate after:absolute after:inset-0" />
            <span className={`text-xs ${tone}`}>{words}</span>
          </li>
        );
      })}
    </ul>
  );
}
