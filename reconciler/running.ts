import { changedNames } from '../desired-state/changed-names.ts';
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
  #wanted: Readonly<Record<string, TenantResources>> | null = null;
  readonly #onChange: (tenant: string, running: Running | null) => void;

  /** @param onChange told of a tenant whose check or container is another; null when it runs no more */
  constructor(onChange: (tenant: string, running: Running | null) => void) {
    this.#onChange = onChange;
  }

  get(tenant: string): Running | null {
    return this.#known.get(tenant)?.running ?? null;
  }

  /** Where a tenant's container is reached; null while there is none, or it does not run. */
  addressOf(tenant: string): string | null {
    const addresses = Object.values(this.get(tenant)?.container.addresses ?? {});
    return addresses.find((address) => address !== '') ?? null;
  }

  /** @param read the tenants of which `node` says something new, or all */
  update(
    wanted: Readonly<Record<string, TenantResources>>,
    node: ObservedNode,
    read: 'all' | ReadonlySet<string>,
  ): void {
    const before = this.#wanted;
    const changed = before === null || read === 'all' ? null : changedNames(before, wanted);
    const names = changed === null || read === 'all' ? Object.keys(wanted) : changed.union(read);
    for (const tenant of names) {
      const resources = wanted[tenant];
      if (resources !== undefined) this.#one(tenant, resources, node.tenants[tenant] ?? nothingObserved);
    }
    this.#wanted = wanted;
    for (const tenant of changed ?? this.#known.keys()) {
      if (wanted[tenant] !== undefined || !this.#known.has(tenant)) continue;
      this.#known.delete(tenant);
      this.#onChange(tenant, null);
    }
  }

  #one(tenant: string, wanted: TenantResources, observed: ObservedTenant): void {
    const before = this.#known.get(tenant);
    if (before?.wanted === wanted && before.observed === observed) return;
    const { main } = rolesOf(tenant, observed);
    const running =
      wanted.container.running && main !== null ? { health: wanted.health, container: main } : null;
    this.#known.set(tenant, { wanted, observed, running });
    this.#onChange(tenant, running);
  }
}
