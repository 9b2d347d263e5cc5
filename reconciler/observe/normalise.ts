import { isOwned, label, type Owner } from '../../renderers/labels.ts';
import type { ContainerSpec, EnvValue, ExecHealthcheck, Mount } from '../../renderers/resource.ts';
import type {
  ContainerConfig,
  ContainerInspect,
  ImageInspect,
  NetworkInspect,
  VolumeInspect,
} from '../engine-api.ts';
import type { ImageFacts, ObservedContainer, ObservedNetwork, ObservedVolume } from '../plan/observed.ts';
import { forbiddenSettings } from './forbidden.ts';
import { foreignConfig } from './foreign-config.ts';
import { foreignEndpoints } from './foreign-endpoints.ts';

/** Turns the value of a secret environment variable into its fingerprint; values go no further than this. */
export type FingerprintEnv = (name: string, value: string) => EnvValue;

/** Docker's answer about a container, in the terms of what was asked for. */
export function normaliseContainer(
  inspect: ContainerInspect,
  image: ImageInspect | null,
  fingerprint: FingerprintEnv,
): ObservedContainer {
  const labels = ownLabels(inspect.Config.Labels);
  const { State: state } = inspect;
  const spec = specOf(inspect, image, labels, fingerprint);
  return {
    id: inspect.Id,
    name: inspect.Name.replace(/^\//, ''),
    spec,
    specHash: labels[label.spec] ?? null,
    revision: labels[label.revision] ?? null,
    imageId: inspect.Image,
    image: image === null ? unknownImage(spec) : imageFacts(image),
    state: stateOf(state.Status),
    exitCode: state.ExitCode,
    error: state.Error,
    oomKilled: state.OOMKilled,
    restartCount: inspect.RestartCount,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    health: healthOf(state.Health?.Status),
    addresses: Object.fromEntries(
      Object.entries(inspect.NetworkSettings.Networks ?? {}).map(([name, network]) => [
        name,
        network.IPAddress,
      ]),
    ),
  };
}

function specOf(
  inspect: ContainerInspect,
  image: ImageInspect | null,
  labels: Record<string, string>,
  fingerprint: FingerprintEnv,
): ContainerSpec {
  const { Config: config, HostConfig: host } = inspect;
  const secretNames = new Set((labels[label.secretEnv] ?? '').split(',').filter((name) => name !== ''));
  const env = Object.entries(envOf(config)).map(([name, value]): [string, EnvValue] => [
    name,
    secretNames.has(name) ? fingerprint(name, value) : value,
  ]);
  return {
    image: config.Image,
    command: config.Cmd,
    user: config.User === '' ? null : config.User,
    env: Object.fromEntries(env),
    mounts: mountsOf(inspect),
    tmpfs: host.Tmpfs ?? {},
    readOnlyRoot: host.ReadonlyRootfs,
    healthcheck: healthcheckOf(config),
    labels,
    networks: Object.keys(inspect.NetworkSettings.Networks ?? {}).sort(),
    memoryBytes: host.Memory,
    memorySwapBytes: host.MemorySwap ?? 0,
    nanoCpus: host.NanoCpus,
    pids: host.PidsLimit ?? 0,
    restartPolicy: host.RestartPolicy.Name === '' ? 'no' : host.RestartPolicy.Name,
    forbidden: {
      ...forbiddenSettings(inspect),
      ...foreignConfig(inspect, image),
      ...foreignEndpoints(inspect),
    },
  };
}

const known: ReadonlySet<string> = new Set(Object.values(label));

/** An image may bring labels along, also under our prefix: only those that mean something here are looked at. */
function ownLabels(labels: Readonly<Record<string, string>> | null): Record<string, string> {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => known.has(name)));
}

function envOf(config: ContainerConfig): Record<string, string> {
  return Object.fromEntries(
    (config.Env ?? []).map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function mountsOf({ HostConfig: host }: ContainerInspect): Record<string, Mount> {
  return Object.fromEntries(
    (host.Mounts ?? [])
      .filter((mount) => mount.Type === 'bind' || mount.Type === 'volume')
      .map((mount) => [
        mount.Target,
        {
          type: mount.Type === 'bind' ? 'bind' : 'volume',
          source: mount.Source ?? '',
          readOnly: mount.ReadOnly ?? false,
        },
      ]),
  );
}

function healthcheckOf(config: ContainerConfig): ExecHealthcheck | null {
  const [kind, ...command] = config.Healthcheck?.Test ?? [];
  if (kind === undefined || kind === 'NONE' || config.Healthcheck == null) return null;
  const { Interval = 0, Timeout = 0, Retries = 0, StartPeriod = 0 } = config.Healthcheck;
  return {
    command: kind === 'CMD' ? command : [kind, ...command],
    intervalMs: Interval / 1e6,
    timeoutMs: Timeout / 1e6,
    retries: Retries,
    startPeriodMs: StartPeriod / 1e6,
  };
}

/**
 * What an image brought that is not on the engine any more cannot be told from what was asked for. All of it counts as
 * the image's: otherwise a container that is as it should be would be replaced because of an image that went away.
 */
function unknownImage({ env, command, user }: ContainerSpec): ImageFacts {
  const plain = Object.entries(env).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { env: Object.fromEntries(plain), command, user };
}

function imageFacts({ Config: config }: ImageInspect): ImageFacts {
  if (config === null) return { env: {}, command: null, user: null };
  return { env: envOf(config), command: config.Cmd, user: config.User === '' ? null : config.User };
}

function stateOf(status: string): ObservedContainer['state'] {
  switch (status) {
    case 'created':
    case 'running':
    case 'paused':
    case 'restarting':
    case 'exited':
    case 'removing':
    case 'dead':
      return status;
    default:
      throw new Error(`the engine reports a container state that Tenantry does not know: ${status}`);
  }
}

function healthOf(status: string | undefined): ObservedContainer['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : null;
}

export function normaliseNetwork(network: NetworkInspect, owner: Owner): ObservedNetwork {
  return {
    id: network.Id,
    name: network.Name,
    owned: isOwned(network.Labels, owner),
    subnet: network.IPAM.Config?.[0]?.Subnet ?? '',
    isolated: network.Options?.['com.docker.network.bridge.enable_icc'] === 'false',
  };
}

export function normaliseVolume(volume: VolumeInspect, owner: Owner): ObservedVolume {
  return {
    name: volume.Name,
    tenant: isOwned(volume.Labels, owner) ? (volume.Labels?.[label.tenant] ?? null) : null,
    driver: volume.Driver,
    options: volume.Options ?? {},
  };
}
