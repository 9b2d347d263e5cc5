import { label } from '../../../renderers/labels.ts';
import { type CallRecord, isChange } from '../docker/record.ts';
import type { EngineChange } from '../world/engine.ts';
import { nameOf, type Site } from '../world/site.ts';
import type { Evidence } from './evidence.ts';

/**
 * A tenant that is to serve all the time has a healthy running container at every moment of the history. A moment
 * without one that another hand made is that hand's.
 */
export function gaps(site: Site, serves: readonly string[], evidence: Evidence): string[] {
  return serves.flatMap((tenant) => {
    const name = nameOf(site, tenant);
    const healthy = new Set([...evidence.serving].filter(([, of]) => of === name).map(([id]) => id));
    if (healthy.size === 0) return [`${tenant} did not serve when the change was made`];
    const complaints: string[] = [];
    for (const change of changesOf(site, name, evidence)) {
      const served = healthy.size > 0;
      if (change.container?.healthy === true) healthy.add(change.id);
      else healthy.delete(change.id);
      if (!served || healthy.size > 0 || byAnotherHand(change, evidence)) continue;
      complaints.push(
        `no healthy copy of ${tenant} after "${change.action}" of ${change.name}${lastCall(change, evidence)}`,
      );
    }
    return complaints;
  });
}

/** INV-11: what serves is not stopped before its successor has been made, whatever the strategy. */
export function stopsTooEarly(site: Site, tenant: string, evidence: Evidence): string[] {
  const name = nameOf(site, tenant);
  const there = new Set([...evidence.serving].filter(([, of]) => of === name).map(([id]) => id));
  // What never became healthy serves nobody: to take it away is a rollback.
  const healthy = new Set(there);
  const complaints: string[] = [];
  for (const change of changesOf(site, name, evidence)) {
    if (change.action === 'create') there.add(change.id);
    if (change.container?.healthy === true) healthy.add(change.id);
    const ended = change.action === 'die' && healthy.delete(change.id);
    if (ended && there.size < 2 && !byAnotherHand(change, evidence)) {
      complaints.push(
        `INV-11: ${change.name} was stopped before its successor was made${lastCall(change, evidence)}`,
      );
    }
    if (change.action === 'destroy') there.delete(change.id);
  }
  return complaints;
}

/** INV-2: a tenant has a container and at most its successor or predecessor; a third is a duplicate. */
export function duplicates(site: Site, tenant: string, evidence: Evidence): string[] {
  const name = nameOf(site, tenant);
  const there = new Set([...evidence.serving].filter(([, of]) => of === name).map(([id]) => id));
  return changesOf(site, name, evidence).flatMap((change) => {
    if (change.action === 'destroy') there.delete(change.id);
    if (change.action !== 'create') return [];
    there.add(change.id);
    if (there.size <= 2 || byAnotherHand(change, evidence)) return [];
    return [`INV-2: ${tenant} has ${there.size} containers${lastCall(change, evidence)}`];
  });
}

/** What happened to the tenant's containers; that one answers is told without its labels. */
function changesOf({ platform }: Site, tenant: string, { changes, serving }: Evidence): EngineChange[] {
  const ids = new Set([...serving].filter(([, of]) => of === tenant).map(([id]) => id));
  for (const { id, labels } of changes) {
    if (labels[label.tenant] === tenant && labels[label.platform] === platform) ids.add(id);
  }
  return changes.filter(({ id }) => ids.has(id));
}

function byAnotherHand({ at }: EngineChange, { interferences }: Evidence): boolean {
  return interferences.some(({ from, to }) => at >= from && at <= to);
}

function lastCall({ at }: EngineChange, { calls }: Evidence): string {
  const last: CallRecord | undefined = calls.findLast((call) => call.at <= at && isChange(call));
  return last === undefined ? '' : `, the last change asked for being ${last.key}`;
}
