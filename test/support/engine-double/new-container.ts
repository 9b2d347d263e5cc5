import { join } from 'node:path';
import type { ContainerCreateBody, HostConfig, ImageInspect } from '../../../reconciler/engine-api.ts';
import type { Container, Endpoint, MountPoint } from './shapes.ts';
import { newId } from './world.ts';

const zeroTime = '0001-01-01T00:00:00Z';

/** The engine fills in by itself the lists that protect /proc and /sys. */
const systemPaths = {
  MaskedPaths: [
    '/proc/asound',
    '/proc/acpi',
    '/proc/kcore',
    '/proc/keys',
    '/proc/latency_stats',
    '/proc/timer_list',
    '/proc/timer_stats',
    '/proc/sched_debug',
    '/proc/scsi',
    '/sys/firmware',
  ],
  ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};

/** What an engine 20.10 says of fields that nobody asked for. */
const hostDefaults = {
  Binds: null,
  ContainerIDFile: '',
  LogConfig: { Type: 'json-file', Config: {} },
  PortBindings: null,
  RestartPolicy: { Name: '', MaximumRetryCount: 0 },
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  CapAdd: null,
  CapDrop: null,
  CgroupnsMode: 'host',
  Dns: null,
  DnsOptions: null,
  DnsSearch: null,
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: 'private',
  Cgroup: '',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  UTSMode: '',
  UsernsMode: '',
  ShmSize: 67_108_864,
  Runtime: 'runc',
  ConsoleSize: [0, 0],
  Isolation: '',
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  CgroupParent: '',
  BlkioWeight: 0,
  BlkioWeightDevice: null,
  BlkioDeviceReadBps: null,
  BlkioDeviceWriteBps: null,
  BlkioDeviceReadIOps: null,
  BlkioDeviceWriteIOps: null,
  CpuPeriod: 0,
  CpuQuota: 0,
  CpuRealtimePeriod: 0,
  CpuRealtimeRuntime: 0,
  CpusetCpus: '',
  CpusetMems: '',
  Devices: null,
  DeviceCgroupRules: null,
  DeviceRequests: null,
  KernelMemory: 0,
  KernelMemoryTCP: 0,
  MemoryReservation: 0,
  MemorySwap: 0,
  MemorySwappiness: null,
  OomKillDisable: false,
  PidsLimit: null,
  Ulimits: null,
  CpuCount: 0,
  CpuPercent: 0,
  IOMaximumIOps: 0,
  IOMaximumBandwidth: 0,
};

/** The container that a create call makes. */
export function newContainer(
  name: string,
  body: ContainerCreateBody,
  image: ImageInspect,
  mounts: readonly MountPoint[],
  created: string,
): Container {
  const config = image.Config;
  const asked = new Set((body.Env ?? []).map((line) => line.split('=')[0]));
  const inherited = (config?.Env ?? []).filter((line) => !asked.has(line.split('=')[0]));
  const host = hostConfig(body.HostConfig);
  const Id = newId();
  const Cmd = body.Cmd ?? config?.Cmd ?? null;
  const [Path = '', ...Args] = [...(config?.Entrypoint ?? []), ...(Cmd ?? [])];
  const layers = join('/var/lib/docker/overlay2', newId());
  return structuredClone({
    Id,
    Created: created,
    Path,
    Args,
    State: {
      Status: 'created',
      Running: false,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: 0,
      ExitCode: 0,
      Error: '',
      StartedAt: zeroTime,
      FinishedAt: zeroTime,
    },
    Image: image.Id,
    ResolvConfPath: '',
    HostnamePath: '',
    HostsPath: '',
    LogPath: '',
    Name: `/${name}`,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: host,
    GraphDriver: {
      Data: {
        LowerDir: `${layers}-init/diff:${join('/var/lib/docker/overlay2', image.Id.slice(7))}/diff`,
        MergedDir: `${layers}/merged`,
        UpperDir: `${layers}/diff`,
        WorkDir: `${layers}/work`,
      },
      Name: 'overlay2',
    },
    Mounts: mounts,
    Config: {
      Hostname: Id.slice(0, 12),
      Domainname: '',
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      Volumes: null,
      WorkingDir: '',
      OnBuild: null,
      ...withoutPlacement(body),
      Image: body.Image,
      Cmd,
      Entrypoint: config?.Entrypoint ?? null,
      Env: [...(body.Env ?? []), ...inherited],
      User: body.User ?? config?.User ?? '',
      Labels: body.Labels ?? {},
    },
    NetworkSettings: {
      Bridge: '',
      SandboxID: '',
      HairpinMode: false,
      LinkLocalIPv6Address: '',
      LinkLocalIPv6PrefixLen: 0,
      Ports: {},
      SandboxKey: '',
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      EndpointID: '',
      Gateway: '',
      GlobalIPv6Address: '',
      GlobalIPv6PrefixLen: 0,
      IPAddress: '',
      IPPrefixLen: 0,
      IPv6Gateway: '',
      MacAddress: '',
      Networks: { [host.NetworkMode]: newEndpoint() },
    },
  });
}

export function newEndpoint(): Endpoint {
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: null,
    NetworkID: '',
    EndpointID: '',
    Gateway: '',
    IPAddress: '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    MacAddress: '',
    DriverOpts: null,
  };
}

function hostConfig(asked: Partial<HostConfig> | undefined): HostConfig {
  const given = Object.fromEntries(Object.entries(asked ?? {}).filter(([, value]) => value !== undefined));
  const host = { ...hostDefaults, NetworkMode: 'default', ...given, ...systemPaths };
  // Twice the memory is what the engine takes where swap is not mentioned.
  const MemorySwap = host.Memory > 0 && host.MemorySwap === 0 ? host.Memory * 2 : host.MemorySwap;
  return { ...host, MemorySwap };
}

function withoutPlacement(body: ContainerCreateBody): Readonly<Record<string, unknown>> {
  const { HostConfig: _host, NetworkingConfig: _networking, ...config } = body;
  return config;
}
