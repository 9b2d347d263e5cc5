import type { ContainerSpec, SecretValue } from '../../renderers/resource.ts';

/** What Docker and the disk really have, normalised to the types that the renderers use. Plain JSON, no secrets. */
export interface ObservedNode {
  /** By tenant, for every tenant that has anything of ours on the node. */
  readonly tenants: Readonly<Record<string, ObservedTenant>>;
  readonly networks: readonly ObservedNetwork[];
  readonly volumes: readonly ObservedVolume[];
  /** Names of containers on the engine that are not ours, with their ids. */
  readonly strangers: Readonly<Record<string, string>>;
  /** Image references that are on the node, of those that were asked about. */
  readonly images: Readonly<Record<string, boolean>>;
}

export interface ObservedTenant {
  readonly containers: readonly ObservedContainer[];
  /** Digests of managed files; null when there is no folder. */
  readonly files: Readonly<Record<string, string>> | null;
  /** Names and fingerprints of secret files; null when there is no folder. */
  readonly secretFiles: Readonly<Record<string, SecretValue>> | null;
}

export const nothingObserved: ObservedTenant = { containers: [], files: null, secretFiles: null };

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly spec: ContainerSpec;
  /** Hash label it was created with; null when it has none. */
  readonly specHash: string | null;
  /** Revision label it was created with. */
  readonly revision: string | null;
  readonly imageId: string;
  /** What the image itself brings: Docker shows it merged into the container's own settings. */
  readonly image: ImageFacts;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'removing' | 'dead';
  readonly exitCode: number;
  readonly error: string;
  readonly oomKilled: boolean;
  readonly restartCount: number;
  /** RFC 3339; Docker's zero time when it never started. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Of Docker's own health check; null without one. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | null;
  /** Network name to address; empty while it does not run. */
  readonly addresses: Readonly<Record<string, string>>;
}

export interface ImageFacts {
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[] | null;
  readonly user: string | null;
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly owned: boolean;
  readonly subnet: string;
  readonly isolated: boolean;
}

export interface ObservedVolume {
  readonly name: string;
  /** Tenant it belongs to by its labels; null for a stranger's. */
  readonly tenant: string | null;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
}
