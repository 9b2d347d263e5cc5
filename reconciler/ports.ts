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

/** Told before files are written whether their folder has to be made. */
export type Beginning = (folderMade: boolean) => Promise<void>;

/** Managed files on the disk, one folder a tenant, and the tmpfs with secrets. A disk that fails is `files/<verb>-failed`. */
export interface Files {
  /** Host folder that is mounted at `/etc/tenantry`. */
  configDir(tenant: string): string;
  /** Host folder on the tmpfs that is mounted at `/run/secrets`. */
  secretsDir(tenant: string): string;
  /** Names of tenants that have a folder of either kind. */
  tenants(): Promise<readonly string[]>;
  /** Relative path to sha256 (hex) of what is in the tenant's folder, the same object while that is; null without a folder. */
  digests(tenant: string): Promise<Readonly<Record<string, string>> | null>;
  /**
   * Makes the folder hold exactly `files`: each changed file is written aside, synced and renamed into place, the
   * others are not touched, files that are not named are removed.
   * @param beginning is waited for before anything is written: what runs has mounted no folder that is yet to be made. One
   * that goes away after it was said to be there is not made, and the write fails
   */
  write(tenant: string, files: Readonly<Record<string, Uint8Array>>, beginning: Beginning): Promise<void>;
  /** Name to content of the tenant's secret files, the same object while that is; null without a folder. Stays inside the reconciler. */
  readSecrets(tenant: string): Promise<ReadonlyMap<string, Uint8Array> | null>;
  /** As `write`, on the tmpfs. @throws ReconcilerError `files/not-tmpfs` when the folder would touch a disk */
  writeSecrets(tenant: string, files: ReadonlyMap<string, Uint8Array>, beginning: Beginning): Promise<void>;
  /** Removes both folders of a tenant. */
  remove(tenant: string): Promise<void>;
  /** Calls back with the tenant whose managed files another hand changed, until `signal` aborts. */
  watch(onChange: (tenant: string) => void, signal: AbortSignal): Promise<void>;
}

/** Small durable facts of the reconciler, one JSON document a name. Losing them costs a pass, never a tenant. */
export interface StateStore {
  /** Null when there is none or it is damaged (then the damage is logged and the file set aside). */
  read(name: string): Promise<unknown>;
  /** Atomic and synced: after a crash there is the old document or the new one. */
  write(name: string, value: unknown): Promise<void>;
  /** Removes a document; one that is not there is fine. */
  remove(name: string): Promise<void>;
  /** Adds one line to a log of JSON lines that is cut to its newest `keep` entries now and then. */
  append(name: string, entry: unknown, keep: number): Promise<void>;
  readLog(name: string): Promise<readonly unknown[]>;
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
