import { label, type Owner } from '../../renderers/labels.ts';
import { isGone, isOfOne, type ReconcilerError } from '../errors.ts';
import { takenNames } from '../plan/conflicts.ts';
import type { Docker } from '../ports.ts';
import type { Listed } from './containers.ts';

/**
 * What bears some tenants' labels, and what bears a name that they need. Names are asked for one by one: an engine that
 * lists by name tries an expression on every container that it has.
 *
 * @param failed where tenants are noted of whose names one could not be asked for
 */
export async function listOfTenants(
  docker: Docker,
  owner: Owner,
  tenants: ReadonlySet<string>,
  failed: Map<string, ReconcilerError>,
): Promise<readonly Listed[]> {
  const lists = await Promise.all([...tenants].map((tenant) => listOfOne(docker, owner, tenant, failed)));
  return [...new Map(lists.flat().map((each) => [each.Id, each])).values()];
}

async function listOfOne(
  docker: Docker,
  { platform, node }: Owner,
  tenant: string,
  failed: Map<string, ReconcilerError>,
): Promise<readonly Listed[]> {
  const labels = [`${label.platform}=${platform}`, `${label.node}=${node}`, `${label.tenant}=${tenant}`];
  const listed = await docker.listContainers({ labels });
  // One that is listed is not asked for by its name: the engine may be unable to show it.
  const known = new Set(listed.flatMap(({ Names }) => Names));
  const missing = takenNames(tenant).filter((name) => !known.has(`/${name}`));
  try {
    const called = await Promise.all(missing.map((name) => calledSo(docker, name)));
    return [...listed, ...called.flat()];
  } catch (error) {
    if (!isOfOne(error)) throw error;
    failed.set(tenant, error);
    return listed;
  }
}

async function calledSo(docker: Docker, name: string): Promise<readonly Listed[]> {
  try {
    const { Id, Name, Config } = await docker.inspectContainer(name);
    return [{ Id, Names: [Name], Labels: Config.Labels }];
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
