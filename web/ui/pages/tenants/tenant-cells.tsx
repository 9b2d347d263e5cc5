import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { TenantSummary } from '../../../api/models/tenant.ts';
import { Copyable } from '../../parts/copy.tsx';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { Since } from '../../parts/time.tsx';
import { shortImage } from '../../words/image.ts';

export const columns =
  'grid gap-3 px-4 grid-cols-[minmax(0,1fr)_8rem_3.5rem] md:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1.6fr)_7rem_3.5rem] lg:grid-cols-[minmax(0,1fr)_8rem_minmax(0,1.6fr)_minmax(0,1fr)_7rem_3.5rem]';

/** The link of a row lies over all of it; what has more to tell, or to copy, lies above that. */
const above = 'relative z-[1]';

/** The cells of one tenant. They are drawn again only when the tenant changed. */
export const TenantCells = memo(function TenantCells({ tenant }: { readonly tenant: TenantSummary }) {
  const { name, phase, reason, image, desiredImage, node, linked, since, owner, desiredState } = tenant;
  const shownImage = image ?? desiredImage;
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
        <span className={above}>
          <PhaseMark phase={phase} />
        </span>
      </span>
      <span role="cell" className="flex min-w-0 text-dim max-md:hidden">
        <span title={reason} className={`${above} truncate`}>
          {phase !== 'InSync' ? reason : desiredState === 'stopped' ? 'stopped' : ''}
        </span>
      </span>
      <span role="cell" className="flex min-w-0 text-xs text-dim max-lg:hidden">
        {shownImage !== null && (
          <span className={`${above} flex min-w-0`}>
            <Copyable text={shownImage} shown={shortImage(shownImage)} label="image" />
          </span>
        )}
      </span>
      <span role="cell" className={`truncate max-md:hidden ${linked ? 'text-dim' : 'text-warn'}`}>
        {node}
        {!linked && ' (away)'}
      </span>
      <span role="cell" className="text-right text-xs text-dim">
        <span className={above}>
          <Since at={since} />
        </span>
      </span>
    </>
  );
});
