/** The parts of the Docker Engine API (1.41 and newer) that Tenantry uses, by the API's own field names. */

export interface EngineInfo {
  /** Stable id of the engine. */
  readonly ID: string;
  readonly ServerVersion: string;
  readonly ApiVersion: string;
  /** Whether the kernel lets the engine limit swap. */
  readonly SwapLimit: boolean;
}

export interface ContainerSummary {
  readonly Id: string;
  /** With a leading slash. */
  readonly Names: readonly string[];
  readonly Image: string;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface ContainerConfig {
  readonly Image: string;
  readonly Cmd: readonly string[] | null;
  readonly Entrypoint: readonly string[] | null;
  readonly Env: readonly string[] | null;
  readonly User: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Healthcheck?: Healthcheck | null;
  readonly StopTimeout?: number | null;
  readonly StopSignal?: string | null;
  readonly [other: string]: unknown;
}

export interface Healthcheck {
  readonly Test: readonly string[] | null;
  /** Nanoseconds. */
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
}

export interface EngineMount {
  readonly Type: 'bind' | 'volume' | 'tmpfs';
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly [other: string]: unknown;
}

export interface HostConfig {
  readonly Memory: number;
  /** Memory and swap together; -1 where the engine cannot or may not limit it. */
  readonly MemorySwap?: number;
  readonly NanoCpus: number;
  readonly PidsLimit: number | null;
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
  readonly ReadonlyRootfs: boolean;
  readonly Tmpfs?: Readonly<Record<string, string>> | null;
  readonly Mounts?: readonly EngineMount[] | null;
  readonly NetworkMode: string;
  readonly CapAdd: readonly string[] | null;
  readonly CapDrop: readonly string[] | null;
  readonly SecurityOpt: readonly string[] | null;
  readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly [other: string]: unknown;
}

/** A container's place in a network. */
export interface Endpoint {
  readonly IPAddress: string;
  readonly NetworkID: string;
  readonly [other: string]: unknown;
}

export interface ContainerInspect {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  /** Image id. */
  readonly Image: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly Restarting: boolean;
    readonly OOMKilled: boolean;
    readonly Dead: boolean;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Health?: {
      readonly Status: string;
      readonly Log?: readonly { readonly Output: string }[] | null;
    } | null;
  };
  readonly Config: ContainerConfig;
  readonly HostConfig: HostConfig;
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, Endpoint>> | null };
}

export interface ContainerCreateBody {
  readonly Image: string;
  readonly Cmd?: readonly string[];
  readonly User?: string;
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: Healthcheck;
  readonly HostConfig: HostConfig;
  readonly NetworkingConfig: { readonly EndpointsConfig: Readonly<Record<string, Record<string, never>>> };
}

export interface UpdateBody {
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly NanoCpus?: number;
  readonly PidsLimit?: number;
  readonly RestartPolicy?: { readonly Name: string; readonly MaximumRetryCount: number };
}

export interface NetworkInspect {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] | null };
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface VolumeInspect {
  readonly Name: string;
  readonly Driver: string;
  readonly Options: Readonly<Record<string, string>> | null;
  readonly Labels: Readonly<Record<string, string>> | null;
}

export interface ImageInspect {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Config: ContainerConfig | null;
}
