/**
 * The few places where the reconciler touches the world. Each port has one real adapter in `adapters/` (Git's are in
 * `desired-state/git/`), and a double for tests that is held against the real thing by a shared contract test.
 */
import type {
  ContainerCreateBody,
  ContainerInspect,
  ContainerSummary,
  EngineInfo,
  ImageInspect,
  NetworkInspect,
  UpdateBody,
  VolumeInspect,
} from './engine-api.ts';

export type { Repository } from '../desired-state/git/port.ts';
export type { Beginning, Files, StateStore } from './disk-ports.ts';

/**
 * The Docker Engine, narrow: one method a call, Engine API shapes in and out. Every method has a deadline and throws
 * `ReconcilerError` with `docker/not-found` (404), `docker/conflict` (409), `docker/invalid` (400), `docker/failed`
 * (5xx), `docker/timeout` or `docker/unreachable`. A failed read never answers an empty list.
 */
export interface Docker {
  info(): Promise<EngineInfo>;
  /** All containers that `only` asks for, stopped ones and strangers' too; without it every one. */
  listContainers(only?: ContainerFilter): Promise<readonly ContainerSummary[]>;
  inspectContainer(id: string): Promise<ContainerInspect>;
  /**
   * As `inspectContainer`, without the answer when it is byte for byte the one that `digest` stands for: a full look
   * reads thousands that did not change.
   *
   * @param digest of an earlier answer of this container; null for none
   */
  inspectContainerUnless(id: string, digest: string | null): Promise<InspectUnless>;
  createContainer(name: string, body: ContainerCreateBody): Promise<{ readonly id: string }>;
  startContainer(id: string): Promise<void>;
  /** Sends the stop signal, and SIGKILL after `timeoutSeconds`. An already stopped container is fine. */
  stopContainer(id: string, timeoutSeconds: number): Promise<void>;
  restartContainer(id: string, timeoutSeconds: number): Promise<void>;
  /** Keeps named and anonymous volumes. `force` kills a running one first. */
  removeContainer(id: string, options: { readonly force: boolean }): Promise<void>;
  renameContainer(id: string, name: string): Promise<void>;
  updateContainer(id: string, body: UpdateBody): Promise<void>;
  /** Ends what `docker pause` by another hand began. */
  unpauseContainer(id: string): Promise<void>;
  signalContainer(id: string, signal: string): Promise<void>;
  connectNetwork(network: string, containerId: string): Promise<void>;
  disconnectNetwork(network: string, containerId: string): Promise<void>;
  listNetworks(): Promise<readonly NetworkInspect[]>;
  createNetwork(body: NetworkCreateBody): Promise<{ readonly id: string }>;
  removeNetwork(id: string): Promise<void>;
  listVolumes(): Promise<readonly VolumeInspect[]>;
  /** Null when there is none of the name. */
  inspectVolume(name: string): Promise<VolumeInspect | null>;
  /** Creating a volume that exists succeeds silently: callers inspect what they got. There is no way to remove one. */
  createVolume(body: VolumeCreateBody): Promise<VolumeInspect>;
  /** Null when the image is not on the node. */
  inspectImage(ref: string): Promise<ImageInspect | null>;
  pullImage(ref: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>;
  /**
   * Calls `onEvent` for each event until `signal` aborts. Reconnects by itself; `onGap` tells that events may be missed
   * (after each connect, and when a connection is lost), so that the caller lists again.
   */
  watchEvents(onEvent: (event: EngineEvent) => void, onGap: () => void, signal: AbortSignal): Promise<void>;
  /** The container's output as it comes, stdout and stderr merged line by line. */
  logs(id: string, options: LogOptions, signal: AbortSignal): AsyncIterable<LogLine>;
}

/** A container is listed when it has all of the labels. */
export interface ContainerFilter {
  /** `name=value`. */
  readonly labels: readonly string[];
}

export interface InspectUnless {
  /** Null where the answer has none: then it is never the same. */
  readonly digest: string | null;
  /** Null when it is the answer that the caller has. */
  readonly inspect: ContainerInspect | null;
}

export interface NetworkCreateBody {
  readonly Name: string;
  readonly Driver: 'bridge';
  readonly CheckDuplicate: true;
  readonly IPAM: { readonly Config: readonly { readonly Subnet: string }[] };
  readonly Options: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface VolumeCreateBody {
  readonly Name: string;
  readonly Driver: 'local';
  readonly Labels: Readonly<Record<string, string>>;
}

export interface PullProgress {
  readonly ref: string;
  /** The engine's own word: `Downloading`, `Extracting`, `Pull complete`, … */
  readonly status: string;
  readonly layer: string | null;
  readonly current: number | null;
  readonly total: number | null;
}

export interface EngineEvent {
  readonly type: 'container' | 'network' | 'volume' | 'image' | 'other';
  /** `die`, `start`, `update`, `rename`, `destroy`, `disconnect`, … */
  readonly action: string;
  /** Id of what it happened to (for network events: of the container, where there is one). */
  readonly id: string;
  /** Name of the container, when it is about one. */
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export interface LogOptions {
  readonly follow: boolean;
  /** Last lines to begin with; null for all. */
  readonly tail: number | null;
  readonly timestamps?: boolean;
  /** Lines from this moment on (RFC 3339). */
  readonly since?: string;
}

export interface LogLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** When it was written (RFC 3339), where `timestamps` asked for it. */
  readonly at?: string;
}

/** Asks a tenant's runtime over the node's own bridge network. */
export interface Probe {
  /** One health request. Never throws: a refused connection is an unhealthy answer with its reason. */
  http(
    target: { readonly address: string; readonly port: number; readonly path: string },
    timeoutMs: number,
  ): Promise<ProbeResult>;
}

export interface ProbeResult {
  readonly healthy: boolean;
  /** `HTTP 200 in 3 ms`, `connection refused`, `no answer within 2 s`. */
  readonly detail: string;
}

/** The runtime's bridge, see deploy/images/runtime/BRIDGE.md. */
export interface Bridge {
  status(target: BridgeTarget): Promise<BridgeStatus>;
  /** At most once per token, by the runtime's own record. */
  pair(target: BridgeTarget, token: string): Promise<void>;
  disconnect(target: BridgeTarget, token: string): Promise<void>;
  /**
   * Streams the runtime's bridge events until `signal` aborts or the runtime goes away.
   *
   * @param after number of the last event that was seen; 0 for all that the runtime has kept, by default none of them
   * @throws ReconcilerError `bridge/unreachable` when it cannot be begun, `bridge/failed`, `bridge/invalid`
   */
  events(
    target: BridgeTarget,
    onEvent: (event: BridgeEvent) => void,
    signal: AbortSignal,
    after?: number,
  ): Promise<void>;
}

export interface BridgeTarget {
  readonly address: string;
  readonly port: number;
}

export interface BridgeStatus {
  readonly state: 'disconnected' | 'pairing' | 'connected';
  readonly lastPairing: string | null;
  /** What came of the last pairing, by the runtime's own record; null where it does not tell. */
  readonly pairingOutcome: string | null;
  readonly lastDisconnect: string | null;
}

export interface BridgeEvent {
  readonly id: number;
  readonly type: 'qr' | 'connected' | 'disconnected' | 'expired';
  readonly token: string | null;
  /** The event's own data: `{code, expiresAt}` of a QR code, `{account}`, `{reason}`. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  now(): number;
  /** Milliseconds of a clock that only goes forward. */
  monotonic(): number;
  /** Resolves after `ms`, rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Decrypts sealed secrets with the node's age key, in memory. */
export interface SecretOpener {
  /**
   * @returns the value, checked to be bound to this tenant and name
   * @throws SecretError `secret/no-key`, `secret/wrong-binding`, `secret/undecryptable`; the message never holds the value
   */
  open(tenant: string, name: string, sealed: string): Promise<Uint8Array>;
  /**
   * Keyed fingerprint (12 hex digits) of a value; equal values of one tenant and name have equal fingerprints, on this
   * node only. Null when this machine has no key: then the value cannot be compared.
   */
  fingerprint(tenant: string, name: string, value: Uint8Array): string | null;
}
