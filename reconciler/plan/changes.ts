import { isDeepStrictEqual } from 'node:util';
import type { TenantResources } from '../../renderers/resource.ts';
import { madeFrom } from '../../renderers/spec-hash.ts';
import { own } from '../../schemas/own.ts';
import type { Change, FieldDiff, ResourceRef } from './change.ts';
import { diffContainer, diffFields } from './diff.ts';
import { impactOf } from './impact.ts';
import { limitsOf, madeWithValue } from './made-with.ts';
import type { TenantMemory } from './memory.ts';
import type { ObservedContainer, ObservedTenant, ObservedVolume } from './observed.ts';
import { isRunning, rolesOf } from './roles.ts';

/** Everything in which a tenant differs from its desired resources, field by field and by cause. */
export function tenantChanges(
  wanted: TenantResources,
  observed: ObservedTenant,
  volumes: ReadonlyMap<string, ObservedVolume>,
  memory: TenantMemory,
): Change[] {
  const { main, next, old } = rolesOf(wanted.tenant, observed);
  // In the middle of a replacement the container that is to serve stands under another name.
  const current = main ?? next ?? old;
  const changes = [
    ...volumeChanges(wanted, volumes, memory),
    ...contentChanges('files', wanted.tenant, wanted.files.digests, observed.files, memory),
    ...contentChanges('secret-files', wanted.tenant, wanted.secretFiles.values, observed.secretFiles, memory),
    ...(current === null ? [missingContainer(wanted, memory)] : containerChanges(wanted, current, memory)),
  ];
  return changes.flatMap((change) => withMemory(change, memory));
}

/** Values that are changed in place and therefore need a record to tell whether Git or another hand moved them. */
export function inPlaceFields(wanted: TenantResources): Record<string, unknown> {
  return {
    ...limitsOf(wanted.container.spec),
    running: wanted.container.running,
    files: wanted.files.digests,
    'secret-files': wanted.secretFiles.values,
  };
}

function containerChanges(
  wanted: TenantResources,
  actual: ObservedContainer,
  memory: TenantMemory,
): Change[] {
  const { spec, running, name } = wanted.container;
  const state = paused(actual) ? 'paused' : isRunning(actual);
  const fields = [...diffContainer(spec, actual), ...diffFields(running, state, 'running')];
  const made = madeFrom(actual.specHash, spec);
  const causes = { commit: [] as FieldDiff[], drift: [] as FieldDiff[] };
  for (const field of fields) {
    const byCommit =
      impactOf(field) === 'replace' ? !made : movedByGit(field, actual, memory) || isUnbegun(field, actual);
    causes[byCommit ? 'commit' : 'drift'].push(field);
  }
  const kind = fields.some((field) => impactOf(field) === 'replace') ? 'replace' : 'update';
  return (['commit', 'drift'] as const)
    .filter((cause) => causes[cause].length > 0)
    .map((cause) => ({ resource: { kind: 'container', name }, kind, fields: causes[cause], cause }));
}

/** What Git asks to run and the engine could not begin (as after a boot, when a folder was missing) nobody has stopped. */
function isUnbegun({ path, desired }: FieldDiff, { state, error }: ObservedContainer): boolean {
  return path === 'running' && desired === true && state === 'exited' && error !== '';
}

function paused(container: ObservedContainer): boolean {
  return container.state === 'paused';
}

function missingContainer(wanted: TenantResources, memory: TenantMemory): Change {
  return {
    resource: { kind: 'container', name: wanted.container.name },
    kind: 'create',
    fields: [],
    cause: taken(wanted, memory) ? 'drift' : 'commit',
  };
}

/**
 * Whether what is missing was there as Git asks for it now, so that another hand took it. A container that was not to
 * run then and is now is asked for by a commit.
 */
function taken(wanted: TenantResources, { applied }: TenantMemory): boolean {
  if (applied?.specHash !== wanted.specHash) return false;
  return !wanted.container.running || applied.fields['running'] !== false;
}

function volumeChanges(
  wanted: TenantResources,
  volumes: ReadonlyMap<string, ObservedVolume>,
  memory: TenantMemory,
): Change[] {
  const cause = taken(wanted, memory) ? 'drift' : 'commit';
  return wanted.volumes
    .filter((volume) => !volumes.has(volume.name))
    .map((volume) => ({
      resource: { kind: 'volume', name: volume.name },
      kind: 'create',
      fields: [],
      cause,
    }));
}

/** Managed files or secret files, one field a file; `actual` null means that the folder itself is missing. */
function contentChanges(
  kind: 'files' | 'secret-files',
  tenant: string,
  desired: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>> | null,
  memory: TenantMemory,
): Change[] {
  if (actual === null && Object.keys(desired).length === 0) return [];
  const resource: ResourceRef = { kind, name: tenant };
  const applied = memory.applied?.fields[kind];
  const fields = Object.keys({ ...desired, ...actual })
    .sort()
    .flatMap((path) => diffFields({ [path]: own(desired, path) }, { [path]: own(actual ?? {}, path) }));
  const missing = actual === null;
  if (fields.length === 0 && !missing) return [];
  // Secrets are in memory, which each boot empties: that is nobody's drift.
  const emptied = missing && kind === 'secret-files';
  const byCommit = emptied || applied === undefined || !isDeepStrictEqual(applied, desired);
  return [{ resource, kind: missing ? 'create' : 'update', fields, cause: byCommit ? 'commit' : 'drift' }];
}

/**
 * Whether Git asks for another value than it did when the tenant was last in sync. Without that memory the container
 * itself tells what Git asked for when it was made. Where neither knows, it counts as Git's: what another hand did is
 * then mended once in a tenant that only reports drift, while a commit taken for drift would never be applied to it.
 */
function movedByGit(field: FieldDiff, actual: ObservedContainer, memory: TenantMemory): boolean {
  const before =
    memory.applied === null
      ? madeWithValue(actual.spec.labels, field.path)
      : memory.applied.fields[field.path];
  return !isDeepStrictEqual(before, field.desired);
}

/**
 * The change with what is remembered of it: since when it is there, and the event that made it. Fields that differ since
 * another moment, or by another event, are a change of their own.
 */
export function withMemory(change: Change, memory: TenantMemory): Change[] {
  const groups = Map.groupBy(fieldByField(change), (part) =>
    JSON.stringify(memory.seen[changeKey(part)] ?? null),
  );
  return [...groups.values()].map((parts) => ({
    ...change,
    fields: parts.flatMap((part) => part.fields),
    ...parts.map((part) => memory.seen[changeKey(part)]).find((seen) => seen !== undefined),
  }));
}

/** A change as one change a field; as it stands when it is about the whole resource. */
export function fieldByField(change: Change): Change[] {
  if (change.fields.length === 0) return [change];
  return change.fields.map((field) => ({ ...change, fields: [field] }));
}

/** Key of a change in `TenantMemory.seen`: the same difference keeps it from pass to pass. */
export function changeKey(change: Change): string {
  return `${change.resource.kind} ${change.resource.name}#${change.cause}:${change.fields.map((field) => field.path).join(',')}`;
}
