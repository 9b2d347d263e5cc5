import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { Registry } from 'prom-client';
import { mayEdit } from './access/may-edit.ts';
import { rolesInForce } from './access/roles.ts';
import { auditIn } from './audit/entries.ts';
import { authenticator, callerOfAccount } from './auth/authenticate.ts';
import { endedSessions } from './auth/ended-sessions.ts';
import { makeSetupToken } from './auth/invitations.ts';
import { verifyNodeToken } from './auth/node-tokens.ts';
import { openSigningKeys } from './auth/signing-keys.ts';
import { Desk } from './edits/desk.ts';
import { gitHub } from './edits/github.ts';
import { Ending } from './ending.ts';
import { WebError } from './errors.ts';
import { gitRoutes } from './git-server/routes.ts';
import { History } from './history/history.ts';
import { newestPositions } from './history/history-store.ts';
import { Tracker } from './history/tracker.ts';
import { servePage } from './http/page.ts';
import { enrolledKey } from './link/enrolment.ts';
import { startLinks } from './link/start-links.ts';
import type { WebOptions } from './options.ts';
import { Planner } from './plans/planner.ts';
import type { Database } from './ports.ts';
import { type RouteParts, v1Routes } from './routes.ts';
import { createServer } from './server.ts';
import { openSource, type SourceParts } from './source.ts';
import { openDatabase } from './store/database.ts';
import { lockFolder } from './store/folder-lock.ts';
import { retentions } from './store/retention.ts';
import { keepDeletingOld } from './store/retention-job.ts';
import { measureStore } from './store/store-metrics.ts';
import { AttentionDesk } from './tenants/attention-desk.ts';
import { Directory } from './tenants/directory.ts';
import { waitingFor } from './waiting.ts';
import { checkSecrets } from './webhooks/secrets.ts';

/** A control node that listens. */
export interface RunningWeb {
  /** Where people reach it, without a slash at the end. */
  readonly url: string;
  /** Where its own repository is cloned from; null when the repository is at another host. */
  readonly cloneUrl: string | null;
  /** What the first administrator signs up with; null once anybody has signed up. */
  readonly setupToken: string | null;
  readonly store: Database['kind'];
  /** Ends connections, then everything in the reverse order of its start. */
  close(): Promise<void>;
}

/**
 * Starts a control node: the store, the repository and its branch, what nodes say, edits, and at last the server.
 *
 * @throws StoreError, GitError, Error with what keeps it from starting; what was started is ended again
 */
export async function startWeb(options: WebOptions): Promise<RunningWeb> {
  checkSecrets(options.webhooks);
  const ending = new Ending();
  try {
    return await start(options, ending);
  } catch (error) {
    await ending.all();
    throw error;
  }
}

async function start(options: WebOptions, ending: Ending): Promise<RunningWeb> {
  const { dataDir, log, databaseUrl } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(join(dataDir, 'web.lock'), `The data folder ${dataDir}`);
  ending.add(() => lock.release());
  const url = databaseUrl === null ? {} : { url: databaseUrl };
  const registry = new Registry();
  const opened = await openDatabase({ ...url, dir: join(dataDir, 'store'), log });
  ending.add(() => opened.close());
  const store = measureStore(opened, registry);
  ending.add(keepDeletingOld(store, retentions, log));
  const db = store.database;
  const [last] = await newestPositions(db, 1);
  const source = await openSource(options, last?.oid ?? null, ending);
  const parts = await openParts(options, db, source, ending);
  const audit = auditIn(db, Date.now);
  const where = { url: '' };
  const cloneUrl = (): string | null =>
    source.gitServer === null ? null : `${where.url}/git/${source.gitServer.repository}`;
  const app = await createServer({
    log,
    authenticate: parts.authenticate,
    audit,
    registry,
    waitingFor: () => waitingFor(db, source.branch),
    v1: v1Routes({
      ...parts,
      cloneUrl,
      publicUrl: options.publicUrl,
      ownersUseGit: options.ownersUseGit,
    }),
    outside: [
      ...(source.gitServer === null
        ? []
        : [
            gitRoutes({
              server: source.gitServer,
              db,
              audit,
              ownersUseGit: options.ownersUseGit,
              callerOf: (account) => callerOfAccount(parts.auth, account),
              nodeOf: (token) => nodeOf(db, token),
              isEnrolled: (node) => parts.links.fleet.node(node)?.enrolled ?? false,
              now: Date.now,
            }),
          ]),
      ...pageOf(options),
    ],
    origins: options.publicUrl === null ? [] : [options.publicUrl],
    trustedProxies: options.trustedProxies,
    metricsToken: options.metricsToken,
  });
  ending.add(() => app.close());
  where.url = await listen(app, options);
  return {
    url: where.url,
    cloneUrl: cloneUrl(),
    setupToken: await makeSetupToken(db, Date.now()),
    store: db.kind,
    close: () => ending.all(),
  };
}

