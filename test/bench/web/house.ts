import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../../support/git-repo.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';
import { BulkRepository } from '../scale/repository.ts';
import { repositoryFiles, tenantName } from '../scale/tenants.ts';
import { MeasuredControl } from './control.ts';
import { LinkedFleet } from './fleet.ts';
import type { FleetNode } from './fleet-main.ts';

export interface HouseOptions {
  readonly nodes: number;
  /** Of each node. */
  readonly tenants: number;
  /** E-mail addresses of people who may look at everything. */
  readonly viewers?: readonly string[];
  /** Null for the embedded store. */
  readonly databaseUrl: string | null;
}

/** A control node over a repository of many tenants, and their nodes, which have joined and are not linked yet. */
export interface House {
  readonly control: MeasuredControl;
  readonly fleet: LinkedFleet;
  /** Through which the links of all nodes go. */
  readonly network: TcpProxy;
  /** How many, of all nodes. */
  readonly tenants: number;
  /** Folder of the embedded store. */
  readonly storeDir: string;
  close(): Promise<void>;
}

export async function openHouse({ nodes, tenants, viewers = [], databaseUrl }: HouseOptions): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-house-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const platform = `house-${randomBytes(4).toString('hex')}`;
  const names = Array.from({ length: nodes }, (_, index) => `worker-${index + 1}`);
  const all = nodes * tenants;
  const repo = join(dir, 'repository.git');
  await BulkRepository.make(repo, repositoryFiles(all, platform, names, viewers));
  const dataDir = join(dir, 'control');
  // Readers come from many addresses: this machine is their proxy.
  const trusted = { trustedProxies: ['127.0.0.1'] };
  const control = await MeasuredControl.open({ dataDir, repo, platform, databaseUrl, ...trusted });
  stack.defer(() => control.close());
  const network = await openTcpProxy(Number(new URL(control.url).port));
  stack.defer(() => network.close());
  const joining: FleetNode[] = [];
  for (const [index, name] of names.entries()) {
    const { token } = await control.admin.ask<{ token: string }>('POST', `/v1/nodes/${name}/join-token`, {});
    const own = Array.from({ length: tenants }, (_, at) => tenantName(index * tenants + at));
    joining.push({ name, token, tenants: own });
  }
  const fleet = await LinkedFleet.open({
    nodes: joining,
    control: control.url,
    link: `http://127.0.0.1:${network.port}`,
    dir: join(dir, 'nodes'),
    revision: git(repo, ['rev-parse', 'main']),
  });
  stack.defer(() => fleet.close());
  const kept = stack.move();
  const storeDir = join(dataDir, 'store');
  return { control, fleet, network, tenants: all, storeDir, close: () => kept.disposeAsync() };
}
