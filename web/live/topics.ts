import { judge, seesTenant } from '../access/judge.ts';
import { accessTable } from '../access/table.ts';
import type { Caller } from '../ports.ts';

export type Topic =
  | { readonly kind: 'tenants' | 'nodes' | 'commits' | 'attention' }
  | { readonly kind: 'tenant' | 'logs'; readonly tenant: string };

/** What a client names; null for anything else. */
export function topicOf(text: string): Topic | null {
  if (text === 'tenants' || text === 'nodes' || text === 'commits' || text === 'attention')
    return { kind: text };
  const [, kind, tenant] = /^(tenant|logs):([a-z0-9]([a-z0-9-]*[a-z0-9])?)$/.exec(text) ?? [];
  if (tenant === undefined) return null;
  return { kind: kind === 'tenant' ? 'tenant' : 'logs', tenant };
}

/**
 * Why a caller may not have a topic: the words of the route that tells the same; null when he may.
 */
export function refusalOf(topic: Topic, caller: Caller): string | null {
  switch (topic.kind) {
    case 'tenants':
      return judge(accessTable['GET /v1/tenants'], caller, null)?.message ?? null;
    case 'nodes':
      return judge(accessTable['GET /v1/nodes'], caller, null)?.message ?? null;
    case 'commits':
      return judge(accessTable['GET /v1/history'], caller, null)?.message ?? null;
    case 'attention':
      return judge(accessTable['GET /v1/overview'], caller, null)?.message ?? null;
    case 'tenant':
      return judge(accessTable['GET /v1/tenants/:tenant/status'], caller, topic.tenant)?.message ?? null;
    case 'logs':
      return judge(accessTable['GET /v1/tenants/:tenant/logs'], caller, topic.tenant)?.message ?? null;
    default:
      return topic satisfies never;
  }
}

/** Whether somebody who follows these topics is to know of a tenant's state. */
export function followsTenant(topics: ReadonlySet<string>, caller: Caller, tenant: string): boolean {
  return (topics.has('tenants') || topics.has(`tenant:${tenant}`)) && seesTenant(caller, tenant);
}