async function openParts(
  options: WebOptions,
  db: Database,
  source: SourceParts,
  ending: Ending,
): Promise<Omit<RouteParts, 'cloneUrl' | 'publicUrl' | 'ownersUseGit'>> {
  const { log } = options;
  const { branch, reader, files } = source;
  const links = await startLinks({ db, branch, log, now: Date.now });
  ending.add(() => links.stop());
  const { fleet } = links;
  const directory = new Directory({ branch, fleet }, Date.now);
  ending.add(() => directory.close());
  const attention = new AttentionDesk({ directory, fleet, branch });
  ending.add(() => attention.close());
  const tracker = await Tracker.open({ database: db, branch, reader, fleet, log, now: Date.now });
  ending.add(() => tracker.close());
  const positionOf = (revision: string | null): number | null => tracker.positionOf(revision);
  const planner = new Planner({ fleet, repository: reader.repository, now: Date.now });
  const desk = new Desk({
    branch,
    reader,
    files,
    mayEdit,
    planOf: (before, after) => planner.planOf(before, after),
    committer: committerOf(options.publicUrl),
    pulls: options.github === null ? null : gitHub(options.github),
    log,
    now: Date.now,
    keepPlan: (commit, plan) => tracker.keepPlan(commit, plan),
  });
  ending.add(() => desk.close());
  const roles = rolesInForce(branch, source.wasRead);
  const keysDir = join(options.dataDir, 'auth');
  await mkdir(keysDir, { recursive: true, mode: 0o700 });
  const keys = await openSigningKeys(keysDir, Date.now);
  const auth = { db, keys, roles, ended: endedSessions(), now: Date.now };
  return {
    db,
    source,
    links,
    directory,
    attention,
    tracker,
    history: new History({ database: db, fleet, positionOf }),
    desk,
    auth,
    authenticate: authenticator(auth),
    roles,
    webhooks: options.webhooks,
    log,
  };
}

/** Commits are from the control node, on behalf of their authors. */
function committerOf(publicUrl: string | null): { readonly name: string; readonly email: string } {
  const host = publicUrl === null ? 'localhost' : new URL(publicUrl).hostname;
  return { name: 'Tenantry', email: `tenantry@${host}` };
}

async function nodeOf(db: Database, token: string): Promise<string | null> {
  try {
    return await verifyNodeToken(token, (node) => enrolledKey(db, node), Date.now());
  } catch (error) {
    if (error instanceof WebError) return null;
    throw error;
  }
}

function pageOf({ page }: WebOptions): FastifyPluginAsync[] {
  return page === null ? [] : [servePage(page)];
}

/** @returns where people reach it */
async function listen(app: FastifyInstance, { host, port, publicUrl }: WebOptions): Promise<string> {
  await app.listen({ host, port });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  // A browser takes `localhost` for a safe place, as the cookies of the page want it.
  const named = host === '127.0.0.1' || host === '::1' ? 'localhost' : host;
  return publicUrl ?? `http://${named}:${address.port}`;
}
