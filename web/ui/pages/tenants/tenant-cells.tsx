import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { TenantSummary } from '../../../api/models/tenant.ts';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { Since } from '../../parts/time.tsx';
import { shortImage } from '../../words/image.ts';

export const columns =
  'grid gap-3 px-4 grid-cols-[minmax(0,1fr)_8rem_3.5rem] md:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1.6fr)_7rem_3.5rem] lg:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1.6fr)_minmax(0,1fr)_7rem_3.5rem]';

/** The cells of one tenant. They are drawn again only when the tenant changed. */
export const TenantCells = memo(function TenantCells({ tenant }: { readonly tenant: TenantSummary }) {
  const { name, phase, reason, image, desiredImage, node, linked, since, owner, desiredState } = tenant;
  return (
    <>
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
    </>
  );
});
