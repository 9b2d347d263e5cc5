import { label, type Owner, ownerLabels } from '../../renderers/labels.ts';
import type { ContainerSpec, NetworkResource } from '../../renderers/resource.ts';
import type { ContainerCreateBody, EngineMount, Healthcheck, UpdateBody } from '../engine-api.ts';
import { ReconcilerError } from '../errors.ts';
import { madeWith } from '../plan/made-with.ts';
import type { LimitUpdate } from '../plan/step.ts';
import type { NetworkCreateBody, VolumeCreateBody } from '../ports.ts';

/**
 * The only place where a container's request is written: an allow-list. Whatever a repository says, a container gets
 * no capability, no new privileges, no device, no host namespace, and logs that cannot fill the disk.
 *
 * @param secrets values of the secrets that the environment names, for this request only
 * @throws ReconcilerError `secret/missing` when a value is not there
 */
export function createBody(
  spec: ContainerSpec,
  specHash: string,
  revision: string,
  secrets: ReadonlyMap<string, string>,
): ContainerCreateBody {
  const [network = 'none'] = spec.networks;
  return {
    Image: spec.image,
    ...(spec.command === null ? {} : { Cmd: spec.command }),
    ...(spec.user === null ? {} : { User: spec.user }),
    // In one order: the same environment is the same request, however its keys are arranged in Git.
    Env: Object.entries(spec.env)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) =>
        typeof value === 'string' ? `${name}=${value}` : `${name}=${secretOf(value.secret, secrets)}`,
      ),
    Labels: { ...spec.labels, ...madeWith(spec), [label.spec]: specHash, [label.revision]: revision },
    Healthcheck: healthcheck(spec),
    HostConfig: {
      Memory: spec.memoryBytes,
      MemorySwap: spec.memorySwapBytes,
      NanoCpus: spec.nanoCpus,
      PidsLimit: spec.pids,
      RestartPolicy: { Name: spec.restartPolicy, MaximumRetryCount: 0 },
      ReadonlyRootfs: spec.readOnlyRoot,
      Tmpfs: spec.tmpfs,
      Mounts: mounts(spec),
      NetworkMode: network,
      CapAdd: null,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
    },
    NetworkingConfig: { EndpointsConfig: { [network]: {} } },
  };
}

function secretOf(name: string, secrets: ReadonlyMap<string, string>): string {
  const value = secrets.get(name);
  if (value === undefined) {
    throw new ReconcilerError('secret/missing', `the value of secret ${name} is not at hand`, {
      retry: 'backoff',
    });
  }
  return value;
}

function healthcheck({ healthcheck: check }: ContainerSpec): Healthcheck {
  // An explicit NONE: a check that the image brings along would run beside the one that Git asks for.
  if (check === null) return { Test: ['NONE'] };
  return {
    Test: ['CMD', ...check.command],
    Interval: check.intervalMs * 1e6,
    Timeout: check.timeoutMs * 1e6,
    Retries: check.retries,
    StartPeriod: check.startPeriodMs * 1e6,
  };
}

function mounts(spec: ContainerSpec): EngineMount[] {
  return Object.entries(spec.mounts).map(([target, mount]) => ({
    Type: mount.type,
    Source: mount.source,
    Target: target,
    ReadOnly: mount.readOnly,
  }));
}

export function updateBody(set: LimitUpdate): UpdateBody {
  return {
    ...(set.memoryBytes === undefined
      ? {}
      : { Memory: set.memoryBytes, MemorySwap: set.memorySwapBytes ?? set.memoryBytes }),
    ...(set.nanoCpus === undefined ? {} : { NanoCpus: set.nanoCpus }),
    ...(set.pids === undefined ? {} : { PidsLimit: set.pids }),
    ...(set.restartPolicy === undefined
      ? {}
      : { RestartPolicy: { Name: set.restartPolicy, MaximumRetryCount: 0 } }),
  };
}

export function networkBody(network: NetworkResource, owner: Owner): NetworkCreateBody {
  return {
    Name: network.name,
    Driver: 'bridge',
    CheckDuplicate: true,
    IPAM: { Config: [{ Subnet: network.subnet }] },
    Options: { 'com.docker.network.bridge.enable_icc': String(!network.isolated) },
    Labels: ownerLabels(owner),
  };
}

export function volumeBody(tenant: string, name: string, owner: Owner): VolumeCreateBody {
  return { Name: name, Driver: 'local', Labels: { ...ownerLabels(owner), [label.tenant]: tenant } };
}
