import { cronProblem } from './cron.ts';
import { environmentProblem } from './environment.ts';
import { pinProblem } from './image-ref.ts';
import type { Documents, Kind } from './kinds.ts';
import { plainSecret, urlPassword } from './plain-secret.ts';
import { parseBytes, parseInstant } from './quantity.ts';
import { toPointer } from './yaml-tree.ts';

/** Something that one document alone shows, and that JSON Schema cannot say. */
export interface CheckProblem {
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
}

type Checks = { readonly [K in Kind]: (document: Documents[K]) => readonly CheckProblem[] };

/** Docker refuses containers with less. */
const LEAST_MEMORY = '6Mi';

const checks: Checks = {
  Platform: ({ spec }) => [
    ...environment(spec.defaults?.runtime?.env, '/spec/defaults/runtime/env', '<tenant>'),
    ...memory(spec.defaults?.runtime?.resources?.memory, '/spec/defaults/runtime/resources/memory'),
    ...distinct(spec.defaults?.runtime?.tmpfs ?? [], '/spec/defaults/runtime/tmpfs', 'path'),
    ...Object.entries(spec.plans ?? {}).flatMap(([name, plan]) =>
      memory(plan.resources?.memory, toPointer(['spec', 'plans', name, 'resources', 'memory'])),
    ),
  ],
  Node: ({ spec }) => [
    ...environment(spec.environment, '/spec/environment', '<tenant>'),
    ...schedule(spec.backup?.schedule, '/spec/backup/schedule'),
  ],
  Channel: ({ spec }) => [...images(spec.images), ...waves(spec.rollout?.waves ?? [])],
  Tenant: ({ metadata, spec }) => [
    ...(spec.image === undefined ? [] : pinned(spec.image, '/spec/image')),
    ...environment(spec.runtime?.env, '/spec/runtime/env', metadata.name),
    ...memory(spec.runtime?.resources?.memory, '/spec/runtime/resources/memory'),
    ...mounts(spec.runtime),
    ...secretNames(spec.runtime),
    ...plainSecrets(spec.config ?? {}, ['spec', 'config'], metadata.name),
    ...instant(spec.suspend?.until, '/spec/suspend/until'),
  ],
  Prompt: () => [],
  Skill: ({ spec }) => plainSecrets(spec.parameters ?? {}, ['spec', 'parameters'], '<tenant>'),
  Job: ({ spec }) => [
    ...schedule(spec.schedule, '/spec/schedule'),
    ...timezone(spec.timezone, '/spec/timezone'),
  ],
  Site: () => [],
  Secrets: () => [],
  Stack: ({ spec }) => images(spec.images ?? {}),
};

/** Runs the checks of a kind over a document that its schema has accepted. */
export function checkDocument<K extends Kind>(kind: K, document: Documents[K]): readonly CheckProblem[] {
  return checks[kind](document);
}

function environment(
  env: Readonly<Record<string, string>> | undefined,
  pointer: string,
  tenant: string,
): CheckProblem[] {
  return Object.entries(env ?? {}).flatMap(([name, value]) => {
    const problem = environmentProblem(name, value, tenant);
    return problem === null ? [] : [{ ...problem, pointer: pointer + toPointer([name]) }];
  });
}

function images(byName: Readonly<Record<string, string>>): CheckProblem[] {
  return Object.entries(byName).flatMap(([name, ref]) => pinned(ref, toPointer(['spec', 'images', name])));
}

function pinned(ref: string, pointer: string): CheckProblem[] {
  const message = pinProblem(ref);
  return message === null ? [] : [{ code: 'policy/unpinned-image', pointer, message }];
}

function memory(text: string | undefined, pointer: string): CheckProblem[] {
  if (text === undefined || parseBytes(text) >= parseBytes(LEAST_MEMORY)) return [];
  const message = `Docker starts no container with less than ${LEAST_MEMORY} of memory; ask for more.`;
  return [{ code: 'policy/too-little-memory', pointer, message }];
}

