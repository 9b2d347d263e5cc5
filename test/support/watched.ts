import { join } from 'node:path';
import { openState } from '../../reconciler/adapters/state.ts';
import type { ContainerInspect } from '../../reconciler/engine-api.ts';
import { readStatus } from '../../reconciler/report/file-sink.ts';
import type { NodeStatus, TenantStatus } from '../../reconciler/report/status.ts';
import { until } from './engine-wait.ts';
import type { TestHost } from './host.ts';

/** The host's `status.json`, as the command line reads it; null before the first. */
export async function statusDocumentOf(host: TestHost): Promise<NodeStatus | null> {
  const state = openState(join(host.dir, 'data', 'state'), ({ path, reason }) => {
    throw new Error(`${path} was damaged: ${reason}`);
  });
  return readStatus(state);
}

/** Waits until the status of the node is as `accept` wants it; answers it. */
export function nodeWhen(
  host: TestHost,
  what: string,
  accept: (status: NodeStatus) => boolean,
  boundMs?: number,
): Promise<NodeStatus> {
  const ask = async (): Promise<NodeStatus | null> => {
    const status = await statusDocumentOf(host);
    return status !== null && accept(status) ? status : null;
  };
  return until(what, ask, boundMs);
}

/** Waits until a tenant's status is as `accept` wants it; answers it. */
export function tenantWhen(
  host: TestHost,
  tenant: string,
  what: string,
  accept: (status: TenantStatus) => boolean,
  boundMs?: number,
): Promise<TenantStatus> {
  const ask = async (): Promise<TenantStatus | null> => {
    const status = await statusDocumentOf(host);
    const found = status?.tenants.find((candidate) => candidate.tenant === host.name(tenant));
    return found !== undefined && accept(found) ? found : null;
  };
  return until(`${tenant}: ${what}`, ask, boundMs);
}

/** Waits until a tenant's container is as `accept` wants it; answers what the engine says of it. */
export function containerWhen(
  host: TestHost,
  tenant: string,
  what: string,
  accept: (inspect: ContainerInspect) => boolean,
): Promise<ContainerInspect> {
  return until(`${tenant}: ${what}`, async () => {
    const inspect = await host.inspect(tenant);
    return inspect !== null && accept(inspect) ? inspect : null;
  });
}
