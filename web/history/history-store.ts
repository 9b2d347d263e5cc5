import type { Commit } from '../../desired-state/git/port.ts';
import type { WireOutcome } from '../../schemas/link/status.ts';
import type { PlanView, TenantRun } from '../api/models/edit.ts';
import { nodesThatHad } from '../fleet/events.ts';
import type { Database, Queryable } from '../ports.ts';
import { asJson } from '../store/parameters.ts';
import { commitWords } from './commit-words.ts';
import type { Standing, TouchedTenant } from './progress.ts';

export interface CommitRow {
  readonly oid: string;
  readonly position: number;
  readonly author_name: string;
  readonly author_email: string;
  readonly subject: string;
  readonly body: string[];
  readonly edit: string | null;
  readonly at: number;
}

export interface TenantRow extends Standing {
  readonly oid: string;
  readonly tenant: string;
  readonly node: string;
  readonly kind: TouchedTenant['kind'];
  readonly at: number | null;
}

export type OpenRow = TenantRow & { readonly position: number };

/** The newest commits that were seen of the branch, newest first: their places along it. */
export function newestPositions(
  store: Queryable,
  limit: number,
): Promise<readonly { readonly oid: string; readonly position: number }[]> {
  return store.query('select oid, position from commit_seen order by position desc limit $1', [limit]);
}

/** Writes a commit down with the tenants that it touched. Answers false when it is there already. */
export async function addCommit(
  database: Database,
  commit: Commit,
  position: number,
  tenants: readonly TenantRow[],
  now: number,
): Promise<boolean> {
  const { oid, parents, author, time, message } = commit;
  const { subject, body, edit } = commitWords(message);
  return database.transaction(async (inside) => {
    const added = await inside.query<{ oid: string }>(
      `insert into commit_seen (oid, position, parent, author_name, author_email, subject, body, edit, at, seen_at)
       values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10) on conflict do nothing returning oid`,
      [oid, position, parents[0] ?? null, author.name, author.email, subject, asJson(body), edit, time, now],
    );
    if (added.length === 0) return false;
    await inside.query(
      `insert into commit_tenant (oid, tenant, node, kind, state, detail, at, seen_at)
       select oid, tenant, node, kind, state, detail, at, $2 from jsonb_to_recordset($1::jsonb)
       as row (oid text, tenant text, node text, kind text, state text, detail text, at bigint)`,
      [asJson(tenants), now],
    );
    return true;
  });
}

/** Writes down how far tenants have come. */
export async function setStandings(store: Queryable, rows: readonly TenantRow[]): Promise<void> {
  await store.query(
    `update commit_tenant set state = row.state, detail = row.detail, at = row.at
     from jsonb_to_recordset($1::jsonb) as row (oid text, tenant text, state text, detail text, at bigint)
     where commit_tenant.oid = row.oid and commit_tenant.tenant = row.tenant`,
    [asJson(rows)],
  );
}

/** Tenants of commits that have not come to where they are to be, oldest commit first. */
export function openRows(store: Queryable, since: number): Promise<readonly OpenRow[]> {
  return store.query(
    `select t.oid, t.tenant, t.node, t.kind, t.state, t.detail, t.at, c.position
     from commit_tenant t join commit_seen c using (oid)
     where c.position >= $1 and t.state not in ('converged', 'removed') order by c.position`,
    [since],
  );
}

/** The newest commits that touched each tenant, oldest first. */
export function touches(
  store: Queryable,
  since: number,
): Promise<readonly { readonly tenant: string; readonly oid: string; readonly position: number }[]> {
  return store.query(
    `select t.tenant, t.oid, c.position from commit_tenant t join commit_seen c using (oid)
     where c.position >= $1 order by c.position`,
    [since],
  );
}

export async function commitRow(store: Queryable, oid: string): Promise<CommitRow | null> {
  const [row] = await store.query<CommitRow>('select * from commit_seen where oid = $1', [oid]);
  return row ?? null;
}

/** @param tenants only commits that touched one of these; null: all. @param before only those below this place */
export function commitRows(
  store: Queryable,
  tenants: readonly string[] | null,
  limit: number,
  before: number | null,
): Promise<readonly CommitRow[]> {
  return store.query(
    `select c.* from commit_seen c
     where ($1::text[] is null or exists (select 1 from commit_tenant t where t.oid = c.oid and t.tenant = any ($1::text[])))
       and ($3::bigint is null or c.position < $3::bigint)
     order by c.position desc limit $2`,
    [tenants === null ? null : [...tenants], limit, before],
  );
}

