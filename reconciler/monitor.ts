import pLimit from 'p-limit';
import type { HealthCheck } from '../desired-state/model.ts';
import type { ObservedContainer } from './plan/observed.ts';
import type { Clock, Probe } from './ports.ts';
import type { HealthStatus } from './report/status.ts';

interface Watched {
  readonly id: string;
  readonly health: HealthStatus;
  readonly failures: number;
  readonly due: number;
}

const none: HealthStatus = { state: 'none', detail: '' };

/**
 * The health of running tenants between changes, asked by the reconciler itself at each check's own interval. It only
 * reports: an unhealthy runtime is shown as degraded and not restarted, because a restart rarely mends what a runtime
 * waits for, and takes away what a person would look at.
 */
export class HealthMonitor {
  readonly #probe: Probe;
  readonly #clock: Clock;
  readonly #watched = new Map<string, Watched>();
  readonly #limit = pLimit(32);

  constructor(probe: Probe, clock: Clock) {
    this.#probe = probe;
    this.#clock = clock;
  }

  healthOf(tenant: string): HealthStatus {
    return this.#watched.get(tenant)?.health ?? none;
  }

  /**
   * Looks at every tenant whose check is due. Answers the tenants whose health is another than before.
   *
   * @param running tenants that should run, with their check and container
   * @param busy tenants whose steps run: they are not asked now, and what was known of them stays
   */
  async look(
    running: readonly {
      readonly tenant: string;
      readonly health: HealthCheck | null;
      readonly container: ObservedContainer;
    }[],
    busy: ReadonlySet<string>,
  ): Promise<string[]> {
    const names = new Set(running.map(({ tenant }) => tenant));
    for (const name of this.#watched.keys()) if (!names.has(name)) this.#watched.delete(name);
    const asked = running.filter(({ tenant }) => !busy.has(tenant));
    const changed = await Promise.all(
      asked.map(({ tenant, health, container }) => this.#limit(() => this.#one(tenant, health, container))),
    );
    return asked.filter((_, index) => changed[index]).map(({ tenant }) => tenant);
  }

  async #one(tenant: string, health: HealthCheck | null, container: ObservedContainer): Promise<boolean> {
    const before = this.#watched.get(tenant);
    const now = this.#clock.monotonic();
    const same = before?.id === container.id;
    if (same && now < before.due) return false;
    const next = await this.#check(health, container, same ? before : null);
    const interval = health?.intervalMs ?? 30_000;
    this.#watched.set(tenant, { id: container.id, ...next, due: now + interval });
    return before?.health.state !== next.health.state;
  }

  async #check(
    health: HealthCheck | null,
    container: ObservedContainer,
    before: Watched | null,
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
    const count = (before?.failures ?? 0) + 1;
    // As Docker has it: what was healthy stays so until enough checks have failed in a row.
    const still = before?.health.state === 'healthy' ? 'healthy' : 'starting';
    const state = count >= health.retries ? 'unhealthy' : still;
    const failed = count === 1 ? '1 check' : `${count} checks in a row`;
    return {
      health: { state, detail: `${failed} failed, the last with: ${result.detail}` },
      failures: count,
    };
  }
}
