import { defaults as builtIn } from '../../schemas/defaults.ts';
import type { Documents } from '../../schemas/kinds.ts';
import { parseBytes, parseDuration, toNanoCpus } from '../../schemas/quantity.ts';
import type { DesiredTenant, HealthCheck } from '../model.ts';
import type { PlatformSpec } from './shared.ts';

export type Runtime = NonNullable<Documents['Tenant']['spec']['runtime']>;
export type RuntimeDefaults = NonNullable<NonNullable<PlatformSpec['defaults']>['runtime']>;
export type Plan = NonNullable<PlatformSpec['plans']>[string];

/** Whose word counts, from the strongest: the tenant's, its plan's (resources only), the platform's, the built-in one. */
export interface Levels {
  readonly runtime: Runtime;
  readonly plan: Plan | null;
  readonly platform: RuntimeDefaults;
}

type RuntimePart = Pick<
  DesiredTenant,
  | 'resources'
  | 'health'
  | 'update'
  | 'readOnlyRoot'
  | 'tmpfs'
  | 'reloadSignal'
  | 'volumes'
  | 'state'
  | 'restart'
>;

/** The parts of a tenant's runtime that have defaults, with the defaults filled in and quantities in plain units. */
export function withDefaults({ runtime, plan, platform }: Levels): RuntimePart {
  const volumes = (runtime.volumes ?? []).map(({ name, mountPath, backup = builtIn.volumeBackup }) => ({
    name,
    mountPath,
    backup,
  }));
  const resources = {
    ...builtIn.runtime.resources,
    ...platform.resources,
    ...plan?.resources,
    ...runtime.resources,
  };
  const update = { ...builtIn.runtime.update, ...platform.update, ...runtime.update };
  return {
    state: runtime.state ?? builtIn.runtime.state,
    restart: runtime.restart ?? builtIn.runtime.restart,
    resources: {
      memoryBytes: parseBytes(resources.memory),
      nanoCpus: toNanoCpus(resources.cpus),
      pids: resources.pids,
    },
    health: health(runtime.health, platform.health),
    update: {
      // Two runtimes never share volumes unless somebody asks for it; without volumes a gap serves nobody.
      strategy:
        runtime.update?.strategy ??
        platform.update?.strategy ??
        (volumes.length > 0 ? 'stop-first' : 'start-first'),
      drainMs: parseDuration(update.drain),
    },
    readOnlyRoot: runtime.readOnlyRoot ?? platform.readOnlyRoot ?? builtIn.runtime.readOnlyRoot,
    tmpfs: tmpfs(runtime.tmpfs, platform.tmpfs, volumes),
    reloadSignal: runtime.reloadSignal ?? platform.reloadSignal ?? builtIn.runtime.reloadSignal,
    volumes,
  };
}

/** The probe is the tenant's or else the platform's; the timing is taken field by field. Null without a probe. */
function health(own: Runtime['health'], platform: RuntimeDefaults['health']): HealthCheck | null {
  const probe = own ?? platform;
  const timing = { ...builtIn.runtime.health, ...platform, ...own };
  const times = {
    intervalMs: parseDuration(timing.interval),
    timeoutMs: parseDuration(timing.timeout),
    retries: timing.retries,
    startPeriodMs: parseDuration(timing.startPeriod),
  };
  if (probe?.http !== undefined)
    return { ...times, type: 'http', path: probe.http.path, port: probe.http.port };
  if (probe?.exec !== undefined) return { ...times, type: 'exec', command: probe.exec.command };
  return null;
}

function tmpfs(
  own: Runtime['tmpfs'],
  platform: RuntimeDefaults['tmpfs'],
  volumes: DesiredTenant['volumes'],
): DesiredTenant['tmpfs'] {
  const mounted = new Set(volumes.map(({ mountPath }) => mountPath));
  // A default gives way to a volume that the tenant mounts at the same place.
  const list = own ?? (platform ?? builtIn.runtime.tmpfs).filter(({ path }) => !mounted.has(path));
  return list.map(({ path, size = builtIn.tmpfsSize }) => ({ path, sizeBytes: parseBytes(size) }));
}
