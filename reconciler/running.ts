import type { TenantResources } from '../renderers/resource.ts';
import type { Running } from './monitor.ts';
import { nothingObserved, type ObservedNode, type ObservedTenant } from './plan/observed.ts';
import { rolesOf } from './plan/roles.ts';

interface Known {
  readonly wanted: TenantResources;
  readonly observed: ObservedTenant;
  readonly running: Running | null;
}

/** Tenants that are to run and have a container in place, kept up to date by what changed from pass to pass. */
export class RunningTenants {
  readonly #known = new Map<string, Known>();
  readonly #onChange: (tenant: string, running: Running | null) => void;

  /** @param onChange told of a tenant whose check or container is another; null when it runs no more */
  constructor(onChange: (tenant: string, running: Running | null) => void) {
    this.#onChange = onChange;
  }

  get(tenant: string): Running | null {
    return this.#known.get(tenant)?.running ?? null;
  }

  update(wanted: Readonly<Record<string, TenantResources>>, node: ObservedNode): void {
    for (const tenant in wanted) {
      const resources = wanted[tenant];
      if (resources === undefined) continue;
      const observed = node.tenants[tenant] ?? nothingObserved;
      const before = this.#known.get(tenant);
      if (before?.wanted === resources && before.observed === observed) continue;
      const { main } = rolesOf(tenant, observed);
      const runs = resources.container.running && main !== null;
      const running = runs ? { health: resources.health, container: main } : null;
      this.#known.set(tenant, { wanted: resources, observed, running });
      this.#onChange(tenant, running);
    }
    for (const tenant of this.#known.keys()) {
      if (wanted[tenant] !== undefined) continue;
      this.#known.delete(tenant);
      this.#onChange(tenant, null);
    }
  }
}
