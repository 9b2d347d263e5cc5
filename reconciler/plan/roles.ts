import { containerName } from '../../renderers/names.ts';
import type { ContainerSpec } from '../../renderers/resource.ts';
import { madeFrom } from '../../renderers/spec-hash.ts';
import { diffContainer } from './diff.ts';
import { impactOf } from './impact.ts';
import type { ObservedContainer, ObservedTenant } from './observed.ts';
import type { ContainerRef } from './step.ts';

/** A tenant's containers by the part they play, which their names tell. */
export interface Roles {
  /** Bears the runtime's name. */
  readonly main: ObservedContainer | null;
  /** A replacement that has not taken over yet. */
  readonly next: ObservedContainer | null;
  /** The stopped predecessor of a stop-first replacement: while it is there, `main` is not proven healthy. */
  readonly old: ObservedContainer | null;
  /** Ours, with a name that nothing asks for. */
  readonly strays: readonly ObservedContainer[];
}

export function rolesOf(tenant: string, observed: ObservedTenant): Roles {
  const named = (name: string): ObservedContainer | null =>
    observed.containers.find((container) => container.name === name && usable(container)) ?? null;
  const main = named(containerName.runtime(tenant));
  const next = named(containerName.next(tenant));
  const old = named(containerName.old(tenant));
  const known = [main, next, old];
  return { main, next, old, strays: observed.containers.filter((container) => !known.includes(container)) };
}

/** A dead container can only be removed; one that is being removed will be gone. */
function usable(container: ObservedContainer): boolean {
  return container.state !== 'dead' && container.state !== 'removing';
}

export function refTo(container: ObservedContainer): ContainerRef {
  return { name: container.name, id: container.id };
}

/** Docker's own restarts count as running: the engine is at it already. */
export function isRunning(container: ObservedContainer): boolean {
  return container.state === 'running' || container.state === 'restarting' || container.state === 'paused';
}

/** Whether a container can serve as the replacement made from `spec` as it stands. */
export function isMadeFrom(container: ObservedContainer, spec: ContainerSpec): boolean {
  return (
    madeFrom(container.specHash, spec) &&
    diffContainer(spec, container).every((field) => impactOf(field) !== 'replace')
  );
}
