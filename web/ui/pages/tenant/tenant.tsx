import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { TenantDetail } from '../../../api/models/tenant.ts';
import { useTopics } from '../../data/live.ts';
import { tenantQuery } from '../../data/queries.ts';
import { Copyable } from '../../parts/copy.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Loaded, Stale } from '../../parts/states.tsx';
import { Since } from '../../parts/time.tsx';
import { Title } from '../../parts/title.tsx';
import { RuntimeControls } from './runtime-controls.tsx';

const tabs = [
  { to: '/tenants/$tenant', name: 'Status' },
  { to: '/tenants/$tenant/config', name: 'Configuration' },
  { to: '/tenants/$tenant/prompts', name: 'Prompts' },
  { to: '/tenants/$tenant/skills', name: 'Skills' },
  { to: '/tenants/$tenant/events', name: 'Events' },
  { to: '/tenants/$tenant/logs', name: 'Logs' },
  { to: '/tenants/$tenant/history', name: 'History' },
] as const;

/** What runs for this customer, what differs, and what happens if I change it? */
export function TenantPage() {
  const { tenant } = useParams({ from: '/inside/tenants/$tenant' });
  useTopics(`tenant:${tenant}`);
  const query = useQuery(tenantQuery(tenant));
  const place = useLocation({ select: ({ pathname }) => pathname });
  const strip = useRef<HTMLElement>(null);
  // On a narrow screen the part that is open may lie beside what is seen of the strip.
  useEffect(() => {
    strip.current
      ?.querySelector(`[aria-current='page']`)
      ?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [place]);
  return (
    <div className="space-y-4">
      <Link to="/tenants" className="inline-flex items-center gap-1 text-xs text-dim hover:text-ink">
        <Icon name="back" size={12} /> Tenants
      </Link>
      <Title tab={tenant} aside={query.data !== undefined && <RuntimeControls detail={query.data} />}>
        <span className="flex flex-wrap items-baseline gap-x-3">
          <Copyable text={tenant} label="tenant" plain />
          {query.data !== undefined && <Phase detail={query.data} />}
        </span>
      </Title>
      <nav
        ref={strip}
        aria-label={`Parts of ${tenant}`}
        className="-mx-4 overflow-x-auto border-b border-line px-4 md:mx-0 md:px-0"
      >
        <ul className="flex gap-1">
          {tabs.map(({ to, name }) => (
            <li key={to}>
              <Link
                to={to}
                params={{ tenant }}
                activeOptions={{ exact: to === '/tenants/$tenant' }}
                className="block border-b-2 border-transparent px-2.5 py-2 text-sm whitespace-nowrap text-dim hover:text-ink"
                activeProps={{ className: '!border-accent !text-ink font-medium' }}
              >
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Loaded query={query} what={`the tenant ${tenant}`} lines={6}>
        {(detail) => (
          <>
            {!detail.summary.linked && (
              <Stale
                at={detail.summary.updatedAt}
                why={`its node ${detail.summary.node} is away. The tenant runs on; commits reach it when the node is back.`}
              />
            )}
            <Outlet />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Phase({ detail }: { readonly detail: TenantDetail }) {
  const { phase, reason, since } = detail.summary;
  return (
    <span className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm font-normal">
      <PhaseMark phase={phase} />
      <span className="text-dim">
        for <Since at={since} />
        {reason !== '' && phase !== 'InSync' && (
          <>
            : <Prose text={reason} />
          </>
        )}
      </span>
    </span>
  );
}
