import type { HealthCheck } from '../../desired-state/model.ts';
import { containerName } from '../../renderers/names.ts';
import type { TenantResources } from '../../renderers/resource.ts';
import { diffContainer } from './diff.ts';
import type { ObservedContainer } from './observed.ts';
import { isMadeFrom, isRunning, type Roles, refTo } from './roles.ts';
import type { ContainerRef, Step } from './step.ts';

/** Waves of steps and what undoes them when the new container turns out bad. */
export interface Sequence {
  readonly waves: readonly (readonly Step[])[];
  readonly rollback: readonly Step[];
}

export interface ReplaceOptions {
  readonly strategy: 'start-first' | 'stop-first';
  readonly drainSeconds: number;
  readonly health: HealthCheck | null;
}

/** How long a container without a health check must run before its predecessor is let go, milliseconds. */
const settleMs = 1_000;

/**
 * Puts a container made from `wanted` in the place of what is there, from any state that a crash can leave.
 *
 * - nothing there: create, start, await;
 * - start-first: the new one runs and is healthy before the old one stops; when it is bad, it alone is removed;
 * - stop-first: the old one stops and stays aside as `_old`; when the new one is bad, `_old` serves again;
 * - a stopped tenant: made anew without being started.
 *
 * As long as `_old` is there, the container in `main` is unproven, and it is `_old` that is returned to.
 */
export function replaceContainer(wanted: TenantResources, roles: Roles, options: ReplaceOptions): Sequence {
  const { main, old } = roles;
  const reusable = roles.next !== null && isReusable(roles.next, wanted, main !== null) ? roles.next : null;
  const clear: Step[][] = roles.next !== null && reusable === null ? [[remove(refTo(roles.next))]] : [];
  const name = containerName.runtime(wanted.tenant);
  if (main === null) return intoEmptyPlace(wanted, old, reusable, clear, options);

  const next = reusable === null ? created(containerName.next(wanted.tenant)) : refTo(reusable);
  const create = reusable === null ? [[createStep(wanted, next.name)]] : [];
  if (!wanted.container.running) {
    const stop: Step[][] = isRunning(main) ? [[stopStep(refTo(main), options)]] : [];
    return {
      waves: [...clear, ...create, ...stop, [remove(refTo(main))], [rename(next, name)], ...letGo(old)],
      rollback: [],
    };
  }
  if (options.strategy === 'start-first' && old === null) {
    return {
      waves: [
        ...clear,
        ...create,
        ...(reusable !== null && isRunning(reusable) ? [] : [[start(next)]]),
        [awaitHealthy(next, options.health, true)],
        [stopStep(refTo(main), options)],
        [remove(refTo(main))],
        [rename(next, name)],
      ],
      rollback: [remove(next)],
    };
  }
  const now: ContainerRef = { name, id: next.id };
  const stop: Step[][] = isRunning(main) ? [[stopStep(refTo(main), options)]] : [];
  const aside: Step[] =
    old === null ? [rename(refTo(main), containerName.old(wanted.tenant))] : [remove(refTo(main))];
  const fallback: ContainerRef = { name: containerName.old(wanted.tenant), id: (old ?? main).id };
  return {
    waves: [
      ...clear,
      ...create,
      ...stop,
      aside,
      [rename(next, name)],
      [start(now)],
      [awaitHealthy(now, options.health, true)],
      [remove(fallback)],
    ],
    rollback: returnTo(fallback, now, name),
  };
}

/**
 * Whether what an earlier try left as the replacement can go on as it stands. As long as another container serves, one
 * that another hand paused or changed since is made anew; without one it is all that there is, and is mended in place
 * when it bears its name.
 */
function isReusable(next: ObservedContainer, { container }: TenantResources, spare: boolean): boolean {
  if (!isMadeFrom(next, container.spec)) return false;
  return !spare || (next.state !== 'paused' && diffContainer(container.spec, next).length === 0);
}

