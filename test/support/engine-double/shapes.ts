/** What the double keeps: the engine's own documents, mutable where the engine changes them. */
import type {
  ContainerConfig,
  ContainerInspect,
  HostConfig,
  ImageInspect,
  NetworkInspect,
  VolumeInspect,
} from '../../../reconciler/engine-api.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Endpoint {
  IPAddress: string;
  /** Empty until the first start: before, the network is known by name only. */
  NetworkID: string;
  EndpointID: string;
  readonly [other: string]: unknown;
}

export interface MountPoint {
  readonly Type: string;
  /** Of a volume. */
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

/** One container, as `GET /containers/{id}/json` answers it. */
export interface Container
  extends Omit<
    ContainerInspect,
    'Name' | 'State' | 'HostConfig' | 'NetworkSettings' | 'RestartCount' | 'Config'
  > {
  Name: string;
  RestartCount: number;
  readonly Path: string;
  readonly Args: readonly string[];
  State: Mutable<ContainerInspect['State']>;
  readonly Config: ContainerConfig;
  HostConfig: HostConfig;
  readonly Mounts: readonly MountPoint[];
  NetworkSettings: { Networks: Record<string, Endpoint>; readonly [other: string]: unknown };
  readonly [other: string]: unknown;
}

export interface Network extends NetworkInspect {
  readonly Created: string;
  readonly [other: string]: unknown;
}

export interface Volume extends VolumeInspect {
  readonly CreatedAt: string;
  /** Folder that stands for the volume's content. */
  readonly Mountpoint: string;
  readonly Scope: 'local';
}

export interface Image extends ImageInspect {
  readonly [other: string]: unknown;
}

/** One line of `GET /events`. */
export interface RawEvent {
  readonly Type: 'container' | 'network' | 'volume' | 'image';
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: 'local';
  /** Seconds. */
  readonly time: number;
  readonly timeNano: number;
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
}