export function tenantRows(store: Queryable, oids: readonly string[]): Promise<readonly TenantRow[]> {
  return store.query(
    `select oid, tenant, node, kind, state, detail, at from commit_tenant
     where oid = any ($1::text[]) order by tenant`,
    [[...oids]],
  );
}

export async function addPlan(store: Queryable, oid: string, plan: PlanView, at: number): Promise<void> {
  await store.query(
    'insert into commit_plan (oid, plan, at) values ($1, $2::jsonb, $3) on conflict (oid) do nothing',
    [oid, asJson(plan), at],
  );
}

export function plans(
  store: Queryable,
  oids: readonly string[],
): Promise<readonly { readonly oid: string; readonly plan: PlanView }[]> {
  return store.query('select oid, plan from commit_plan where oid = any ($1::text[])', [[...oids]]);
}

/**
 * Says of outcomes that came over the link which commit they are of: the newest one up to their revision that touched
 * their tenant. Those whose revision is not known yet are left for later; those of a node that never had the tenant, for
 * good.
 *
 * @param of only those of some tenants, or of a revision; nothing: all that are open
 * @returns the commits
 */
export async function attachOutcomes(
  store: Queryable,
  { tenants, revision }: { readonly tenants?: readonly string[]; readonly revision?: string },
): Promise<readonly string[]> {
  const rows = await store.query<{ oid: string }>(
    `update node_outcome set commit_oid = found.oid
     from (
       select o.id, (
         select t.oid from commit_tenant t join commit_seen c using (oid)
         where t.tenant = o.tenant and c.position <= r.position order by c.position desc limit 1
       ) as oid
       from node_outcome o join commit_seen r on r.oid = o.revision
       where o.commit_oid is null and o.node in (${nodesThatHad('o.tenant')}) and ($1::text[] is null or o.tenant = any ($1::text[])) and ($2::text is null or o.revision = $2)
     ) as found
     where node_outcome.id = found.id and found.oid is not null returning found.oid`,
    [tenants === undefined ? null : [...tenants], revision ?? null],
  );
  return [...new Set(rows.map(({ oid }) => oid))];
}

export function outcomes(
  store: Queryable,
  oids: readonly string[],
): Promise<readonly { readonly oid: string; readonly tenant: string; readonly outcome: WireOutcome }[]> {
  return store.query(
    'select commit_oid as oid, tenant, outcome from node_outcome where commit_oid = any ($1::text[]) order by at, id limit 2000',
    [[...oids]],
  );
}

export type RunRow = TenantRun & { readonly tenant: string };

/** In their order: of two runs of one moment the later one counts. */
export async function addRuns(store: Queryable, runs: readonly RunRow[]): Promise<void> {
  await store.query(
    `insert into tenant_run (tenant, node, at, revision, commit_oid, image, image_id, container_id, state, phase)
     select tenant, node, at, revision, commit, image, "imageId", "containerId", state, phase
     from rows from (jsonb_to_recordset($1::jsonb)
       as (tenant text, node text, at bigint, revision text, commit text, image text, "imageId" text,
         "containerId" text, state text, phase text)) with ordinality
       as row (tenant, node, at, revision, commit, image, "imageId", "containerId", state, phase, place)
     order by place`,
    [asJson(runs)],
  );
}

const RUN = `node, at, revision, commit_oid as commit, image, image_id as "imageId",
  container_id as "containerId", state, phase`;

/** What ran for a tenant at a moment; null when nothing is known of then. */
export async function runAt(store: Queryable, tenant: string, at: number): Promise<TenantRun | null> {
  const [row] = await store.query<TenantRun>(
    `select ${RUN} from tenant_run where tenant = $1 and at <= $2 order by at desc, id desc limit 1`,
    [tenant, at],
  );
  return row ?? null;
}

/** What was last written down for each tenant. */
export function lastRuns(store: Queryable): Promise<readonly RunRow[]> {
  return store.query(
    `select distinct on (tenant) tenant, ${RUN} from tenant_run order by tenant, at desc, id desc`,
  );
}
