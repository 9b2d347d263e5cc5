import { isDeepStrictEqual } from 'node:util';
import type { ContainerInspect, EngineMount, HostConfig } from '../engine-api.ts';

/** Settings of a container's HostConfig that are compared by name elsewhere, so that any value is seen. */
const compared: ReadonlySet<string> = new Set([
  'Memory',
  'MemorySwap',
  'NanoCpus',
  'PidsLimit',
  'RestartPolicy',
  'ReadonlyRootfs',
  'Tmpfs',
]);

/** Settings whose defaults whoever runs the engine chooses (`daemon.json`: a sandboxing runtime, limits, sizes). */
const chosenByOperator: ReadonlySet<string> = new Set(['Runtime', 'ShmSize', 'Ulimits']);

/**
 * A network namespace that is not the container's own, or that no network can be added to: connecting and
 * disconnecting cannot mend these. Other modes only tell the first network that was joined, and networks are compared.
 */
const foreignNetwork = /^(host|none|container:.*)$/;

/** Values that the engine fills in by itself, version by version, beside the empty ones. */
const engineDefaults: Readonly<Record<string, readonly unknown[]>> = {
  CapDrop: [['ALL']],
  SecurityOpt: [['no-new-privileges']],
  IpcMode: ['private', 'shareable'],
  CgroupnsMode: ['host', 'private'],
  ConsoleSize: [[0, 0]],
  LogConfig: [{ Type: 'json-file', Config: { 'max-file': '3', 'max-size': '10m' } }],
  MemorySwappiness: [-1],
  OomKillDisable: [false],
};

/** Paths that every engine's own lists have held since long: where one is missing, a protection was taken away. */
const protections: Readonly<Record<string, readonly string[]>> = {
  MaskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
  ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
};

/** Fields that must be as the renderer set them; empty would mean that a protection is missing. */
const required: readonly string[] = ['CapDrop', 'SecurityOpt', 'LogConfig', ...Object.keys(protections)];

/**
 * Settings of an observed container that are outside the allow-list, by Engine API name: whatever is not compared
 * elsewhere must be empty or what the engine itself fills in. An unknown field of a newer engine that holds something
 * is reported too: better a question than a hole.
 */
export function forbiddenSettings(inspect: ContainerInspect): Record<string, unknown> {
  const host = inspect.HostConfig;
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(host)) {
    if (!isAllowed(name, value, host)) found[name] = value;
  }
  for (const name of required) if (isEmpty(host[name])) found[name] = host[name] ?? null;
  return found;
}

function isAllowed(name: string, value: unknown, host: HostConfig): boolean {
  if (compared.has(name) || chosenByOperator.has(name)) return true;
  const protectedPaths = protections[name];
  if (protectedPaths !== undefined)
    return Array.isArray(value) && protectedPaths.every((path) => value.includes(path));
  if (name === 'NetworkMode') return typeof value === 'string' && !foreignNetwork.test(value);
  if (name === 'Mounts') return (host.Mounts ?? []).every(isPlainMount);
  return isEmpty(value) || (engineDefaults[name] ?? []).some((allowed) => isDeepStrictEqual(allowed, value));
}

/** Bind and volume mounts without options: a volume's DriverConfig can hide a bind of any host path. */
function isPlainMount(mount: EngineMount): boolean {
  const allowed = new Set(['Type', 'Source', 'Target', 'ReadOnly']);
  return (
    (mount.Type === 'bind' || mount.Type === 'volume') &&
    Object.entries(mount).every(([name, value]) => allowed.has(name) || isEmpty(value))
  );
}

/** What the engine shows for a setting that was not made. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
