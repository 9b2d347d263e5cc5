import { containerName } from '../../renderers/names.ts';
import type { ObservedVolume } from './observed.ts';
import type { Refusal } from './plan.ts';
import type { TenantInput } from './tenant-input.ts';

/**
 * What stands in a tenant's way and is not ours: a container or a volume of the same name that somebody else made. A
 * stranger is never adopted and never removed, so the tenant stays as it is until a person decides.
 */
export function conflicts(input: TenantInput): Refusal[] {
  return [...strangers(input), ...foreignVolumes(input)];
}

/** Names of containers that a tenant needs for itself. */
export function takenNames(tenant: string): readonly string[] {
  return [containerName.runtime(tenant), containerName.next(tenant), containerName.old(tenant)];
}

function strangers({ tenant, strangers: taken }: TenantInput): Refusal[] {
  return takenNames(tenant.name)
    .filter((name) => taken[name] !== undefined)
    .map((name) => ({
      reason: 'conflict',
      message: `the name ${name} is taken by container ${taken[name]?.slice(0, 12)}, which is not Tenantry's; rename or remove it to let ${tenant.name} converge`,
    }));
}

function foreignVolumes({ wanted, volumes }: TenantInput): Refusal[] {
  return wanted.volumes.flatMap((volume): Refusal[] => {
    const actual = volumes.get(volume.name);
    if (actual === undefined) return [];
    const why = volumeMismatch(actual, volume.tenant);
    if (why === null) return [];
    return [
      {
        reason: 'volume-mismatch',
        message: `volume ${volume.name} ${why}; it is left alone and ${volume.tenant} does not converge until the volume is renamed away or made anew`,
      },
    ];
  });
}

/** Why a volume of the right name is not one that the tenant may mount; null when it is. */
export function volumeMismatch(
  actual: Pick<ObservedVolume, 'tenant' | 'driver' | 'options'>,
  tenant: string,
): string | null {
  if (actual.tenant !== tenant) return "is not this tenant's by its labels";
  if (actual.driver !== 'local') return `has driver ${actual.driver} instead of local`;
  const options = Object.keys(actual.options);
  return options.length > 0
    ? `has driver options (${options.sort().join(', ')}), which can point it at a host path`
    : null;
}
