import type { AddressInfo } from 'node:net';
import type { LinkKey } from '../../reconciler/link/link-key.ts';
import type { TenantSummary } from '../../web/api/models/tenant.ts';
import { nodeRoutes } from '../../web/api/nodes.ts';
import { tenantEventRoutes } from '../../web/api/tenant-events.ts';
import { auditIn } from '../../web/audit/entries.ts';
import { authenticator } from '../../web/auth/authenticate.ts';
import { nodeView } from '../../web/fleet/node-view.ts';
import { enrol, makeJoinToken } from '../../web/link/enrolment.ts';
import { linkRoute } from '../../web/link/route.ts';
import { type Links, startLinks } from '../../web/link/start-links.ts';
import { liveRoute } from '../../web/live/route.ts';
import type { WatchParts } from '../../web/live/watch-caller.ts';
import type { Database } from '../../web/ports.ts';
import { type ControlNode, controlNode } from './control-node.ts';
import { silentLog } from './database.ts';

/** A control node that listens on the loopback address, with the ends of its node links and sockets. */
export interface LinkedControl extends Links {
  readonly node: ControlNode;
  readonly port: number;
  readonly url: string;
  /** The branch moved to this commit. */
  move(oid: string): void;
  /** Enrols a node's key. Answers its Git token. */
  enrol(key: Pick<LinkKey, 'node' | 'publicKey' | 'token'>): Promise<string | null>;
  close(): Promise<void>;
}

/**
 * @param options.refreshed what happens when the Git host is asked: it may have something new
 * @param options.recheckMs how often a socket looks whose it is when nobody tells it to
 */
export async function linkedControl(
  db: Database,
  options: {
    readonly refreshed?: () => void;
    readonly recheckMs?: number;
    readonly publicUrl?: string;
  } = {},
): Promise<LinkedControl> {
  const { refreshed = () => undefined, recheckMs = 60_000 } = options;
  const now = (): number => Date.now();
  const listeners = new Set<(oid: string) => void>();
  let head: string | null = null;
  // The server is made with these routes, and they ask it who somebody is.
  const made: { node: ControlNode | null } = { node: null };
  const branch = {
    head: () => head,
    refresh: async () => {
      refreshed();
      return head ?? '';
    },
    desired: () => made.node?.world.desired ?? null,
    onMoved(listener: (oid: string) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const links = await startLinks({ db, branch, log: silentLog, now, silenceMs: 2_000 });
  const { hub, fleet, state } = links;
  const viewParts = { fleet, branch, behind: () => null };
  const watched: Omit<WatchParts, 'branch'> = {
    log: silentLog,
    recheckMs,
    ended: { onEnded: (listener) => made.node?.auth.ended.onEnded(listener) ?? (() => undefined) },
    authenticate: (request) =>
      made.node === null ? Promise.resolve(null) : authenticator(made.node.auth)(request),
  };
  const node = await controlNode(db, {
    v1: [
      linkRoute({ db, hub, now }),
      nodeRoutes({
        ...viewParts,
        db,
        now,
        drop: (name) => hub.drop(name),
        publicUrl: options.publicUrl ?? null,
        cloneUrl: () => 'https://control.example.com/git/platform.git',
        onEnrolled: (name, enrolled) => state.mark(name, { enrolled }),
      }),
      tenantEventRoutes({ ...watched, db, fleet, branch }),
      liveRoute({
        audit: auditIn(db, now),
        fleet,
        branch,
        now,
        ...watched,
        node: (name) => nodeView(viewParts, name),
        tenants: {
          get: (name) => summaryOf(fleet.tenant(name)?.status.phase ?? null, name),
          onChange: (listener) => fleet.onTenant((name) => listener(name, null)),
        },
        attention: {
          of: () => [...fleet.tenants().values()].filter(({ status }) => status.phase !== 'InSync'),
          onChange: (listener) => fleet.onTenant(listener),
        },
        progress: { onProgress: () => () => undefined, of: () => Promise.resolve(null) },
      }),
    ],
  });
  made.node = node;
  await node.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = node.app.server.address() as AddressInfo;
  return {
    ...links,
    node,
    port,
    url: `http://127.0.0.1:${port}`,
    move(oid) {
      head = oid;
      for (const listener of listeners) listener(oid);
    },
    async enrol(key) {
      const { token } = await makeJoinToken(db, { node: key.node, by: 'test', now: now() });
      const { publicKey } = key;
      const given = { node: key.node, token, publicKey, proof: await key.token(now()) };
      const { gitToken } = await enrol(db, given, { now: now(), servesGit: true });
      state.mark(key.node, { enrolled: true });
      return gitToken;
    },
    async close() {
      links.stop();
      await node.close();
    },
  };
}

/** What a list shows of a tenant, as far as these tests look at it. */
function summaryOf(phase: TenantSummary['phase'] | null, name: string): TenantSummary | null {
  if (phase === null) return null;
  return {
    name,
    node: '',
    phase,
    reason: '',
    since: 0,
    state: '',
    health: { state: 'none', detail: '' },
    image: null,
    desiredImage: null,
    desiredState: 'running',
    channel: null,
    plan: null,
    owner: '',
    subdomain: null,
    labels: {},
    revision: null,
    drift: 0,
    pending: 0,
    problems: 0,
    updatedAt: null,
    linked: true,
  };
}
