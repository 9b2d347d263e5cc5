import { tenantOfName } from '../../renderers/names.ts';
import { own } from '../../schemas/own.ts';
import type { TenantMemory } from './memory.ts';
import type { ObservedNetwork, ObservedNode, ObservedTenant, ObservedVolume } from './observed.ts';

/** What a node publishes of one tenant, redacted: all of the node's state that the tenant's plan depends on. */
export interface TenantPiece {
  readonly observed: ObservedTenant;
  readonly memory: TenantMemory;
  /** Volumes that are called as the tenant's are, strangers' too. */
  readonly volumes: readonly ObservedVolume[];
  /** Strangers' containers that are called as the tenant's are, with their ids. */
  readonly strangers: Readonly<Record<string, string>>;
  /** Keyed fingerprints of its secrets, by name. */
  readonly fingerprints: Readonly<Record<string, string | null>>;
}

/** What all tenants of a node share. */
export interface SharedPiece {
  readonly networks: readonly ObservedNetwork[];
  readonly images: Readonly<Record<string, boolean>>;
  readonly swapLimit: boolean;
  readonly folders: { readonly dataDir: string; readonly secretsDir: string };
}

/** Volumes and strangers by the tenant in whose name they are; others can stand in nobody's way. */
export function byTenantName(
  observed: Pick<ObservedNode, 'volumes' | 'strangers'>,
): ReadonlyMap<string, Pick<TenantPiece, 'volumes' | 'strangers'>> {
  const found = new Map<string, { volumes: ObservedVolume[]; strangers: Record<string, string> }>();
  const of = (name: string) => {
    const tenant = tenantOfName(name);
    if (tenant === null) return null;
    const known = found.get(tenant) ?? { volumes: [], strangers: {} };
    found.set(tenant, known);
    return known;
  };
  for (const volume of observed.volumes) of(volume.name)?.volumes.push(volume);
  for (const name in observed.strangers) {
    const met = of(name);
    if (met !== null) met.strangers[name] = own(observed.strangers, name) ?? '';
  }
  return found;
}

/** The pieces put together again, as planning wants them. */
export function assembled(
  shared: SharedPiece,
  tenants: ReadonlyMap<string, TenantPiece>,
): {
  readonly observed: ObservedNode;
  readonly memory: Readonly<Record<string, TenantMemory>>;
  readonly fingerprints: Readonly<Record<string, TenantPiece['fingerprints']>>;
} {
  const pieces = [...tenants];
  const by = <T>(pick: (piece: TenantPiece) => T): Record<string, T> =>
    Object.fromEntries(pieces.map(([tenant, piece]) => [tenant, pick(piece)]));
  return {
    observed: {
      tenants: by(({ observed }) => observed),
      networks: shared.networks,
      images: shared.images,
      volumes: pieces.flatMap(([, { volumes }]) => volumes),
      strangers: Object.fromEntries(pieces.flatMap(([, { strangers }]) => Object.entries(strangers))),
    },
    memory: by(({ memory }) => memory),
    fingerprints: by(({ fingerprints }) => fingerprints),
  };
}
