import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { TenantSummary } from '../../../api/models/tenant.ts';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { Since } from '../../parts/time.tsx';
import { shortImage } from '../../words/image.ts';

export const columns =
  'grid items-center gap-3 px-4 grid-cols-[minmax(0,1fr)_8rem_3.5rem] md:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1.6fr)_7rem_3.5rem] lg:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1.6fr)_minmax(0,1fr)_7rem_3.5rem]';

interface TenantRowProps {
  readonly tenant: TenantSummary;
  readonly index: number;
  readonly top: number;
  readonly height: number;
}

/** One line a tenant. It is drawn again only when the tenant changed. */
export const TenantRow = memo(function TenantRow({ tenant, index, top, height }: TenantRowProps) {
  const { name, phase, reason, image, desiredImage, node, linked, since, owner, desiredState } = tenant;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`${columns} absolute inset-x-0 border-b border-line text-sm last:border-b-0 hover:bg-raised`}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="min-w-0 truncate">
        <Link
          to="/tenants/$tenant"
          params={{ tenant: name }}
          title={`${name}, ${owner}`}
          className="font-medium after:absolute after:inset-0"
        >
          {name}
        </Link>
      </span>
      <span role="cell">
        <PhaseMark phase={phase} />
      </span>
      <span role="cell" title={reason} className="min-w-0 truncate text-dim max-md:hidden">
        {phase !== 'InSync' ? reason : desiredState === 'stopped' ? 'stopped' : ''}
      </span>
      <span
        role="cell"
        title={image ?? desiredImage ?? ''}
        className="min-w-0 truncate font-mono text-xs text-dim max-lg:hidden"
      >
        {shortImage(image ?? desiredImage)}
      </span>
      <span role="cell" className={`truncate max-md:hidden ${linked ? 'text-dim' : 'text-warn'}`}>
        {node}
        {!linked && ' (away)'}
      </span>
      <span role="cell" className="text-right text-xs text-dim">
        <Since at={since} />
      </span>
    </div>
  );
});
