import type { FastifyPluginAsync } from 'fastify';
import { actionsOf } from './access/judge.ts';
import { editablePointers } from './access/may-edit.ts';
import type { RoleBook } from './access/roles.ts';
import { accessRoutes } from './access/routes.ts';
import { editRoutes } from './api/edit-routes.ts';
import { nodeRoutes } from './api/nodes.ts';
import { tenantEventRoutes } from './api/tenant-events.ts';
import { auditIn } from './audit/entries.ts';
import { auditRoutes } from './audit/routes.ts';
import type { AuthParts } from './auth/authenticate.ts';
import { authRoutes } from './auth/routes.ts';
import type { Desk } from './edits/desk.ts';
import { roleEdit } from './edits/roles.ts';
import { nodeView } from './fleet/node-view.ts';
import { gitTokenRoutes } from './git-server/token-routes.ts';
import type { History } from './history/history.ts';
import type { Tracker } from './history/tracker.ts';
import type { Authenticate } from './http/gate.ts';
import { linkRoute } from './link/route.ts';
import type { Links } from './link/start-links.ts';
import { liveRoute } from './live/route.ts';
import type { Log } from './log.ts';
import type { Database } from './ports.ts';
import type { SourceParts } from './source.ts';
import type { AttentionDesk } from './tenants/attention-desk.ts';
import type { Directory } from './tenants/directory.ts';
import { webhookRoutes } from './webhooks/routes.ts';
import type { WebhookSecrets } from './webhooks/secrets.ts';

/** All parts, as the routes take them. */
export interface RouteParts {
  readonly db: Database;
  readonly source: SourceParts;
  readonly links: Links;
  readonly directory: Directory;
  readonly attention: AttentionDesk;
  readonly tracker: Tracker;
  readonly history: History;
  readonly desk: Desk;
  readonly auth: AuthParts;
  readonly authenticate: Authenticate;
  readonly roles: () => RoleBook;
  readonly webhooks: WebhookSecrets;
  readonly cloneUrl: () => string | null;
  readonly publicUrl: string | null;
  readonly ownersUseGit: boolean;
  readonly log: Log;
}

/** Everything below `/v1`. */
export function v1Routes(parts: RouteParts): FastifyPluginAsync[] {
  const { db, source, links, directory, attention, tracker, history, desk, auth, authenticate, roles, log } =
    parts;
  const { branch, files } = source;
  const { fleet, hub, state } = links;
  const now = Date.now;
  const nodes = { fleet, branch, behind: (revision: string | null) => tracker.behind(revision) };
  const watched = { authenticate, ended: auth.ended, log };
  return [
    authRoutes(auth),
    accessRoutes({
      db,
      roles,
      now,
      giveRole: roleEdit(desk),
    }),
    auditRoutes(db),
    ...editRoutes({
      branch,
      files,
      fleet,
      directory,
      attention,
      editor: desk,
      tracker,
      history,
      editable: editablePointers,
      actionsOf,
      now: () => new Date(),
    }),
    nodeRoutes({
      ...nodes,
      db,
      now,
      cloneUrl: parts.cloneUrl,
      publicUrl: parts.publicUrl,
      onEnrolled: (node, enrolled) => state.mark(node, { enrolled }),
      drop: (node) => hub.drop(node),
    }),
    tenantEventRoutes({ ...watched, db, fleet, branch }),
    linkRoute({ db, hub, now }),
    liveRoute({
      audit: auditIn(db, now),
      fleet,
      branch,
      tenants: directory,
      node: (name) => nodeView(nodes, name),
      attention,
      progress: {
        onProgress: (listener) => tracker.onProgress(listener),
        of: (commit, { tenants }) => history.one(commit, tenants),
      },
      ...watched,
      now,
    }),
    webhookRoutes({ secrets: parts.webhooks, branch, now }),
    gitTokenRoutes({ db, cloneUrl: parts.cloneUrl, ownersUseGit: parts.ownersUseGit, now }),
  ];
}
