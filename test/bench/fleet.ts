import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBody, networkBody } from '../../reconciler/apply/create-body.ts';
import type { ContainerCreateBody } from '../../reconciler/engine-api.ts';
import type { NetworkCreateBody } from '../../reconciler/ports.ts';
import { startReconciler } from '../../reconciler/start.ts';
import { ensureBusyboxImage } from '../support/docker-image.ts';
import { TestHost, yaml } from '../support/host.ts';

/** What one contestant is to bring up, as requests to the Engine API. */
export interface Requests {
  readonly network: NetworkCreateBody;
  readonly containers: readonly { readonly name: string; readonly body: ContainerCreateBody }[];
}

export interface FleetOptions {
  /** How many. */
  readonly tenants: number;
  /** The name of the fleet's platform, under which all is labelled that it makes, is added here. */
  readonly platforms: string[];
}

const config = { timezone: 'UTC' };

/** A node that runs nothing yet, and a repository that asks it for tenants without a health check. */
export class Fleet {
  readonly host: TestHost;
  readonly tenants: readonly string[];

  private constructor(host: TestHost, size: number) {
    this.host = host;
    this.tenants = Array.from({ length: size }, (_, index) => `n${String(index + 1).padStart(3, '0')}`);
  }

  /** Remove its host when done. */
  static async make({ tenants, platforms }: FleetOptions): Promise<Fleet> {
    const image = await ensureBusyboxImage();
    const fleet = new Fleet(await TestHost.make(), tenants);
    const { host } = fleet;
    platforms.push(host.platform);
    const files = fleet.tenants.map((tenant): [string, string] => {
      const name = host.name(tenant);
      const spec = { owner: 'ops@example.com', node: host.node, image, config };
      return [`tenants/${name}/tenant.yaml`, yaml('Tenant', name, spec)];
    });
    host.commit(Object.fromEntries(files), `add ${tenants} tenants`);
    return fleet;
  }

  /** As `requestsOf`. */
  requests(): Promise<Requests> {
    return requestsOf(this.host);
  }
}

/**
 * The very requests that Tenantry would send for a host that runs nothing yet, from its own plan. The folders that the
 * containers mount are made here, so that whoever sends the requests by hand has only Docker calls left to do.
 */
export async function requestsOf(host: TestHost): Promise<Requests> {
  const reconciler = await startReconciler(host.options(), 'plan');
  try {
    const { plan } = await reconciler.plan();
    const owner = { platform: host.platform, node: host.node };
    const [network] = plan.networks.flatMap((step) =>
      step.action === 'network.create' ? [networkBody(step.network, owner)] : [],
    );
    if (network === undefined) throw new Error('the plan for an empty node makes no network');
    const steps = plan.tenants.flatMap((tenant) => tenant.waves.flat());
    const containers = steps.flatMap((step) =>
      step.action === 'container.create'
        ? [{ name: step.name, body: createBody(step.spec, step.specHash, plan.revision, new Map()) }]
        : [],
    );
    for (const { body } of containers) await makeFolders(body);
    return { network, containers };
  } finally {
    await reconciler.close();
  }
}

async function makeFolders({ HostConfig: { Mounts } }: ContainerCreateBody): Promise<void> {
  for (const { Type, Source } of Mounts ?? []) {
    if (Type !== 'bind' || Source === undefined) continue;
    await mkdir(Source, { recursive: true });
    await writeFile(join(Source, 'config.json'), `${JSON.stringify(config)}\n`);
  }
}
