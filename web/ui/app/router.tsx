import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '../data/http.ts';
import { meQuery, overviewQuery, tenantsQuery } from '../data/queries.ts';
import { type AuditFilter, readAuditFilter } from '../words/audit-filter.ts';
import { readFilter, type TenantFilter } from '../words/filters.ts';
import {
  type EventFilter,
  type LogFilter,
  type MomentFilter,
  readEventFilter,
  readLogFilter,
  readMomentFilter,
} from '../words/tab-filters.ts';
import { Crashed, NotFound } from './crashed.tsx';
import { Shell } from './shell.tsx';

interface Context {
  readonly client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Crashed,
});

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A place of this page to return to; an address of somebody else is none. */
function nextPlace(search: Record<string, unknown>): { next?: string } {
  const next = text(search['next']);
  return next !== undefined && /^\/(?![/\\])/.test(next) ? { next } : {};
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: nextPlace,
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-in.tsx'), 'SignIn'),
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/sign-up',
  validateSearch: (search: Record<string, unknown>): { invitation?: string } => {
    const invitation = text(search['invitation']);
    return invitation === undefined ? {} : { invitation };
  },
  component: lazyRouteComponent(() => import('../pages/sign-in/sign-up.tsx'), 'SignUp'),
});

/** All that needs somebody to be signed in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      // The router's way of leading elsewhere.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
    }
  },
});

/** Whoever has none is shown that, and nothing is asked for. */
const hasRole = (client: QueryClient): boolean => client.getQueryData(meQuery.queryKey)?.role !== null;

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/',
  // What is shown first is asked for while the page for it is on its way.
  loader: ({ context: { client } }) => {
    if (hasRole(client)) void client.prefetchQuery(overviewQuery);
  },
  component: lazyRouteComponent(() => import('../pages/overview/overview.tsx'), 'OverviewPage'),
});

const tenants = createRoute({
  getParentRoute: () => inside,
  path: '/tenants',
  validateSearch: (search: Record<string, unknown>): TenantFilter => readFilter(search),
  loaderDeps: ({ search }) => search,
  loader: ({ context: { client }, deps }) => {
    if (hasRole(client)) void client.prefetchInfiniteQuery(tenantsQuery(deps));
  },
  component: lazyRouteComponent(() => import('../pages/tenants/tenants.tsx'), 'TenantsPage'),
});

const tenant = createRoute({
  getParentRoute: () => inside,
  path: '/tenants/$tenant',
  component: lazyRouteComponent(() => import('../pages/tenant/tenant.tsx'), 'TenantPage'),
});

const tenantTab = <const P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => tenant, path, component });

const tenantTabs = [
  tenantTab(
    '/',
    lazyRouteComponent(() => import('../pages/tenant/status-tab.tsx'), 'StatusTab'),
  ),
  tenantTab(
    '/config',
    lazyRouteComponent(() => import('../pages/tenant/config-tab.tsx'), 'ConfigTab'),
  ),
  tenantTab(
    '/prompts',
    lazyRouteComponent(() => import('../pages/tenant/files-tab.tsx'), 'PromptsTab'),
  ),
  tenantTab(
    '/prompts/$name',
    lazyRouteComponent(() => import('../pages/tenant/files-tab.tsx'), 'PromptTab'),
  ),
  tenantTab(
    '/skills',
    lazyRouteComponent(() => import('../pages/tenant/files-tab.tsx'), 'SkillsTab'),
  ),
  tenantTab(
    '/skills/$name',
    lazyRouteComponent(() => import('../pages/tenant/files-tab.tsx'), 'SkillTab'),
  ),
  createRoute({
    getParentRoute: () => tenant,
    path: '/events',
    validateSearch: (search: Record<string, unknown>): EventFilter => readEventFilter(search),
    component: lazyRouteComponent(() => import('../pages/tenant/events-tab.tsx'), 'EventsTab'),
  }),
  createRoute({
    getParentRoute: () => tenant,
    path: '/logs',
    validateSearch: (search: Record<string, unknown>): LogFilter => readLogFilter(search),
    component: lazyRouteComponent(() => import('../pages/tenant/logs-tab.tsx'), 'LogsTab'),
  }),
  createRoute({
    getParentRoute: () => tenant,
    path: '/history',
    validateSearch: (search: Record<string, unknown>): MomentFilter => readMomentFilter(search),
    component: lazyRouteComponent(() => import('../pages/tenant/history-tab.tsx'), 'HistoryTab'),
  }),
] as const;

const page = <const P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => inside, path, component });

const audit = createRoute({
  getParentRoute: () => inside,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditFilter => readAuditFilter(search),
  component: lazyRouteComponent(() => import('../pages/audit/audit.tsx'), 'AuditPage'),
});

const pages = [
  page(
    '/history',
    lazyRouteComponent(() => import('../pages/history/history.tsx'), 'HistoryPage'),
  ),
  page(
    '/history/$oid',
    lazyRouteComponent(() => import('../pages/history/commit.tsx'), 'CommitPage'),
  ),
  page(
    '/library',
    lazyRouteComponent(() => import('../pages/library/library.tsx'), 'LibraryPage'),
  ),
  page(
    '/library/$kind/$name',
    lazyRouteComponent(() => import('../pages/library/library-file.tsx'), 'LibraryFilePage'),
  ),
  page(
    '/nodes',
    lazyRouteComponent(() => import('../pages/nodes/nodes.tsx'), 'NodesPage'),
  ),
  page(
    '/nodes/$node',
    lazyRouteComponent(() => import('../pages/nodes/node.tsx'), 'NodePage'),
  ),
  page(
    '/channels',
    lazyRouteComponent(() => import('../pages/channels/channels.tsx'), 'ChannelsPage'),
  ),
  page(
    '/access',
    lazyRouteComponent(() => import('../pages/access/access.tsx'), 'AccessPage'),
  ),
  page(
    '/account',
    lazyRouteComponent(() => import('../pages/account/account.tsx'), 'AccountPage'),
  ),
  page(
    '/git-access',
    lazyRouteComponent(() => import('../pages/git/git.tsx'), 'GitPage'),
  ),
] as const;

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([
      signIn,
      signUp,
      inside.addChildren([overview, tenants, tenant.addChildren(tenantTabs), audit, ...pages]),
    ]),
    context: { client },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: Crashed,
  });
}
