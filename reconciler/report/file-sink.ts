import pLimit from 'p-limit';
import type { TenantResult } from '../apply/run.ts';
import { PiecedDocument } from '../pieces.ts';
import type { StateStore } from '../ports.ts';
import type { NodeStatus, StatusSink, TenantStatus } from './status.ts';

/** Names of the documents in a node's data folder that the command line reads. */
const statusDocument = 'status';
export const historyLog = 'history';

/** Outcomes that are kept on the node. */
const keepOutcomes = 5_000;

/** A tenant's status in a piece; without a revision it is at the node's, so that a commit does not rewrite them all. */
type StoredStatus = Omit<TenantStatus, 'revision'> & Partial<Pick<TenantStatus, 'revision'>>;

/** The node's own copy needs no more than the status itself. */
export interface FileSink extends StatusSink {
  publish(status: NodeStatus): Promise<void>;
}

/** The status as a document and the outcomes as a log, in the node's data folder. */
export function fileSink(state: StateStore): FileSink {
  const document = new PiecedDocument(state, statusDocument);
  // A look at the health and the end of a pass may report at the same time; a document has one writer.
  const one = pLimit(1);
  const stored = new Map<string, StoredStatus>();
  let published: NodeStatus | null = null;
  /** Tenants whose status on disk is not the newest. */
  let unwritten = new Set<string>();
  return {
    publish: (status: NodeStatus) =>
      one(async () => {
        for (const name of changedIn(stored, status, published)) unwritten.add(name);
        published = status;
        const { tenants: _, ...head } = status;
        await document.write({ head, whole: () => status, entries: stored, changed: unwritten });
        unwritten = new Set();
      }),
    record: (result: TenantResult) => state.append(historyLog, result, keepOutcomes),
    // What happened is in the status and the history as far as the node's own people need it.
    event: () => undefined,
  };
}

/** The status that was written last; null when there is none. Its form was this program's own, and is checked for that. */
export async function readStatus(state: StateStore): Promise<NodeStatus | null> {
  const { main, pieces } = await new PiecedDocument(state, statusDocument).read();
  if (!isHead(main)) return null;
  if (isWhole(main)) return main;
  const tenants = pieces
    .flatMap((piece): unknown[] => Object.values(piece ?? {}))
    .filter(isTenantStatus)
    .map((tenant): TenantStatus => ({ ...tenant, revision: revisionOf(tenant, main) }))
    .sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
  const { pieces: _, ...head } = main;
  return { ...head, tenants };
}

/** Brings `stored` up to a status; answers the tenants in which it was another. */
function changedIn(
  stored: Map<string, StoredStatus>,
  status: NodeStatus,
  before: NodeStatus | null,
): string[] {
  const changed: string[] = [];
  const sameRevision = before?.revision === status.revision;
  for (let at = 0; at < status.tenants.length; at += 1) {
    const tenant = status.tenants[at];
    if (tenant === undefined || (sameRevision && before.tenants[at] === tenant)) continue;
    const known = stored.get(tenant.tenant);
    if (known !== undefined && isStoredAs(tenant, known, status.revision)) continue;
    const { revision, ...rest } = tenant;
    stored.set(tenant.tenant, revision === status.revision ? rest : tenant);
    changed.push(tenant.tenant);
  }
  if (stored.size === status.tenants.length) return changed;
  const present = new Set(status.tenants.map(({ tenant }) => tenant));
  for (const name of stored.keys()) if (!present.has(name) && stored.delete(name)) changed.push(name);
  return changed;
}

/** Statuses that did not change are made of the same objects from pass to pass. */
function isStoredAs(tenant: TenantStatus, before: StoredStatus, revision: string): boolean {
  if (tenant === before) return tenant.revision !== revision;
  const same = (name: string): boolean => Reflect.get(tenant, name) === Reflect.get(before, name);
  const expected = tenant.revision === revision ? undefined : tenant.revision;
  return (
    before.revision === expected && Object.keys(tenant).every((name) => name === 'revision' || same(name))
  );
}

function revisionOf(tenant: StoredStatus, head: Pick<NodeStatus, 'revision'>): string | null {
  return tenant.revision === undefined ? head.revision : tenant.revision;
}

/** What is read was written by this program and carries a checksum: looking at what tells the forms apart is enough. */
type StoredHead = Omit<NodeStatus, 'tenants'> & { readonly pieces?: unknown };

function isHead(value: unknown): value is StoredHead {
  return typeof value === 'object' && value !== null && 'node' in value && 'lastPass' in value;
}

function isWhole(value: StoredHead): value is NodeStatus {
  return 'tenants' in value;
}

function isTenantStatus(value: unknown): value is StoredStatus {
  return typeof value === 'object' && value !== null && 'tenant' in value && 'phase' in value;
}
