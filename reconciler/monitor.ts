import type { HealthCheck } from '../desired-state/model.ts';
import { DueList } from './due-list.ts';
import { PatientPlaces } from './patient-places.ts';
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
 * Milliseconds between looks, about: often enough that what a look asks of thousands is soon over, for what else there is
 * to do waits meanwhile.
 */
export const lookMs = 200;
/** At least so many tenants are asked at each look, whatever their intervals. */
const leastPerLook = 50;
/** Health requests that are begun and not yet answered: at most so many, those not counted that are not answered soon. */
const youngRequests = 64;
/** Milliseconds after which a request keeps nobody waiting: a runtime that answers at all takes a few. */
const patienceMs = 500;
/** More than what is due by the intervals, so that what is late is caught up with. */
const headroom = 1.25;

/**
 * The health of running tenants between changes, asked by the reconciler itself at each check's own interval. It only
 * reports: an unhealthy runtime is shown as degraded and not restarted, because a restart rarely mends what a runtime
 * waits for, and takes away what a person would look at.
 *
 * Thousands of tenants that are first seen together (a reconciler has started) are asked over several looks, and so
 * spread for good: asked all at once, each time their interval is over, they would keep the processor from everything
 * else for seconds.
 */
export class HealthMonitor {
  readonly #probe: Probe;
  readonly #clock: Clock;
  readonly #watched = new Map<string, Watched>();
  /** An entry counts only while it is when the tenant is due. */
  readonly #due = new DueList();
  readonly #places = new PatientPlaces(youngRequests, patienceMs);
  /** How many checks a second all intervals together ask for. */
  #perSecond = 0;
  #lookedAt: number | null = null;
  readonly #news = new Set<string>();

  constructor(probe: Probe, clock: Clock) {
    this.#probe = probe;
    this.#clock = clock;
  }

  healthOf(tenant: string): HealthStatus {
    return this.#watched.get(tenant)?.known ?? none;
  }

  /** Watches a tenant, or no longer (null). Another container is asked as soon as may be, the same one when it is due. */
  follow(tenant: string, running: Running | null): void {
    const before = this.#watched.get(tenant);
    if (running === null) {
      this.#forget(tenant);
    } else if (before !== undefined && before.container.id === running.container.id) {
      this.#keep(tenant, { ...before, ...running });
    } else {
      this.#set(tenant, { ...running, known: none, failures: 0, due: this.#clock.monotonic() });
    }
  }

  /**
   * Asks the tenants whose check is due, the longest due first, and as many at most as keeps the looks alike. Resolves
   * when all of them have answered, which takes as long as the slowest: nobody needs to wait for it before the next look.
   *
   * @param busy tenants whose steps run: they are not asked now, and what was known of them stays
   */
  look(busy: ReadonlySet<string> = unasked): Promise<void> {
    const now = this.#clock.monotonic();
    // A look that waited for somebody was longer ago.
    const ms = Math.min(now - (this.#lookedAt ?? now - lookMs), 1_000);
    this.#lookedAt = now;
    return this.#ask(busy, Math.max(leastPerLook, Math.ceil((this.#perSecond * headroom * ms) / 1_000)));
  }

  /** Asks all that are due, however many they are. */
  lookAtAll(busy: ReadonlySet<string> = unasked): Promise<void> {
    return this.#ask(busy, Number.POSITIVE_INFINITY);
  }

  /** The tenants whose health is another than when this was last asked. */
  takeNews(): string[] {
    const news = [...this.#news];
    this.#news.clear();
    return news;
  }

  async #ask(busy: ReadonlySet<string>, most: number): Promise<void> {
    const due = this.#takeDue(busy, most);
    await Promise.all(due.map((tenant) => this.#places.run(() => this.#one(tenant))));
  }

  #takeDue(busy: ReadonlySet<string>, most: number): string[] {
    const now = this.#clock.monotonic();
    const found = new Set<string>();
    const later: string[] = [];
    while (found.size < most) {
      const entry = this.#due.takeDue(now);
      if (entry === null) break;
      if (this.#watched.get(entry.name)?.due !== entry.due) continue;
      if (busy.has(entry.name)) later.push(entry.name);
      else found.add(entry.name);
    }
    for (const tenant of later) this.#due.push(tenant, this.#watched.get(tenant)?.due ?? now);
    return [...found];
  }

  async #one(tenant: string): Promise<void> {
    const before = this.#watched.get(tenant);
    if (before === undefined) return;
    const began = this.#clock.monotonic();
    const next = await this.#check(before.health, before.container, before);
    const now = this.#watched.get(tenant);
    // Another container took its place while the old one was asked.
    if (now === undefined || now.container.id !== before.container.id) return;
    const due = began + intervalOf(now);
    const same = sameButForTime(before.known, next.health);
    this.#set(tenant, { ...now, known: same ? before.known : next.health, failures: next.failures, due });
    if (before.known.state !== next.health.state) this.#news.add(tenant);
  }

  #set(tenant: string, watched: Watched): void {
    this.#keep(tenant, watched);
    this.#due.push(tenant, watched.due);
  }

  #keep(tenant: string, watched: Watched): void {
    this.#forget(tenant);
    this.#watched.set(tenant, watched);
    this.#perSecond += 1_000 / intervalOf(watched);
  }

  #forget(tenant: string): void {
    const before = this.#watched.get(tenant);
    if (before === undefined) return;
    this.#watched.delete(tenant);
    this.#perSecond -= 1_000 / intervalOf(before);
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

/** Milliseconds; without a check, or with Docker's own, there is only what was observed to look at. */
function intervalOf({ health }: Running): number {
  return health?.intervalMs ?? 30_000;
}

/** How long an answer took is no news. */
function sameButForTime(a: HealthStatus, b: HealthStatus): boolean {
  const words = ({ detail }: HealthStatus): string => detail.replace(/ in \d+ ms$/, '');
  return a.state === b.state && words(a) === words(b);
}
