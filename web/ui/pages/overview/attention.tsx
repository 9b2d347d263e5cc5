import { Link } from '@tanstack/react-router';
import type { AttentionItem, Overview } from '../../../api/models/platform.ts';
import { useMay } from '../../data/may.ts';
import { Icon } from '../../parts/icon.tsx';
import { NodeName } from '../../parts/node-name.tsx';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Since } from '../../parts/time.tsx';
import { NextAction } from './next-action.tsx';

/** What needs a person, longest first of its kind, each with where to go on; what does not fit is counted. */
export function Attention({ items, waiting }: Pick<Overview, 'waiting'> & { readonly items: Items }) {
  if (items.length === 0) {
    return (
      <p className="flex items-center gap-2 px-4 py-3 text-sm text-dim">
        <span className="text-good">
          <Icon name="check" />
        </span>
        Nothing. Drift, holds and failures appear here by themselves.
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line">
      {items.map((item) => (
        <Line key={keyOf(item)} item={item} />
      ))}
      {waiting > items.length && (
        <li className="px-4 py-2 text-sm">
          <Link to="/tenants" search={{}} className="text-accent hover:underline">
            and {(waiting - items.length).toLocaleString('en')} more
          </Link>
        </li>
      )}
    </ul>
  );
}

type Items = readonly AttentionItem[];

/** A node may hold several things. */
const keyOf = ({ kind, node, tenant, reason }: AttentionItem): string =>
  `${kind}/${node ?? ''}/${tenant ?? ''}/${kind === 'hold' ? reason : ''}`;

function Line({ item }: { readonly item: AttentionItem }) {
  const { kind, tenant, node, phase, reason, since, action } = item;
  return (
    <li className="relative flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2 text-sm hover:bg-raised">
      {/* What is told on hover lies above the link that covers the line. */}
      <span className="relative z-[1] shrink-0 sm:w-28">
        {kind === 'away' ? <AwayMark /> : <PhaseMark phase={phase} />}
      </span>
      <Name item={item} />
      <span className="min-w-0 flex-1 basis-52 text-dim">
        <Prose text={reason} />
      </span>
      {action !== null && <NextAction action={action} tenant={tenant} node={node} />}
      <span className="relative z-[1] shrink-0 text-xs text-dim">
        {tenant !== null && <span>{node} · </span>}
        {since !== null && (
          <>
            for <Since at={since} />
          </>
        )}
      </span>
    </li>
  );
}

/** What it is about, leading there: the whole line can be pressed. */
function Name({ item: { tenant, node } }: { readonly item: AttentionItem }) {
  const look = 'shrink-0 font-medium after:absolute after:inset-0 sm:min-w-28';
  const may = useMay();
  if (tenant !== null)
    return (
      <Link to="/tenants/$tenant" params={{ tenant }} className={look}>
        {tenant}
      </Link>
    );
  if (node === null || !may('nodes.read'))
    return <span className="shrink-0 font-medium sm:min-w-28">{node ?? 'Git host'}</span>;
  return <NodeName node={node} className={look} />;
}

function AwayMark() {
  return (
    <span
      className="inline-flex items-baseline gap-1.5 text-warn"
      title="Nothing is heard of the node; what is shown is its last word."
    >
      <Icon name="unlink" size={12} /> Away
    </span>
  );
}
