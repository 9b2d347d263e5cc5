import type { Role } from '../api/models/platform.ts';

/**
 * Who may ask for a route:
 * - `anyone`: nobody is asked who he is;
 * - `self`: the route judges for itself, by a node's token, a webhook's signature or a Git token;
 * - `signed-in`: whoever has an account, also one that Git gives nothing to;
 * - roles: whom Git gives one of them.
 */
export type Who = 'anyone' | 'self' | 'signed-in' | readonly Role[];

export interface TableLine {
  /** In words, for the audit, for `may` and for a refusal: `runtime.stop`. Several routes may be one action. */
  readonly action: string;
  readonly who: Who;
}

const admins = ['platform-admin'] as const satisfies Who;
const operators = ['platform-admin', 'operator'] as const satisfies Who;
const readers = ['platform-admin', 'operator', 'viewer'] as const satisfies Who;
/** An owner among them sees and changes his own tenants alone: where the path names one, it must be his. */
const everybody = ['platform-admin', 'operator', 'viewer', 'tenant-owner'] as const satisfies Who;
const keepers = ['platform-admin', 'operator', 'tenant-owner'] as const satisfies Who;

/**
 * Every route, and who may ask for it. The server does not start with a route that is not named here. What of a file may
 * be changed is said by `files.ts`; a list shows a tenant-owner what is his.
 */
