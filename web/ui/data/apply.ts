import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import { own } from '../../../schemas/own.ts';
import type { CommitProgress, HistoryPage } from '../../api/models/edit.ts';
import type { ServerMessage } from '../../api/models/live.ts';
import type { NodeList, NodeView, Overview } from '../../api/models/platform.ts';
import type { TenantDetail, TenantEvent, TenantPage, TenantSummary } from '../../api/models/tenant.ts';
import { byOrder, matches, type TenantQuery } from '../../api/models/tenant-query.ts';
import { kindOf } from '../words/event.ts';
import { type EventPages, withEvent } from './event-pages.ts';
import type { Gatherer } from './gather.ts';

/**
 * Writes what the socket says into what the page has read. What a message tells whole is put in place; what it only
 * hints at (counts, details) is read again, gathered, so that a thousand messages are one question.
 */
export function applyMessage(client: QueryClient, gather: Gatherer, message: ServerMessage): void {
  switch (message.type) {
    case 'tenant':
      return applyTenant(client, gather, message.tenant);
    case 'tenant-gone':
      return gather(['tenants'], ['overview'], ['tenant', message.name]);
    case 'event':
      return applyEvent(client, gather, message.event);
    case 'node':
      return applyNode(client, gather, message.node);
    case 'attention':
      return applyAttention(client, gather, message.waiting);
    case 'revision':
      return gather(...ofRevision);
    case 'progress':
      return applyProgress(client, gather, message.progress);
    case 'gap':
      return gather([]);
    case 'subscribed':
      return gather(...message.topics.flatMap((topic) => own(told, topic) ?? []));
    case 'log':
    case 'pong':
    case 'refused':
      return;
  }
}

/** What is read from Git: any commit may have changed it. */
const ofRevision: readonly QueryKey[] = [
  ['overview'],
  ['history'],
  ['nodes'],
  ['node'],
  ['channels'],
  ['files'],
  ['file'],
  ['access'],
];

/**
 * What a topic keeps right, from its subscription on: what was read before is read once more, for what changed in between
 * nobody tells. Of a single tenant the server tells by itself what is now.
 */
const told: Readonly<Record<string, readonly QueryKey[] | undefined>> = {
  tenants: [['tenants'], ['overview']],
  nodes: [['nodes'], ['overview']],
  commits: [['history'], ['overview']],
};

function applyTenant(client: QueryClient, gather: Gatherer, tenant: TenantSummary): void {
  const lists = client.getQueriesData<TenantList>({ queryKey: ['tenants'] });
  let counted = false;
  let known = false;
  for (const [key, list] of lists) {
    if (list === undefined) continue;
    const old = list.pages.flatMap(({ items }) => items).find(({ name }) => name === tenant.name);
    if (old !== undefined) client.setQueryData(key, replaceTenant(list, tenant));
    if (movesRows(key[1] as TenantQuery, list, old, tenant)) gather(['tenants']);
    else if (old === undefined) counted = true;
    if (old?.phase === tenant.phase) known = true;
  }
  client.setQueryData<TenantDetail>(['tenant', tenant.name, 'status'], (detail) =>
    detail === undefined ? detail : { ...detail, summary: tenant },
  );
  gather(['tenant', tenant.name, 'status'], ['tenant', tenant.name, 'drift'], ['channels']);
  // Phases are counted, and what needs attention sorted, by the server.
  if (counted) gather(['counts']);
  if (!known) gather(['overview']);
}

type TenantList = InfiniteData<TenantPage>;

/** Whether the rows that are loaded are others, or in another order, with what a tenant is now. */
function movesRows(
  query: TenantQuery,
  { pages }: TenantList,
  old: TenantSummary | undefined,
  tenant: TenantSummary,
): boolean {
  const compare = byOrder(query.sort ?? 'attention');
  const fits = matches(query)?.(tenant) ?? true;
  if (old !== undefined) return !fits || old.phase !== tenant.phase || compare(old, tenant) !== 0;
  if (!fits) return false;
  const end = pages.at(-1);
  const last = end?.items.at(-1);
  // Behind what is loaded there may be anything.
  return end?.next == null || last === undefined || compare(tenant, last) < 0;
}

