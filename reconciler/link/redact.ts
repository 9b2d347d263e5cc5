import { isDeepStrictEqual } from 'node:util';
import type { EnvValue, TenantResources } from '../../renderers/resource.ts';
import { own } from '../../schemas/own.ts';
import type { Change, FieldDiff } from '../plan/change.ts';
import type { ObservedContainer, ObservedTenant, ObservedVolume } from '../plan/observed.ts';

/** Stands for a value that is not told: the same for the same value, so that equal ones still compare as equal. */
export type Hide = (value: string) => string;

/** What Git says or said of a tenant: such values are no secrets of the node. */
export type Known = readonly TenantResources[];

/** Settings outside the allow-list whose values are words, paths and numbers, and what a person must see to judge them. */
const plainSettings: ReadonlySet<string> = new Set([
  ...[
    'Binds',
    'CapAdd',
    'CapDrop',
    'CgroupnsMode',
    'CgroupParent',
    'Devices',
    'Dns',
    'ExposedPorts',
    'ExtraHosts',
  ],
  ...[
    'GroupAdd',
    'Hostname',
    'IpcMode',
    'MaskedPaths',
    'NetworkMode',
    'PidMode',
    'PortBindings',
    'ReadonlyPaths',
  ],
  ...['SecurityOpt', 'StopSignal', 'UsernsMode', 'UTSMode', 'Volumes', 'VolumesFrom', 'WorkingDir'],
]);

/**
 * What is told of a tenant's observed state. Values of the environment, commands and settings that another hand made
 * may hold anything: those that Git does not know are hidden. Secrets are fingerprints already.
 */
export function redactObserved(observed: ObservedTenant, known: Known, hide: Hide): ObservedTenant {
  return {
    ...observed,
    containers: observed.containers.map((container) => redactContainer(container, known, hide)),
  };
}

function redactContainer(container: ObservedContainer, known: Known, hide: Hide): ObservedContainer {
  const { spec, image } = container;
  const env = (values: Readonly<Record<string, EnvValue>>): Record<string, EnvValue> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, redactEnv(name, value, known, hide)]),
    );
  const imageEnv = Object.entries(image.env).map(([name, value]): [string, string] => {
    const shown = redactEnv(name, value, known, hide);
    return [name, typeof shown === 'string' ? shown : hide(value)];
  });
  const command = (value: readonly string[] | null): readonly string[] | null =>
    value === null || isKnownCommand(value, known) ? value : [hide(value.join('\0'))];
  const { healthcheck } = spec;
  const check = healthcheck === null ? null : (command(healthcheck.command) ?? []);
  return {
    ...container,
    error: container.error === '' ? '' : '(not shown)',
    image: { ...image, env: Object.fromEntries(imageEnv), command: command(image.command) },
    spec: {
      ...spec,
      env: env(spec.env),
      command: command(spec.command),
      healthcheck: healthcheck === null || check === null ? null : { ...healthcheck, command: check },
      forbidden: Object.fromEntries(
        Object.entries(spec.forbidden).map(([name, value]) => [name, redactSetting(name, value, hide)]),
      ),
    },
  };
}

/** A stranger's volume may have credentials among the options of its driver. */
export function redactVolume(volume: ObservedVolume, hide: Hide): ObservedVolume {
  const options = Object.entries(volume.options).map(([name, value]): [string, string] => [
    name,
    hide(value),
  ]);
  return { ...volume, options: Object.fromEntries(options) };
}

/** The same for what a status says of differences. What is asked for is Git's and stays. */
export function redactChange(change: Change, known: Known, hide: Hide): Change {
  if (change.resource.kind !== 'container' || change.fields.length === 0) return change;
  return { ...change, fields: change.fields.map((field) => redactField(field, known, hide)) };
}

function redactField(field: FieldDiff, known: Known, hide: Hide): FieldDiff {
  if (field.actual === undefined) return field;
  const [top = '', ...rest] = field.path.split('.');
  const actual = (): unknown => {
    if (top === 'env') return redactActualEnv(rest.join('.'), field.actual, known, hide);
    if (top === 'forbidden') return redactSetting(rest[0] ?? '', field.actual, hide);
    if (top === 'command' || top === 'healthcheck') return redactCommand(field.actual, known, hide);
    return field.actual;
  };
  return { ...field, actual: actual() };
}

function redactActualEnv(name: string, actual: unknown, known: Known, hide: Hide): unknown {
  return typeof actual === 'string' ? redactEnv(name, actual, known, hide) : hideAll(actual, hide);
}

function redactCommand(actual: unknown, known: Known, hide: Hide): unknown {
  if (!isTexts(actual)) return hideAll(actual, hide);
  return isKnownCommand(actual, known) ? actual : hideAll(actual, hide);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function redactEnv(name: string, value: EnvValue, known: Known, hide: Hide): EnvValue {
  if (typeof value !== 'string') return value;
  const isKnown = known.some(({ container }) => own(container.spec.env, name) === value);
  return isKnown ? value : hide(value);
}

function isKnownCommand(command: readonly string[], known: Known): boolean {
  return known.some(
    ({ container: { spec } }) =>
      isDeepStrictEqual(spec.command, command) || isDeepStrictEqual(spec.healthcheck?.command, command),
  );
}

function redactSetting(name: string, value: unknown, hide: Hide): unknown {
  return plainSettings.has(name) ? value : hideAll(value, hide);
}

/** Hides every text in a value, but for a secret, which is a fingerprint. */
function hideAll(value: unknown, hide: Hide): unknown {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((each) => hideAll(each, hide));
  if (typeof value !== 'object' || value === null) return value;
  if ('secret' in value && 'fingerprint' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hideAll(each, hide)]));
}
