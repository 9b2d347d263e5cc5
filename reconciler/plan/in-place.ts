import { isDeepStrictEqual } from 'node:util';
import type { Change, FieldDiff } from './change.ts';
import { impactOf } from './impact.ts';
import type { ObservedContainer } from './observed.ts';
import { isRunning, refTo } from './roles.ts';
import type { LimitUpdate, Step } from './step.ts';
import type { TenantInput } from './tenant-input.ts';

type Waves = readonly (readonly Step[])[];

/** What must be there before a container is made or told to reload: image, volumes, files, secrets. Side by side. */
export function prepareSteps(input: TenantInput, changes: readonly Change[], creates: boolean): Step[] {
  const { wanted, tenant, observed } = input;
  const steps: Step[] = [];
  const image = wanted.container.spec.image;
  if (creates && input.images[image] !== true) steps.push({ action: 'image.pull', ref: image });
  for (const volume of wanted.volumes) {
    const missing = !input.volumes.has(volume.name);
    if (missing && (creates || changes.some((change) => change.resource.name === volume.name))) {
      steps.push({ action: 'volume.create', tenant: tenant.name, name: volume.name });
    }
  }
  const files = changes.find((change) => change.resource.kind === 'files');
  if (files !== undefined || (creates && observed.files === null)) {
    steps.push({ action: 'files.write', tenant: tenant.name, ...changedPaths(files) });
  }
  const secrets = changes.some((change) => change.resource.kind === 'secret-files');
  const names = Object.keys(wanted.secretFiles.values).sort();
  if (secrets || (creates && observed.secretFiles === null && names.length > 0)) {
    steps.push({ action: 'secrets.write', tenant: tenant.name, names });
  }
  return steps;
}

function changedPaths(change: Change | undefined): { changed: string[]; removed: string[] } {
  const fields = change?.fields ?? [];
  return {
    changed: fields.filter((field) => field.desired !== undefined).map((field) => field.path),
    removed: fields.filter((field) => field.desired === undefined).map((field) => field.path),
  };
}

/** Brings a container that is made as wanted into its limits, networks and running state. */
export function inPlaceSteps(input: TenantInput, main: ObservedContainer, changes: readonly Change[]): Waves {
  const state = inPlaceFields(changes).some((field) => field.path === 'running');
  return [...mendSteps(input, main, changes), ...(state ? stateSteps(input, main) : [])];
}

/** Brings it into its limits and networks, and lets it go on where it is paused; it is neither started nor stopped. */
export function mendSteps(input: TenantInput, main: ObservedContainer, changes: readonly Change[]): Waves {
  const fields = inPlaceFields(changes);
  const container = refTo(main);
  const set = limitUpdate(input, fields);
  const state = fields.some((field) => field.path === 'running');
  const goesOn = state && main.state === 'paused' && input.wanted.container.running;
  return [
    ...(set === null ? [] : [[{ action: 'container.update', container, set } as const]]),
    ...(fields.some((field) => field.path === 'networks') ? networkSteps(input, main) : []),
    ...(goesOn ? [[{ action: 'container.unpause', container } as const]] : []),
  ];
}

function inPlaceFields(changes: readonly Change[]): FieldDiff[] {
  return changes
    .filter((change) => change.resource.kind === 'container')
    .flatMap((change) => change.fields)
    .filter((field) => impactOf(field) !== 'replace');
}

function limitUpdate(input: TenantInput, fields: readonly FieldDiff[]): LimitUpdate | null {
  const paths = new Set(fields.filter((field) => impactOf(field) === 'update').map((field) => field.path));
  if (paths.size === 0) return null;
  const { memoryBytes, memorySwapBytes, nanoCpus, pids, restartPolicy } = input.wanted.container.spec;
  return {
    ...(paths.has('memoryBytes') || paths.has('memorySwapBytes') ? { memoryBytes, memorySwapBytes } : {}),
    ...(paths.has('nanoCpus') ? { nanoCpus } : {}),
    ...(paths.has('pids') ? { pids } : {}),
    ...(paths.has('restartPolicy') ? { restartPolicy } : {}),
  };
}

/** Joins first and leaves after, so that the ingress can always reach the tenant on one of them. */
function networkSteps(input: TenantInput, main: ObservedContainer): Waves {
  const wanted = input.wanted.container.spec.networks;
  const actual = main.spec.networks;
  if (isDeepStrictEqual(wanted, actual)) return [];
  const container = refTo(main);
  const join = wanted.filter((network) => !actual.includes(network));
  const leave = actual.filter((network) => !wanted.includes(network));
  return [
    ...join.map((network): Step[] => [{ action: 'network.connect', container, network }]),
    ...leave.map((network): Step[] => [{ action: 'network.disconnect', container, network }]),
  ];
}

function stateSteps(input: TenantInput, main: ObservedContainer): Waves {
  const container = refTo(main);
  if (!input.wanted.container.running) {
    return [
      [
        {
          action: 'container.stop',
          container,
          timeoutSeconds: Math.ceil(input.tenant.update.drainMs / 1_000),
        },
      ],
    ];
  }
  if (isRunning(main)) return [];
  return [
    [{ action: 'container.start', container }],
    [{ action: 'container.await-healthy', container, health: input.tenant.health, settleMs: 0 }],
  ];
}

/**
 * Makes a running container take new files: a signal where its folder is the one that it has mounted, a restart where
 * the folder itself had to be made again (a bind mount holds on to the folder that is gone).
 */
export function reloadSteps(
  input: TenantInput,
  main: ObservedContainer | null,
  changes: readonly Change[],
  others: Waves,
): Waves {
  const { wanted, tenant, observed, memory } = input;
  const restarted = others
    .flat()
    .some((step) => step.action === 'container.start' || step.action === 'container.restart');
  const stopped = others.flat().some((step) => step.action === 'container.stop');
  if (main === null || !isRunning(main) || restarted || stopped || !wanted.container.running) return [];
  const container = refTo(main);
  const rewritten = changes.filter(
    (change) => change.resource.kind === 'files' || change.resource.kind === 'secret-files',
  );
  const folderGone =
    (memory.remountBefore !== null && !startedAfter(main, memory.remountBefore)) ||
    (rewritten.some((change) => change.resource.kind === 'files') && observed.files === null) ||
    (rewritten.some((change) => change.resource.kind === 'secret-files') && observed.secretFiles === null);
  if (folderGone) {
    return [
      [{ action: 'container.restart', container, timeoutSeconds: Math.ceil(tenant.update.drainMs / 1_000) }],
      [{ action: 'container.await-healthy', container, health: tenant.health, settleMs: 0 }],
    ];
  }
  if (rewritten.length === 0 && !memory.reloadPending) return [];
  return [[{ action: 'container.reload', tenant: tenant.name, container, signal: tenant.reloadSignal }]];
}

/** An engine that is on the node has its clock; in doubt (the clock was set meanwhile) it is started once more. */
function startedAfter(container: ObservedContainer, time: number): boolean {
  return Date.parse(container.startedAt) > time;
}
