import type { Change } from './change.ts';
import type { ObservedTenant } from './observed.ts';
import type { Refusal, TenantPlan } from './plan.ts';
import { isRunning, refTo } from './roles.ts';
import type { Step } from './step.ts';

/** Seconds a removed tenant gets to end its work: its own setting is gone with it. */
const drainSeconds = 10;

/**
 * The plan of a tenant that is on the node and no longer in Git: its containers and files go, its volumes stay.
 *
 * @param refusals why it must wait (a held mass removal)
 */
export function planRemoval(
  tenant: string,
  observed: ObservedTenant,
  refusals: readonly Refusal[],
): TenantPlan {
  const containers = observed.containers.filter((container) => container.state !== 'removing');
  const changes: Change[] = containers.map((container) => ({
    resource: { kind: 'container', name: container.name },
    kind: 'remove',
    fields: [],
    cause: 'commit',
  }));
  const hasFiles = observed.files !== null || observed.secretFiles !== null;
  if (hasFiles)
    changes.push({ resource: { kind: 'files', name: tenant }, kind: 'remove', fields: [], cause: 'commit' });
  const waves: Step[][] = [
    containers.filter(isRunning).map((container) => ({
      action: 'container.stop',
      container: refTo(container),
      timeoutSeconds: drainSeconds,
    })),
    containers.map((container) => ({ action: 'container.remove', container: refTo(container) })),
    hasFiles ? [{ action: 'files.remove', tenant }] : [],
  ];
  return {
    tenant,
    revision: null,
    changes,
    waves: refusals.length > 0 ? [] : waves.filter((wave) => wave.length > 0),
    rollback: [],
    specHash: null,
    refusals,
    cost: { interruption: 'down', seconds: 0, text: 'removed; volumes stay' },
  };
}
