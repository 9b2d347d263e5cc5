import type { AttentionItem, NodeView, Role } from '../../../web/api/models/platform.ts';
import type { TenantDrift, TenantSummary } from '../../../web/api/models/tenant.ts';
import type { FollowStatus } from '../../../web/branch/follow.ts';
import { attentionOf } from '../../../web/tenants/attention.ts';
import { driftOfAcme, nodesOf, now, tenantsOf } from './fleet.ts';
import { FixtureLive } from './live.ts';
import { FixtureRepository } from './repository.ts';

/** What an administrator may do that belongs to no tenant, and to each tenant. */
const mayAll = [
  'tenants.setup',
  'nodes.setup',
  'library',
  'library.read',
  'nodes',
  'nodes.read',
  'holds',
  'channels',
  'channels.read',
  'git-tokens',
  'audit.read',
  'access.read',
  'access.invite',
  'access.revoke',
  'access.roles',
];
const mayAllWithTenant = [
  'config',
  'prompts',
  'skills',
  'runtime',
  'whatsapp',
  'drift',
  'rollback',
  'tenants.remove',
];

/** All that the fixture server remembers. */
export class FixtureState {
  readonly csrf = 'csrf-of-this-session';
  readonly repository = new FixtureRepository();
  readonly live = new FixtureLive();
  tenants: TenantSummary[];
  role: Role | null = 'platform-admin';
  person = 'u1';
  /** What whoever is signed in may do; a test takes of it. */
  may: readonly string[] = mayAll;
  mayWithTenant: readonly string[] = mayAllWithTenant;
  editable: readonly string[] = [''];
  /** Of acme. */
  drift: TenantDrift = driftOfAcme;
  /** Whether anybody has an account. */
  signedUp = true;
  qr: { code: string; expiresAt: number } | null = null;

  /** What the repository's host last said. */
  host: FollowStatus = { trouble: null, asked: now };
  /** Nodes whose key was revoked. */
  readonly revoked = new Set<string>();

  constructor(count: number) {
    this.tenants = tenantsOf(count);
  }

  nodes(): NodeView[] {
    return nodesOf(this.tenants).map((node) =>
      this.revoked.has(node.name) ? { ...node, enrolled: false, linked: false } : node,
    );
  }

  /** What needs a person, as the server says it. */
  attention(): AttentionItem[] {
    const nodes = this.nodes().map((node) => ({ ...node, received: node.outbox.received }));
    return attentionOf({ tenants: this.tenants, nodes, inGit: () => true, repository: this.host }, null);
  }

  tenant(name: string): TenantSummary | null {
    return this.tenants.find((one) => one.name === name) ?? null;
  }

  /** Changes a tenant and tells the browsers, as a node's status would. */
  change(name: string, change: Partial<TenantSummary>): void {
    this.tenants = this.tenants.map((one) => (one.name === name ? { ...one, ...change } : one));
    const tenant = this.tenant(name);
    if (tenant === null) throw new Error(`There is no tenant ${name}.`);
    for (const topic of ['tenants', `tenant:${name}`]) this.live.say(topic, { type: 'tenant', tenant });
    this.live.say('attention', { type: 'attention', waiting: this.attention().length });
  }

  /** Says that a commit has converged everywhere. */
  converge(oid: string): void {
    const found = this.repository.at(oid);
    if (found === null) throw new Error(`There is no commit ${oid}.`);
    const { progress } = found;
    const done = {
      ...progress,
      nodes: progress.nodes.map((node) => ({ ...node, state: 'converged' as const })),
      tenants: progress.tenants.map((tenant) => ({ ...tenant, state: 'converged' as const })),
      converged: progress.affected,
    };
    Object.assign(found, { progress: done });
    this.live.say('commits', { type: 'progress', progress: done });
  }
}
