import type { DesiredTenant } from '../../desired-state/model.ts';
import { createBody, networkBody } from '../../reconciler/apply/create-body.ts';
import type { ContainerInspect, ImageInspect } from '../../reconciler/engine-api.ts';
import type { NodeContext } from '../../renderers/container.ts';
import type { TenantResources } from '../../renderers/resource.ts';
import { renderTenant } from '../../renderers/tenant.ts';
import { node, tenant } from './desired.ts';
import { FakeEngine } from './fake-engine.ts';

/** Where a test's node keeps its folders. */
export const context: NodeContext = {
  owner: { platform: 'test', node: 'worker-1' },
  node,
  configDir: (name) => `/data/tenants/${name}/files`,
  secretsDir: (name) => `/run/tenantry/${name}`,
};

export interface OurContainer {
  readonly wanted: TenantResources;
  readonly inspect: ContainerInspect;
  readonly image: ImageInspect;
}

/**
 * A running container that is as Tenantry makes it, in the engine's own terms.
 *
 * @param secrets values of the tenant's secrets by name; each one's fingerprint is `fp-` and its name
 */
export async function ourContainer(
  parts: Partial<DesiredTenant> = {},
  secrets: Readonly<Record<string, string>> = {},
): Promise<OurContainer> {
  const desired = tenant('acme', parts);
  const fingerprints = Object.fromEntries(Object.keys(secrets).map((name) => [name, `fp-${name}`]));
  const wanted = renderTenant(desired, context, fingerprints);
  const engine = new FakeEngine();
  engine.addImage(desired.image);
  await engine.createNetwork(networkBody(wanted.network, context.owner));
  const { spec, name } = wanted.container;
  const body = createBody(spec, wanted.specHash, 'a'.repeat(40), new Map(Object.entries(secrets)));
  const { id } = await engine.createContainer(name, body);
  await engine.startContainer(id);
  const image = await engine.inspectImage(desired.image);
  if (image === null) throw new Error(`the engine has no image ${desired.image}`);
  return { wanted, inspect: await engine.inspectContainer(id), image };
}
