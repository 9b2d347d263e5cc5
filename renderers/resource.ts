import type { HealthCheck } from '../desired-state/model.ts';

/**
 * One thing on a node. Desired and observed state use the same types, so that a difference is a plain comparison
 * of fields. All of it is plain JSON, and no secret value is ever part of it.
 */
export type Resource =
  | ContainerResource
  | NetworkResource
  | VolumeResource
  | FilesResource
  | SecretFilesResource;

export interface ContainerResource {
  readonly kind: 'container';
  /** Docker name, for a tenant's runtime `tenant_<tenant>_runtime`. */
  readonly name: string;
  readonly tenant: string;
  readonly spec: ContainerSpec;
  /** Whether it runs. */
  readonly running: boolean;
}

/** What a container is made from; every field is one that Docker shows again on inspect. */
export interface ContainerSpec {
  readonly image: string;
  /** Null: what the image says. */
  readonly command: readonly string[] | null;
  readonly user: string | null;
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Keyed by mount path in the container. */
  readonly mounts: Readonly<Record<string, Mount>>;
  /** Mount path to mount options. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly readOnlyRoot: boolean;
  readonly healthcheck: ExecHealthcheck | null;
  /** `dev.tenantry.*` and nothing else. */
  readonly labels: Readonly<Record<string, string>>;
  /** Names of networks, sorted. */
  readonly networks: readonly string[];
  readonly memoryBytes: number;
  /** Memory and swap together; equal to `memoryBytes`: no swap, so that one tenant cannot make the node thrash. */
  readonly memorySwapBytes: number;
  readonly nanoCpus: number;
  readonly pids: number;
  /** `no` or `unless-stopped` in what is desired; any policy of Docker's in what is observed. */
  readonly restartPolicy: string;
  /**
   * Settings outside the allow-list, by Engine API name. Always empty in what is desired; what an observed container
   * has here was given to it by another hand.
   */
  readonly forbidden: Readonly<Record<string, unknown>>;
}

/** A secret by name and keyed fingerprint (hex); null when this machine lacks the key and cannot compare. */
export interface SecretValue {
  readonly secret: string;
  readonly fingerprint: string | null;
}

export type EnvValue = string | SecretValue;

export interface Mount {
  readonly type: 'bind' | 'volume';
  /** Host path of a bind, name of a volume. */
  readonly source: string;
  readonly readOnly: boolean;
}

/** Docker's own HEALTHCHECK, used for `health.exec`. */
export interface ExecHealthcheck {
  readonly command: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

/** A bridge shared by many tenants, with inter-container communication off. */
export interface NetworkResource {
  readonly kind: 'network';
  readonly name: string;
  readonly subnet: string;
  readonly isolated: boolean;
}

export interface VolumeResource {
  readonly kind: 'volume';
  readonly name: string;
  readonly tenant: string;
  readonly driver: string;
  /** Driver options; always empty in what is desired (an option can turn a volume into a host path). */
  readonly options: Readonly<Record<string, string>>;
}

/** The managed files of a tenant: `config.json`, `prompts/*`, `skills/*`, as digests. */
export interface FilesResource {
  readonly kind: 'files';
  readonly tenant: string;
  /** Relative path to `sha256` of the content, hex. */
  readonly digests: Readonly<Record<string, string>>;
}

/** The tenant's secrets that are files under `/run/secrets`, by name. */
export interface SecretFilesResource {
  readonly kind: 'secret-files';
  readonly tenant: string;
  readonly values: Readonly<Record<string, SecretValue>>;
}

/** What a tenant needs on its node: the renderer's answer. */
export interface TenantResources {
  readonly tenant: string;
  readonly container: ContainerResource;
  readonly network: NetworkResource;
  readonly volumes: readonly VolumeResource[];
  readonly files: FilesResource;
  readonly secretFiles: SecretFilesResource;
  /** Versioned canonical hash of what only a new container can change, `v1:<hex>`; also a label of the container. */
  readonly specHash: string;
  readonly health: HealthCheck | null;
}