function replaceTenant(data: TenantList, tenant: TenantSummary): TenantList {
  const replace = (item: TenantSummary) => (item.name === tenant.name ? tenant : item);
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(replace) })) };
}

function applyEvent(client: QueryClient, gather: Gatherer, event: TenantEvent): void {
  if (event.tenant === null) return;
  const { type, data } = event;
  if (type === 'qr' && typeof data['code'] === 'string' && typeof data['expiresAt'] === 'number') {
    const qr = { code: data['code'], expiresAt: data['expiresAt'] };
    client.setQueryData<TenantDetail>(['tenant', event.tenant, 'status'], (detail) =>
      detail === undefined ? detail : { ...detail, whatsapp: { ...detail.whatsapp, qr } },
    );
  }
  const lists = client.getQueriesData<EventPages>({ queryKey: ['tenant', event.tenant, 'events'] });
  for (const [key, data] of lists) {
    const kind = key.at(-1);
    // What passes and is not kept has no number.
    if (event.id !== 0 && data !== undefined && (kind === null || kind === kindOf(type)))
      client.setQueryData(key, withEvent(data, event));
  }
  // Codes and their end are in the status.
  if (!event.type.includes('/')) gather(['tenant', event.tenant, 'status']);
}

function applyNode(client: QueryClient, gather: Gatherer, node: NodeView): void {
  client.setQueryData<NodeList>(['nodes'], (list) =>
    list === undefined
      ? list
      : { ...list, items: list.items.map((item) => (item.name === node.name ? node : item)) },
  );
  client.setQueryData(['node', node.name], node);
  gather(['overview']);
}

/** The number stands on every page; what it is of is read again for who looks. */
function applyAttention(client: QueryClient, gather: Gatherer, waiting: number): void {
  client.setQueryData<Overview>(['overview'], (known) =>
    known === undefined ? known : { ...known, waiting },
  );
  gather(['overview']);
}

function applyProgress(client: QueryClient, gather: Gatherer, progress: CommitProgress): void {
  const { oid } = progress.commit;
  const key = ['commit', oid];
  // What is not known yet is read whole: progress alone has neither plan nor outcomes.
  if (client.getQueryData(key) === undefined) gather(key);
  else client.setQueryData<CommitProgress>(key, (known) => ({ ...known, ...progress }));
  const overview = client.getQueryData<Overview>(['overview']);
  if (overview !== undefined) {
    const commits = overview.commits.map((one) => (one.commit.oid === oid ? progress : one));
    client.setQueryData<Overview>(['overview'], { ...overview, commits });
    if (!overview.commits.some(isOf(oid)) && isNewer(progress, overview.commits)) gather(['overview']);
  }
  let missing = false;
  let settled = false;
  for (const [key, data] of client.getQueriesData<InfiniteData<HistoryPage>>({ queryKey: ['history'] })) {
    if (data === undefined) continue;
    const all = data.pages.flatMap(({ items }) => items);
    if (all.some(isOf(oid))) settled ||= progress.converged >= progress.affected;
    else missing ||= touches(progress, key[1]) && isNewer(progress, all);
    const items = (page: HistoryPage) =>
      page.items.map((item) => (item.commit.oid === oid ? { ...item, ...progress } : item));
    client.setQueryData(key, { ...data, pages: data.pages.map((page) => ({ ...page, items: items(page) })) });
  }
  // Outcomes come with the history alone.
  if (missing || settled) gather(['history']);
}

const isOf =
  (oid: string) =>
  ({ commit }: CommitProgress): boolean =>
    commit.oid === oid;

/** Whether a commit has its place among those that are loaded; an older one is read when somebody goes there. */
function isNewer({ commit }: CommitProgress, loaded: readonly CommitProgress[]): boolean {
  const last = loaded.at(-1);
  return last === undefined || commit.at >= last.commit.at;
}

/** Whether a commit stands in a history: in that of all, or of a tenant that it touched. */
function touches({ tenants }: CommitProgress, of: unknown): boolean {
  return of === null || tenants.some(({ tenant }) => tenant === of);
}
