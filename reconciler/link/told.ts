import { isDeepStrictEqual } from 'node:util';
import type { TenantResources } from '../../renderers/resource.ts';
import type { LinkEntry } from '../../schemas/link/messages.ts';
import type { WireNodeHead } from '../../schemas/link/status.ts';
import type { NodeStatus, StatusBasis, TenantStatus } from '../report/status.ts';
import type { PieceMaker } from './pieces.ts';
import { type Hide, type Known, redactChange } from './redact.ts';

/** Tenants in one entry at most: an entry is a message, and a row's worth of work at the other end. */
const tenantsAnEntry = 50;

interface ToldStatus {
  /** The status that was told, before it was redacted. */
  readonly status: TenantStatus;
  /** Its revision as the other end has it by now. */
  readonly revision: string | null;
}

/**
 * Knows what the control node was told of this node's tenants, and says what is new. Whoever loses entries says so, and
 * is told everything again.
 */
export class Told {
  readonly #pieces: PieceMaker;
  readonly #hide: Hide;
  readonly #statuses = new Map<string, ToldStatus>();
  readonly #digests = new Map<string, string>();
  /** What Git says and said before, newest first. */
  readonly #known = new Map<string, Known>();
  #head: { readonly text: string; readonly baseRevision: string } | null = null;
  #shared = '';
  #whole = true;

  constructor(pieces: PieceMaker, hide: Hide) {
    this.#pieces = pieces;
    this.#hide = hide;
  }

  /** The next entries tell everything. */
  forget(): void {
    this.#whole = true;
    this.#statuses.clear();
    this.#digests.clear();
    this.#head = null;
    this.#shared = '';
  }

  /** Entries for what is new, in the order in which they are to arrive; none when nothing is. */
  entries(status: NodeStatus, basis: StatusBasis): LinkEntry[] {
    this.#learn(basis.wanted);
    const whole = this.#whole;
    this.#whole = false;
    return [...this.#snapshot(basis, whole), ...this.#status(status, whole)];
  }

  #snapshot(basis: StatusBasis, whole: boolean): LinkEntry[] {
    const names = new Set([...Object.keys(basis.observed.tenants), ...Object.keys(basis.wanted)]);
    const changed: { tenant: string; digest: string; value: unknown }[] = [];
    for (const tenant of names) {
      const { digest, value } = this.#pieces.tenant(tenant, basis, this.#known.get(tenant) ?? nothing);
      if (this.#digests.get(tenant) === digest) continue;
      this.#digests.set(tenant, digest);
      changed.push({ tenant, digest, value });
    }
    const removed = this.#gone(this.#digests, names);
    const shared = this.#pieces.shared(basis);
    const isNew = shared.digest !== this.#shared;
    this.#shared = shared.digest;
    if (changed.length === 0 && removed.length === 0 && !isNew && !whole) return [];
    return inParts(changed).map((tenants, index, { length }) => ({
      kind: 'snapshot',
      tenants,
      removed: index === 0 ? removed : [],
      ...(isNew && index === 0 ? { shared } : {}),
      ...(whole && index === length - 1 ? { present: [...names] } : {}),
    }));
  }

  #status(status: NodeStatus, whole: boolean): LinkEntry[] {
    const before = this.#head?.baseRevision ?? null;
    const changed = status.tenants.filter((tenant) => !this.#isTold(tenant, before, status.baseRevision));
    const names = new Set(status.tenants.map(({ tenant }) => tenant));
    const removed = this.#gone(this.#statuses, names);
    const head = headOf(status);
    // When it was made and what it cost is no news.
    const { at: _, lastPass: __, ...facts } = head;
    const text = JSON.stringify(facts);
    if (changed.length === 0 && removed.length === 0 && this.#head?.text === text && !whole) return [];
    const named = new Set(changed.map(({ tenant }) => tenant));
    for (const tenant of changed) {
      this.#statuses.set(tenant.tenant, { status: tenant, revision: tenant.revision });
    }
    for (const [name, told] of this.#statuses) {
      // These went with the node's revision.
      if (told.revision !== null && told.revision === before && !named.has(name)) {
        this.#statuses.set(name, { ...told, revision: status.baseRevision });
      }
    }
    this.#head = { text, baseRevision: status.baseRevision };
    return inParts(changed).map((tenants, index, { length }) => ({
      kind: 'status',
      head,
      tenants: tenants.map((tenant) => this.#redacted(tenant)),
      removed: index === 0 ? removed : [],
      ...(whole && index === length - 1 ? { present: [...names] } : {}),
    }));
  }

  /** Whether the other end has this status, or makes it from the node's head. */
  #isTold(tenant: TenantStatus, before: string | null, now: string): boolean {
    const told = this.#statuses.get(tenant.tenant);
    if (told === undefined || !sameButRevision(told.status, tenant)) return false;
    const expected = told.revision !== null && told.revision === before ? now : told.revision;
    return expected === tenant.revision;
  }

  #redacted(status: TenantStatus): Extract<LinkEntry, { kind: 'status' }>['tenants'][number] {
    const known = this.#known.get(status.tenant) ?? nothing;
    const { changes, refusals, problems, lastResult, ...rest } = status;
    return {
      ...rest,
      changes: changes.map((change) => {
        const { fields, ...others } = redactChange(change, known, this.#hide);
        return { ...others, fields: [...fields] };
      }),
      refusals: [...refusals],
      problems: [...problems],
      lastResult: lastResult === null ? null : { ...lastResult, steps: [...lastResult.steps] },
    };
  }

  #learn(wanted: Readonly<Record<string, TenantResources>>): void {
    for (const tenant in wanted) {
      const resources = wanted[tenant];
      const [newest, ...older] = this.#known.get(tenant) ?? nothing;
      if (resources === undefined || newest === resources) continue;
      this.#known.set(tenant, newest === undefined ? [resources] : [resources, newest, ...older.slice(0, 1)]);
    }
  }

  #gone(told: Map<string, unknown>, present: ReadonlySet<string>): string[] {
    if (told.size === present.size) return [];
    const gone = [...told.keys()].filter((name) => !present.has(name));
    for (const name of gone) {
      told.delete(name);
      this.#pieces.forget(name);
    }
    return gone;
  }
}

const nothing: Known = [];

/** At least one part, also of nothing. */
function inParts<T>(items: readonly T[]): T[][] {
  const count = Math.max(1, Math.ceil(items.length / tenantsAnEntry));
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * tenantsAnEntry, (index + 1) * tenantsAnEntry),
  );
}

/** Statuses that did not change are mostly made of the same objects from pass to pass. */
function sameButRevision(a: TenantStatus, b: TenantStatus): boolean {
  if (a === b) return true;
  const same = (name: string): boolean => {
    const was: unknown = Reflect.get(a, name);
    const is: unknown = Reflect.get(b, name);
    return was === is || isDeepStrictEqual(was, is);
  };
  return Object.keys(b).every((name) => name === 'revision' || same(name));
}

function headOf({ tenants: _, ...head }: NodeStatus): WireNodeHead {
  return {
    ...head,
    holds: head.holds.map((hold) => ({ ...hold, tenants: [...hold.tenants] })),
    retained: [...head.retained],
    problems: [...head.problems],
    notActedOn: [...head.notActedOn],
  };
}
