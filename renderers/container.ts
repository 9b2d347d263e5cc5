import type { DesiredNode, DesiredTenant } from '../desired-state/model.ts';
import { own } from '../schemas/own.ts';
import { mountPaths } from './files.ts';
import { label, type Owner, ownerLabels } from './labels.ts';
import { volumeName } from './names.ts';
import type { ContainerSpec, EnvValue, ExecHealthcheck, Mount, SecretValue } from './resource.ts';

/** What rendering needs to know of the node's disk and key, beside Git. */
export interface NodeContext {
  readonly owner: Owner;
  readonly node: DesiredNode;
  /** Host folder mounted at `/etc/tenantry`. */
  readonly configDir: (tenant: string) => string;
  /** Host folder on a tmpfs mounted at `/run/secrets`. */
  readonly secretsDir: (tenant: string) => string;
}

/**
 * The runtime container of a tenant. This is an allow-list: a container has what is written here and nothing that a
 * repository could add, and every container drops all capabilities and may gain no privileges (see `create-body.ts`).
 *
 * @param fingerprints keyed fingerprint of each secret by name; null where this machine cannot decrypt it
 */
export function runtimeSpec(
  tenant: DesiredTenant,
  context: NodeContext,
  network: string,
  fingerprints: Readonly<Record<string, string | null>>,
): ContainerSpec {
  const secretEnv = tenant.secrets.filter((secret) => secret.as === 'env').map((secret) => secret.name);
  return {
    image: tenant.image,
    command: tenant.command,
    user: tenant.user,
    env: environment(tenant, context.node, fingerprints),
    mounts: mounts(tenant, context),
    tmpfs: Object.fromEntries(
      tenant.tmpfs.map(({ path, sizeBytes }) => [path, `rw,noexec,nosuid,nodev,size=${sizeBytes}`]),
    ),
    readOnlyRoot: tenant.readOnlyRoot,
    healthcheck: execHealthcheck(tenant),
    labels: {
      ...ownerLabels(context.owner),
      [label.tenant]: tenant.name,
      [label.restart]: tenant.restart,
      [label.secretEnv]: secretEnv.sort().join(','),
    },
    networks: [network],
    memoryBytes: tenant.resources.memoryBytes,
    memorySwapBytes: tenant.resources.memoryBytes,
    nanoCpus: tenant.resources.nanoCpus,
    pids: tenant.resources.pids,
    // Docker would start a stopped tenant again with the engine; a running one must come back without us.
    restartPolicy: tenant.state === 'running' ? 'unless-stopped' : 'no',
    forbidden: {},
  };
}

function environment(
  tenant: DesiredTenant,
  node: DesiredNode,
  fingerprints: Readonly<Record<string, string | null>>,
): Record<string, EnvValue> {
  const env: Record<string, EnvValue> = { ...node.environment, ...tenant.env };
  for (const { name, as } of tenant.secrets) {
    if (as === 'env') env[name] = secretValue(name, fingerprints);
  }
  env['TENANTRY_TENANT'] = tenant.name;
  return env;
}

export function secretValue(
  name: string,
  fingerprints: Readonly<Record<string, string | null>>,
): SecretValue {
  return { secret: name, fingerprint: own(fingerprints, name) ?? null };
}

function mounts(tenant: DesiredTenant, context: NodeContext): Record<string, Mount> {
  const result: Record<string, Mount> = {
    [mountPaths.files]: { type: 'bind', source: context.configDir(tenant.name), readOnly: true },
  };
  if (tenant.secrets.some((secret) => secret.as === 'file')) {
    result[mountPaths.secrets] = { type: 'bind', source: context.secretsDir(tenant.name), readOnly: true };
  }
  for (const volume of tenant.volumes) {
    result[volume.mountPath] = {
      type: 'volume',
      source: volumeName(tenant.name, volume.name),
      readOnly: false,
    };
  }
  return result;
}

function execHealthcheck(tenant: DesiredTenant): ExecHealthcheck | null {
  if (tenant.health?.type !== 'exec') return null;
  const { command, intervalMs, timeoutMs, retries, startPeriodMs } = tenant.health;
  return { command, intervalMs, timeoutMs, retries, startPeriodMs };
}
