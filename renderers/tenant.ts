import type { DesiredTenant } from '../desired-state/model.ts';
import { type NodeContext, runtimeSpec, secretValue } from './container.ts';
import { fileDigests, managedFiles } from './files.ts';
import { containerName, volumeName } from './names.ts';
import { tenantNetwork } from './network.ts';
import type { TenantResources } from './resource.ts';
import { specHash } from './spec-hash.ts';

/**
 * All that one tenant needs on its node. Pure: the same tenant, node and fingerprints give the same resources, and no
 * other tenant has a part in it.
 *
 * @param fingerprints keyed fingerprint of each secret by name; null where this machine cannot decrypt it
 */
export function renderTenant(
  tenant: DesiredTenant,
  context: NodeContext,
  fingerprints: Readonly<Record<string, string | null>>,
): TenantResources {
  const network = tenantNetwork(tenant.name, context.owner, context.node.network);
  const spec = runtimeSpec(tenant, context, network.name, fingerprints);
  const fileSecrets = tenant.secrets.filter((secret) => secret.as === 'file');
  return {
    tenant: tenant.name,
    container: {
      kind: 'container',
      name: containerName.runtime(tenant.name),
      tenant: tenant.name,
      spec,
      running: tenant.state === 'running',
    },
    network,
    volumes: tenant.volumes.map((volume) => ({
      kind: 'volume',
      name: volumeName(tenant.name, volume.name),
      tenant: tenant.name,
      driver: 'local',
      options: {},
    })),
    files: { kind: 'files', tenant: tenant.name, digests: fileDigests(managedFiles(tenant)) },
    secretFiles: {
      kind: 'secret-files',
      tenant: tenant.name,
      values: Object.fromEntries(fileSecrets.map(({ name }) => [name, secretValue(name, fingerprints)])),
    },
    specHash: specHash(spec),
    health: tenant.health,
  };
}