function schedule(text: string | undefined, pointer: string): CheckProblem[] {
  const message = text === undefined ? null : cronProblem(text);
  return message === null ? [] : [{ code: 'policy/schedule', pointer, message }];
}

function timezone(name: string | undefined, pointer: string): CheckProblem[] {
  if (name === undefined || isTimezone(name)) return [];
  const message = 'There is no such time zone; use an IANA name, as in `Europe/Berlin` or `UTC`.';
  return [{ code: 'policy/timezone', pointer, message }];
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function instant(text: string | undefined, pointer: string): CheckProblem[] {
  if (text === undefined || parseInstant(text) !== null) return [];
  return [{ code: 'policy/instant', pointer, message: 'No calendar has this day; write one that there is.' }];
}

function waves(list: readonly { readonly percent: number }[]): CheckProblem[] {
  return list.flatMap(({ percent }, index) =>
    index > 0 && percent <= (list[index - 1]?.percent ?? 0)
      ? [
          {
            code: 'policy/waves',
            pointer: toPointer(['spec', 'rollout', 'waves', index, 'percent']),
            message:
              'Each wave must reach more tenants than the one before; raise the percentage or drop the wave.',
          },
        ]
      : [],
  );
}

type Runtime = NonNullable<Documents['Tenant']['spec']['runtime']>;

/** Volumes have names of their own; nothing is mounted over something else. */
function mounts(runtime: Runtime | undefined): CheckProblem[] {
  const volumes = runtime?.volumes ?? [];
  const at = '/spec/runtime';
  const volumePaths = new Set(volumes.map((volume) => volume.mountPath));
  const covered = (runtime?.tmpfs ?? []).flatMap(({ path }, index) =>
    volumePaths.has(path)
      ? [duplicate(`${at}/tmpfs/${index}/path`, `A volume is mounted at \`${path}\` too; move one of them.`)]
      : [],
  );
  return [
    ...distinct(volumes, `${at}/volumes`, 'name'),
    ...distinct(volumes, `${at}/volumes`, 'mountPath'),
    ...distinct(runtime?.tmpfs ?? [], `${at}/tmpfs`, 'path'),
    ...covered,
  ];
}

function distinct<F extends string>(
  items: readonly { readonly [field in F]: string }[],
  pointer: string,
  field: F,
): CheckProblem[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const value = item[field];
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    return [
      duplicate(
        `${pointer}/${index}/${field}`,
        `Another entry of this list has \`${value}\` already; change one.`,
      ),
    ];
  });
}

/** A secret is asked for once, and none has the name of a plain variable. */
function secretNames(runtime: Runtime | undefined): CheckProblem[] {
  const seen = new Set<string>();
  return (runtime?.secrets ?? []).flatMap((secret, index) => {
    const name = typeof secret === 'string' ? secret : secret.name;
    const pointer = `/spec/runtime/secrets/${index}`;
    const twice = seen.has(name);
    seen.add(name);
    if (twice) return [duplicate(pointer, `The secret \`${name}\` is in the list already; keep one.`)];
    if (typeof secret !== 'string' && secret.as === 'env' && Object.hasOwn(runtime?.env ?? {}, name)) {
      return [duplicate(pointer, `\`${name}\` is set in \`env\` too; remove it there.`)];
    }
    return [];
  });
}

function duplicate(pointer: string, message: string): CheckProblem {
  return { code: 'policy/duplicate', pointer, message };
}

/** Looks for credentials in free-form content, whose depth the YAML reader has bounded. */
function plainSecrets(value: unknown, path: readonly (string | number)[], tenant: string): CheckProblem[] {
  if (typeof value === 'string') {
    const what = urlPassword(value) ? 'a URL with its password' : plainSecret(value);
    if (what === null) return [];
    const message = `This looks like ${what} in plain text: take it out, store it with \`tenantry secret set ${tenant} NAME\`, and change the credential, since the history keeps this one.`;
    return [{ code: 'policy/plain-secret', pointer: toPointer(path), message }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, item]) => plainSecrets(item, [...path, key], tenant));
}
