import { withChanged } from '../desired-state/changed-names.ts';
import { own } from '../schemas/own.ts';
import { Backoff, earliest } from './backoff.ts';
import type { Log } from './log.ts';
import type { Refusal } from './plan/plan.ts';
import type { Clock } from './ports.ts';

/** What of a tenant is tried: to look at him. */
const subject = 'look';

/**
 * Tenants that could not be looked at while others could: the engine does not show a container of theirs, or the disk a
 * file. Nothing is done to them until they are seen, for what is not seen is not absent; and nobody else waits for them.
 */
export class UnreadableTenants {
  readonly #backoff: Backoff;
  readonly #log: Log;
  #reasons: ReadonlyMap<string, string> = new Map();

  constructor(clock: Clock, log: Log) {
    this.#backoff = new Backoff(clock);
    this.#log = log;
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#reasons.keys());
  }

  /**
   * Notes what a look has found.
   * @param looked who was looked at
   * @param failed of those, the ones that could not be seen, with the reasons
   */
  note(looked: 'all' | ReadonlySet<string>, failed: ReadonlyMap<string, string>): void {
    if (this.#reasons.size === 0 && failed.size === 0) return;
    const reasons = new Map(this.#reasons);
    for (const tenant of this.#reasons.keys()) {
      if (looked !== 'all' && !looked.has(tenant)) continue;
      if (failed.has(tenant)) continue;
      reasons.delete(tenant);
      this.#backoff.succeeded(tenant);
      this.#log.info({ tenant }, 'it can be looked at again');
    }
    for (const [tenant, reason] of failed) {
      if (reasons.get(tenant) !== reason) this.#log.warn({ tenant }, `it cannot be looked at: ${reason}`);
      reasons.set(tenant, reason);
      this.#backoff.failed(tenant, subject, false);
    }
    this.#reasons = reasons;
  }

  /** Reasons to leave tenants as they are, with those found here. */
  withRefusals(given: Readonly<Record<string, readonly Refusal[]>>): typeof given {
    const more = new Map<string, readonly Refusal[]>();
    for (const [tenant, reason] of this.#reasons) {
      const message = `${reason}. It is left as it is until it can be looked at again; the others are not held up`;
      more.set(tenant, [...(own(given, tenant) ?? []), { reason: 'unreadable', message }]);
    }
    return more.size === 0 ? given : withChanged(given, more);
  }

  /** Those that may be looked at again now. */
  due(): string[] {
    return [...this.#reasons.keys()].filter((tenant) => this.#backoff.wait(tenant, subject) === 0);
  }

  /** Milliseconds until the first of them may be looked at again; null when there is none. */
  nextMs(): number | null {
    return earliest(...[...this.#reasons.keys()].map((tenant) => this.#backoff.wait(tenant, subject)));
  }
}
