import { Link } from '@tanstack/react-router';
import type { AttentionItem } from '../../../api/models/platform.ts';
import { useMay } from '../../data/may.ts';

/** It lies above the link that covers its line. */
const look = 'relative z-[1] shrink-0 text-xs font-medium text-accent hover:underline';

/** Where whoever sees something goes on with it. */
export function NextAction({
  action,
  tenant,
  node,
}: Pick<AttentionItem, 'tenant' | 'node'> & { readonly action: NonNullable<AttentionItem['action']> }) {
  const may = useMay();
  if (action === 'approve') {
    return node === null ? null : (
      <Link to="/nodes/$node" params={{ node }} hash="held" className={look}>
        {may('holds') ? 'Approve or keep' : 'See what is held'}
      </Link>
    );
  }
  if (tenant === null) return null;
  switch (action) {
    case 'compare':
      return (
        <Link to="/tenants/$tenant" params={{ tenant }} className={look}>
          Compare
        </Link>
      );
    case 'log':
      return (
        <Link to="/tenants/$tenant/logs" params={{ tenant }} className={look}>
          Read its log
        </Link>
      );
    case 'history':
      return (
        <Link to="/tenants/$tenant/history" params={{ tenant }} className={look}>
          See its commits
        </Link>
      );
    case 'files':
      return (
        <Link to="/tenants/$tenant/config" params={{ tenant }} className={look}>
          See its files
        </Link>
      );
  }
}