export const accessTable = {
  'GET /healthz': { action: 'health', who: 'anyone' },
  'GET /readyz': { action: 'health', who: 'anyone' },
  'GET /metrics': { action: 'metrics', who: 'self' },
  'GET /v1/openapi.json': { action: 'openapi', who: 'anyone' },

  'POST /v1/auth/signup': { action: 'auth.signup', who: 'anyone' },
  'POST /v1/auth/login': { action: 'auth.login', who: 'anyone' },
  'POST /v1/auth/refresh': { action: 'auth.refresh', who: 'anyone' },
  // Whether anybody has signed up yet, and no more: the sign-in page tells the first one where to begin.
  'GET /v1/auth/setup': { action: 'auth.setup', who: 'anyone' },
  'POST /v1/auth/logout': { action: 'auth.logout', who: 'signed-in' },
  'PUT /v1/auth/password': { action: 'auth.password', who: 'signed-in' },
  'GET /v1/auth/sessions': { action: 'auth.sessions', who: 'signed-in' },
  'DELETE /v1/auth/sessions/:id': { action: 'auth.sessions', who: 'signed-in' },
  'GET /v1/me': { action: 'me', who: 'signed-in' },

  'GET /v1/access': { action: 'access.read', who: admins },
  'POST /v1/access/invitations': { action: 'access.invite', who: admins },
  'DELETE /v1/access/invitations': { action: 'access.revoke', who: admins },
  'PUT /v1/access/roles': { action: 'access.roles', who: admins },
  'GET /v1/audit': { action: 'audit.read', who: operators },

  'GET /v1/overview': { action: 'overview', who: everybody },
  'GET /v1/tenants': { action: 'tenants.read', who: everybody },
  'GET /v1/plans': { action: 'plans.read', who: readers },
  'POST /v1/tenants/setup': { action: 'tenants.setup', who: operators },
  'DELETE /v1/tenants/:tenant': { action: 'tenants.remove', who: operators },
  'GET /v1/tenants/:tenant/status': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/drift': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/history': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/events': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/logs': { action: 'logs', who: everybody },
  'GET /v1/tenants/:tenant/config': { action: 'tenant.read', who: everybody },
  'PUT /v1/tenants/:tenant/config': { action: 'config', who: keepers },
  'PATCH /v1/tenants/:tenant/config': { action: 'config', who: keepers },
  'GET /v1/tenants/:tenant/prompts': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/prompts/:name': { action: 'tenant.read', who: everybody },
  'PUT /v1/tenants/:tenant/prompts/:name': { action: 'prompts', who: keepers },
  'DELETE /v1/tenants/:tenant/prompts/:name': { action: 'prompts', who: keepers },
  'GET /v1/tenants/:tenant/skills': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/skills/:name': { action: 'tenant.read', who: everybody },
  'PUT /v1/tenants/:tenant/skills/:name': { action: 'skills', who: keepers },
  'DELETE /v1/tenants/:tenant/skills/:name': { action: 'skills', who: keepers },
  // What a tenant runs beside its runtime, and the domains that lead to it: not for an owner, as `files.ts` says.
  'GET /v1/tenants/:tenant/jobs': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/jobs/:name': { action: 'tenant.read', who: everybody },
  'PUT /v1/tenants/:tenant/jobs/:name': { action: 'jobs', who: operators },
  'DELETE /v1/tenants/:tenant/jobs/:name': { action: 'jobs', who: operators },
  'GET /v1/tenants/:tenant/sites': { action: 'tenant.read', who: everybody },
  'GET /v1/tenants/:tenant/sites/:name': { action: 'tenant.read', who: everybody },
  'PUT /v1/tenants/:tenant/sites/:name': { action: 'sites', who: operators },
  'DELETE /v1/tenants/:tenant/sites/:name': { action: 'sites', who: operators },
  'POST /v1/tenants/:tenant/runtime/start': { action: 'runtime', who: keepers },
  'POST /v1/tenants/:tenant/runtime/stop': { action: 'runtime', who: keepers },
  'POST /v1/tenants/:tenant/runtime/restart': { action: 'runtime', who: keepers },
  'POST /v1/tenants/:tenant/whatsapp/pair/start': { action: 'whatsapp', who: keepers },
  'POST /v1/tenants/:tenant/whatsapp/disconnect': { action: 'whatsapp', who: keepers },
  'POST /v1/tenants/:tenant/drift/accept': { action: 'drift', who: operators },
  'POST /v1/tenants/:tenant/drift/heal': { action: 'drift', who: operators },
  // What an owner rolls back is judged field by field, as any edit of his.
  'POST /v1/tenants/:tenant/rollback': { action: 'rollback', who: keepers },

  'GET /v1/library/prompts': { action: 'library.read', who: readers },
  'GET /v1/library/prompts/:name': { action: 'library.read', who: readers },
  'PUT /v1/library/prompts/:name': { action: 'library', who: operators },
  'DELETE /v1/library/prompts/:name': { action: 'library', who: operators },
  'GET /v1/library/skills': { action: 'library.read', who: readers },
  'GET /v1/library/skills/:name': { action: 'library.read', who: readers },
  'PUT /v1/library/skills/:name': { action: 'library', who: operators },
  'DELETE /v1/library/skills/:name': { action: 'library', who: operators },

  'GET /v1/sites': { action: 'sites.read', who: readers },
  'GET /v1/sites/:name': { action: 'sites.read', who: readers },
  'PUT /v1/sites/:name': { action: 'sites', who: operators },
  'DELETE /v1/sites/:name': { action: 'sites', who: operators },

  'GET /v1/history': { action: 'history', who: everybody },
  'GET /v1/commits/:oid': { action: 'history', who: everybody },
  'GET /v1/commits/:oid/files': { action: 'history', who: everybody },
  'POST /v1/plan': { action: 'plan', who: everybody },
  'GET /v1/files': { action: 'files', who: everybody },
  'GET /v1/schemas/:kind': { action: 'schemas', who: 'signed-in' },

  'GET /v1/channels': { action: 'channels.read', who: readers },
  'POST /v1/channels/:channel/pin': { action: 'channels', who: operators },
  'POST /v1/channels/promote': { action: 'channels', who: operators },
  'GET /v1/nodes': { action: 'nodes.read', who: readers },
  'GET /v1/nodes/:node': { action: 'nodes.read', who: readers },
  'POST /v1/nodes/setup': { action: 'nodes.setup', who: operators },
  'POST /v1/nodes/:node/approve': { action: 'holds', who: operators },
  'POST /v1/nodes/:node/join-token': { action: 'nodes', who: operators },
  'DELETE /v1/nodes/:node/key': { action: 'nodes', who: operators },
  'POST /v1/nodes/enrol': { action: 'nodes.enrol', who: 'self' },
  'GET /v1/link': { action: 'link', who: 'self' },

  'GET /v1/events/ws': { action: 'live', who: everybody },
  'POST /v1/webhooks/github': { action: 'webhook', who: 'self' },
  'POST /v1/webhooks/gitlab': { action: 'webhook', who: 'self' },
  'POST /v1/webhooks/plain': { action: 'webhook', who: 'self' },

  'GET /v1/git-tokens': { action: 'git-tokens', who: everybody },
  'POST /v1/git-tokens': { action: 'git-tokens', who: everybody },
  'DELETE /v1/git-tokens/:id': { action: 'git-tokens', who: everybody },
  'GET /git/:repository/info/refs': { action: 'git', who: 'self' },
  'POST /git/:repository/git-upload-pack': { action: 'git.fetch', who: 'self' },
  'POST /git/:repository/git-receive-pack': { action: 'git.push', who: 'self' },

  // The page: the same files for everybody.
  'GET /': { action: 'page', who: 'anyone' },
  'GET /*': { action: 'page', who: 'anyone' },
} as const satisfies Readonly<Record<string, TableLine>>;

export type RouteName = keyof typeof accessTable;

/** The line of a route, by method and path as it was registered (HEAD is as GET); null when the table does not name it. */
export function lineOf(method: string, path: string): TableLine | null {
  const name = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(accessTable, name) ? accessTable[name as RouteName] : null;
}
