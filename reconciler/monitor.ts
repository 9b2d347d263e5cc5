import pLimit from 'p-limit';
import type { HealthCheck } from '../desired-state/model.ts';
import { DueList } from './due-list.ts';
import type { ObservedContainer } from './plan/observed.ts';
import type { Clock, Probe } from './ports.ts';
import type { HealthStatus } from './report/status.ts';

/** A tenant that should run, with its check and its container. */
export interface Running {
  readonly health: HealthCheck | null;
  readonly container: ObservedContainer;
}

interface Watched extends Running {
  readonly known: HealthStatus;
  readonly failures: number;
  readonly due: number;
}

const none: HealthStatus = { state: 'none', detail: '' };
const unasked: ReadonlySet<string> = new Set();

/**
 * The health of running tenants between changes, asked by the reconciler itself at each check's own interval. It only
 * reports: an unhealthy runtime is shown as degraded and not restarted, because a restart rarely mends what a runtime
 * waits for, and takes away what a person would look at.
 */
export class HealthMonitor {
  readonly #probe: Probe;
  readonly #clock: Clock;
  readonly #watched = new Map<string, Watched>();
  /** An entry counts only while it is when the tenant is due. */
  readonly #due = new DueList();
  readonly #limit = pLimit(32);

  constructor(probe: Probe, clock: Clock) {
    this.#probe = probe;
    this.#clock = clock;
  }

  healthOf(tenant: string): HealthStatus {
    return this.#watched.get(tenant)?.known ?? none;
  }

  /** Watches a tenant, or no longer (null). Another container is asked at once, the same one when it is due. */
  follow(tenant: string, running: Running | null): void {
    const before = this.#watched.get(tenant);
    if (running === null) {
      this.#watched.delete(tenant);
    } else if (before !== undefined && before.container.id === running.container.id) {
      this.#watched.set(tenant, { ...before, ...running });
    } else {
      this.#set(tenant, { ...running, known: none, failures: 0, due: this.#clock.monotonic() });
    }
  }

  /**
   * Looks at every tenant whose check is due. Answers the tenants whose health is another than before.
   *
   * @param busy tenants whose steps run: they are not asked now, and what was known of them stays
   */
  async look(busy: ReadonlySet<string> = unasked): Promise<string[]> {
    const now = this.#clock.monotonic();
    const found = new Set<string>();
    for (let entry = this.#due.takeDue(now); entry !== null; entry = this.#due.takeDue(now)) {
      if (this.#watched.get(entry.name)?.due === entry.due) found.add(entry.name);
    }
    const asked = [...found].filter((tenant) => !busy.has(tenant));
    for (const tenant of found) {
      if (busy.has(tenant)) this.#due.push(tenant, this.#watched.get(tenant)?.due ?? now);
    }
    const changed = await Promise.all(asked.map((tenant) => this.#limit(() => this.#one(tenant))));
    return asked.filter((_, index) => changed[index]);
  }

  async #one(tenant: string): Promise<boolean> {
    const before = this.#watched.get(tenant);
    if (before === undefined) return false;
    const began = this.#clock.monotonic();
    const next = await this.#check(before.health, before.container, before);
    const now = this.#watched.get(tenant);
    // Another container took its place while the old one was asked.
    if (now === undefined || now.container.id !== before.container.id) return false;
    const due = began + (now.health?.intervalMs ?? 30_000);
    const same = sameButForTime(before.known, next.health);
    this.#set(tenant, { ...now, known: same ? before.known : next.health, failures: next.failures, due });
    return before.known.state !== next.health.state;
  }

  #set(tenant: string, watched: Watched): void {
    this.#watched.set(tenant, watched);
    this.#due.push(tenant, watched.due);
  }

  async #check(
    health: HealthCheck | null,
    container: ObservedContainer,
    before: Watched,
  ): Promise<{ health: HealthStatus; failures: number }> {
    if (health === null) return { health: none, failures: 0 };
    if (health.type === 'exec') {
      return {
        health: {
          state: container.health ?? 'unknown',
          detail: `Docker says ${container.health ?? 'nothing'}`,
        },
        failures: 0,
      };
    }
    const address = Object.values(container.addresses).find((candidate) => candidate !== '');
    if (container.state !== 'running' || address === undefined) {
      return { health: { state: 'unknown', detail: 'it does not run' }, failures: 0 };
    }
    const result = await this.#probe.http(
      { address, port: health.port, path: health.path },
      health.timeoutMs,
    );
    if (result.healthy) return { health: { state: 'healthy', detail: result.detail }, failures: 0 };
    const count = before.failures + 1;
    // As Docker has it: what was healthy stays so until enough checks have failed in a row.
    const still = before.known.state === 'healthy' ? 'healthy' : 'starting';
    const state = count >= health.retries ? 'unhealthy' : still;
    const failed = count === 1 ? '1 check' : `${count} checks in a row`;
    return {
      health: { state, detail: `${failed} failed, the last with: ${result.detail}` },
      failures: count,
    };
  }
}

/** How long an answer took is no news. */
function sameButForTime(a: HealthStatus, b: HealthStatus): boolean {
  const words = ({ detail }: HealthStatus): string => detail.replace(/ in \d+ ms$/, '');
  return a.state === b.state && words(a) === words(b);
}
