import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { CommitProgress, HistoryPage } from '../../api/models/edit.ts';
import type { GitTokens } from '../../api/models/git-token.ts';
import type {
  AccessList,
  AuditPage,
  ChannelList,
  Me,
  NodeList,
  NodeView,
  Overview,
} from '../../api/models/platform.ts';
import type {
  EventPage,
  FileList,
  FileView,
  TenantDetail,
  TenantDrift,
  TenantPage,
} from '../../api/models/tenant.ts';
import type { JsonSchema } from '../form/schema.ts';
import { type AuditFilter, auditApiQuery } from '../words/audit-filter.ts';
import type { EventKind } from '../words/event.ts';
import { filterQuery, type TenantFilter } from '../words/filters.ts';
import { get, rememberCsrf } from './http.ts';
import { untold } from './untold.ts';

/** Everything that the page reads. Nothing is asked twice: the socket says what has changed. */

const at = (name: string): string => encodeURIComponent(name);
const withQuery = (path: string, query: Readonly<Record<string, string | null | undefined>>): string => {
  const given = Object.entries(query).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
};

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    const me = await get<Me>('/v1/me', signal);
    rememberCsrf(me.csrf);
    return me;
  },
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => get<Overview>('/v1/overview', signal),
});

export const tenantsQuery = (filter: TenantFilter) =>
  infiniteQueryOptions({
    queryKey: ['tenants', filterQuery(filter)],
    queryFn: ({ pageParam, signal }) =>
      get<TenantPage>(
        withQuery('/v1/tenants', { ...filterQuery(filter), limit: '200', cursor: pageParam }),
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });

export const tenantQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['tenant', tenant, 'status'],
    queryFn: ({ signal }) => get<TenantDetail>(`/v1/tenants/${at(tenant)}/status`, signal),
  });

export const driftQuery = (tenant: string) =>
  queryOptions({
    queryKey: ['tenant', tenant, 'drift'],
    queryFn: ({ signal }) => get<TenantDrift>(`/v1/tenants/${at(tenant)}/drift`, signal),
  });

/** A file that can be edited, by its own address in the API. */
export const fileQuery = (path: string) =>
  queryOptions({
    queryKey: ['file', path],
    queryFn: ({ signal }) => get<FileView>(path, signal),
  });

export const filesQuery = (path: string) =>
  queryOptions({
    queryKey: ['files', path],
    queryFn: ({ signal }) => get<FileList>(path, signal),
  });

export const schemaQuery = (address: string) =>
  queryOptions({
    queryKey: ['schema', address],
    queryFn: ({ signal }) => get<JsonSchema>(address, signal),
  });

/** What happened to a tenant, all or of one kind. */
export const eventsQuery = (tenant: string, kind: EventKind | null) =>
  infiniteQueryOptions({
    queryKey: ['tenant', tenant, 'events', kind],
    queryFn: ({ pageParam, signal }) =>
      get<EventPage>(
        withQuery(`/v1/tenants/${at(tenant)}/events`, { kind, limit: '100', before: pageParam }),
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });

/** All commits, or those that touched one tenant. */
export const historyQuery = (tenant: string | null) =>
  infiniteQueryOptions({
    queryKey: ['history', tenant],
    queryFn: ({ pageParam, signal }) =>
      get<HistoryPage>(
        withQuery(tenant === null ? '/v1/history' : `/v1/tenants/${at(tenant)}/history`, {
          limit: '50',
          before: pageParam,
        }),
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });

export type CommitDetail = HistoryPage['items'][number];

export const commitQuery = (oid: string) =>
  queryOptions({
    queryKey: ['commit', oid],
    queryFn: ({ signal }) => get<CommitDetail | CommitProgress>(`/v1/commits/${at(oid)}`, signal),
  });

export const nodesQuery = queryOptions({
  queryKey: ['nodes'],
  queryFn: ({ signal }) => get<NodeList>('/v1/nodes', signal),
});

export const nodeQuery = (node: string) =>
  queryOptions({
    queryKey: ['node', node],
    queryFn: ({ signal }) => get<NodeView>(`/v1/nodes/${at(node)}`, signal),
  });

export const channelsQuery = queryOptions({
  queryKey: ['channels'],
  queryFn: ({ signal }) => get<ChannelList>('/v1/channels', signal),
});

export const gitTokensQuery = queryOptions({
  queryKey: ['git-tokens'],
  queryFn: ({ signal }) => get<GitTokens>('/v1/git-tokens', signal),
  ...untold,
});

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      get<AuditPage>(
        withQuery('/v1/audit', { ...auditApiQuery(filter), limit: '100', before: pageParam }),
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    ...untold,
  });

/** Who has which role is told with each revision, who signed up and was invited by nobody. */
export const accessQuery = queryOptions({
  queryKey: ['access'],
  queryFn: ({ signal }) => get<AccessList>('/v1/access', signal),
  ...untold,
});