/**
 * After a crash in the middle of a stop-first replacement: `main` is made from `wanted`, `_old` waits for the verdict.
 *
 * @param mend what brings `main` into order first: one that another hand paused or disconnected never becomes healthy
 */
export function finishReplacement(
  wanted: TenantResources,
  main: ObservedContainer,
  old: ObservedContainer,
  mend: readonly (readonly Step[])[],
  options: ReplaceOptions,
): Sequence {
  const name = containerName.runtime(wanted.tenant);
  if (!wanted.container.running) return { waves: letGo(old), rollback: [] };
  return {
    waves: [
      ...mend,
      ...(isRunning(main) ? [] : [[start(refTo(main))]]),
      [awaitHealthy(refTo(main), options.health, true)],
      [remove(refTo(old))],
    ],
    rollback: returnTo(refTo(old), refTo(main), name),
  };
}

/** The spec is quarantined: what served before serves again, and no new container is made. */
export function keepPredecessor(wanted: TenantResources, roles: Roles, mainIsBad: boolean): Sequence {
  const name = containerName.runtime(wanted.tenant);
  const waves: Step[][] = [];
  if (roles.next !== null) waves.push([remove(refTo(roles.next))]);
  if (roles.old !== null && (roles.main === null || mainIsBad)) {
    if (roles.main !== null) waves.push([remove(refTo(roles.main))]);
    waves.push([rename(refTo(roles.old), name)]);
    if (wanted.container.running) waves.push([start({ name, id: roles.old.id })]);
  }
  return { waves, rollback: [] };
}

function intoEmptyPlace(
  wanted: TenantResources,
  old: ObservedContainer | null,
  reusable: ObservedContainer | null,
  clear: readonly (readonly Step[])[],
  options: ReplaceOptions,
): Sequence {
  const name = containerName.runtime(wanted.tenant);
  const now: ContainerRef = { name, id: reusable?.id ?? null };
  const place: Step[] = reusable === null ? [createStep(wanted, name)] : [rename(refTo(reusable), name)];
  if (!wanted.container.running) return { waves: [...clear, place, ...letGo(old)], rollback: [] };
  // Where a crash cut a replacement short, the predecessor may still hold the volumes.
  const stopOld: Step[][] = old !== null && isRunning(old) ? [[stopStep(refTo(old), options)]] : [];
  return {
    waves: [
      ...clear,
      ...stopOld,
      place,
      ...(reusable !== null && isRunning(reusable) ? [] : [[start(now)]]),
      [awaitHealthy(now, options.health, old !== null)],
      ...letGo(old),
    ],
    rollback: old === null ? [] : returnTo(refTo(old), now, name),
  };
}

function returnTo(fallback: ContainerRef, bad: ContainerRef, name: string): Step[] {
  return [remove(bad), rename(fallback, name), start({ name, id: fallback.id })];
}

function letGo(old: ObservedContainer | null): Step[][] {
  return old === null ? [] : [[remove(refTo(old))]];
}

/** A container that an earlier step of the same plan creates. */
function created(name: string): ContainerRef {
  return { name, id: null };
}

function createStep(wanted: TenantResources, name: string): Step {
  return { action: 'container.create', name, spec: wanted.container.spec, specHash: wanted.specHash };
}

const start = (container: ContainerRef): Step => ({ action: 'container.start', container });
const remove = (container: ContainerRef): Step => ({ action: 'container.remove', container });
const rename = (container: ContainerRef, to: string): Step => ({ action: 'container.rename', container, to });

function stopStep(container: ContainerRef, options: ReplaceOptions): Step {
  return { action: 'container.stop', container, timeoutSeconds: options.drainSeconds };
}

function awaitHealthy(container: ContainerRef, health: HealthCheck | null, hasPredecessor: boolean): Step {
  return { action: 'container.await-healthy', container, health, settleMs: hasPredecessor ? settleMs : 0 };
}
