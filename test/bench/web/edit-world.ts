import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { joinControl } from '../../../reconciler/link/join.ts';
import type { ServerMessage } from '../../../web/api/models/live.ts';
import type { TenantPage } from '../../../web/api/models/tenant.ts';
import { until } from '../../support/engine-wait.ts';
import { git } from '../../support/git-repo.ts';
import { health, runtimeImage, TestHost, yaml } from '../../support/host.ts';
import { openTcpProxy } from '../../support/tcp-proxy.ts';
import { MeasuredControl } from './control.ts';
import { Moments } from './moments.ts';
import { NodeWatch } from './node-watch.ts';
import { openSocket } from './visitor.ts';

const tenants = ['acme', 'globex', 'initech'] as const;

/**
 * A control node that serves its own repository, and a node with three tenants on the real engine that fetches from it
 * over HTTP and is linked to it; with eyes everywhere on the way of an edit.
 */
export interface EditWorld {
  readonly host: TestHost;
  readonly control: MeasuredControl;
  readonly moments: Moments;
  /** Name of the tenant that is edited. */
  readonly tenant: string;
  /** Two builds of the runtime; the tenant begins with the first. */
  readonly images: readonly [string, string];
  /** What its node does about it. */
  readonly watch: NodeWatch;
  close(): Promise<void>;
}

export async function editWorld(platforms: string[]): Promise<EditWorld> {
  await using stack = new AsyncDisposableStack();
  const images = [await runtimeImage('v1'), await runtimeImage('v2')] as const;
  const host = await TestHost.make();
  stack.defer(() => host.remove());
  platforms.push(host.platform);
  for (const tenant of tenants)
    host.tenant(tenant, specOf(images[0]), { 'prompts/greeting.yaml': promptText('Hello.') });
  const control = await openControl(host);
  stack.defer(() => control.close());
  const moments = new Moments();
  const stop = moments.follow(join(repositoryOf(host), 'refs/heads/main'), 'committed');
  stack.defer(stop);

  const tenant = host.name(tenants[0]);
  const watch = new NodeWatch(tenant, moments);
  // The node's link goes through here, where it can be read: what the control node says is not masked.
  const proxy = await openTcpProxy(Number(new URL(control.url).port));
  stack.defer(() => proxy.close());
  proxy.onReply = (chunk) => {
    const oid = /"type":"revision","oid":"([0-9a-f]{40})"/.exec(chunk.toString('latin1'))?.[1];
    if (oid !== undefined) moments.mark(oid, 'told');
  };
  const dataDir = join(host.dir, 'data');
  const invited = await control.admin.ask<{ token: string }>('POST', `/v1/nodes/${host.node}/join-token`, {});
  await joinControl({ control: control.url, node: host.node, token: invited.token, dataDir });
  const made = await control.admin.ask<{ secret: string }>('POST', '/v1/git-tokens', {
    name: 'node',
    scopes: ['read'],
  });
  const running = await host.run({
    repo: control.cloneUrl,
    token: made.secret,
    control: { url: `http://127.0.0.1:${proxy.port}`, version: '0' },
    onEvent: (event) => watch.told(event),
  });
  stack.defer(() => running.stop());
  stack.defer(moments.follow(join(dataDir, 'git/mirror.git/refs/remotes/tenantry/main'), 'fetched'));
  const socket = await openSocket(control.admin, ['commits'], (message) => watchPage(message, moments));
  stack.defer(() => socket.close());
  await inSync(control);
  const kept = stack.move();
  return { host, control, moments, tenant, images, watch, close: () => kept.disposeAsync() };
}

export function promptText(text: string): string {
  return yaml('Prompt', 'greeting', { text });
}

function specOf(image: string): Record<string, unknown> {
  return { image, runtime: { health, update: { strategy: 'stop-first', drain: '1s' } } };
}

/** Where the control node of a host keeps the repository that it serves. */
function repositoryOf(host: TestHost): string {
  return join(host.dir, 'control/git/platform.git');
}

/** It begins with the repository of the host instead of an empty one. */
async function openControl(host: TestHost): Promise<MeasuredControl> {
  const path = repositoryOf(host);
  await mkdir(join(path, '..'), { recursive: true });
  git(host.dir, ['clone', '--quiet', '--bare', host.repository.dir, path]);
  const dataDir = join(host.dir, 'control');
  return MeasuredControl.open({
    dataDir,
    repo: null,
    platform: host.platform,
    databaseUrl: null,
    trustedProxies: [],
  });
}

function watchPage(message: ServerMessage, moments: Moments): void {
  if (message.type !== 'progress') return;
  const { commit, affected, converged } = message.progress;
  if (affected > 0 && affected === converged) moments.mark(commit.oid, 'page');
}

async function inSync({ admin }: MeasuredControl): Promise<void> {
  await until('all tenants are in sync, as the control node shows it', async () => {
    const { counts } = await admin.ask<TenantPage>('GET', '/v1/tenants?limit=1');
    return counts['InSync'] === tenants.length ? true : null;
  });
}
