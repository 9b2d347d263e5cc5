import { Link } from '@tanstack/react-router';
import type { Overview } from '../../../api/models/platform.ts';
import { Icon } from '../../parts/icon.tsx';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Since } from '../../parts/time.tsx';

/** What needs a person, longest first. */
export function Attention({ items }: { readonly items: Overview['attention'] }) {
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
      {items.map(({ tenant, node, phase, reason, since }) => (
        <li
          key={`${node}/${tenant ?? ''}/${phase}/${since}`}
          className="relative flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2 text-sm hover:bg-raised"
        >
          <span className="shrink-0 sm:w-28">
            <span className="relative z-[1]">
              <PhaseMark phase={phase} />
            </span>
          </span>
          {tenant === null ? (
            <Link
              to="/nodes/$node"
              params={{ node }}
              className="shrink-0 font-medium after:absolute after:inset-0 sm:min-w-28"
            >
              {node}
            </Link>
          ) : (
            <Link
              to="/tenants/$tenant"
              params={{ tenant }}
              className="shrink-0 font-medium after:absolute after:inset-0 sm:min-w-28"
            >
              {tenant}
            </Link>
          )}
          <span className="min-w-0 flex-1 basis-52 text-dim">
            {/* Above the link that covers the row, to be selected and to tell more. */}
            <span className="relative z-[1]">
              <Prose text={reason} />
            </span>
          </span>
          <span className="relative z-[1] shrink-0 text-xs text-dim">
            {tenant !== null && <span>{node} · </span>}
            for <Since at={since} />
          </span>
        </li>
      ))}
    </ul>
  );
}
