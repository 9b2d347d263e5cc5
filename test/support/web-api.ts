import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { actionsOf } from '../../web/access/judge.ts';
import { editablePointers, mayEdit } from '../../web/access/may-edit.ts';
import { editRoutes } from '../../web/api/edit-routes.ts';
import { Desk } from '../../web/edits/desk.ts';
import { History } from '../../web/history/history.ts';
import { Tracker } from '../../web/history/tracker.ts';
import { Planner } from '../../web/plans/planner.ts';
import type { AuditEntry, Caller, Database } from '../../web/ports.ts';
import { createServer } from '../../web/server.ts';
import { AttentionDesk } from '../../web/tenants/attention-desk.ts';
import { Directory } from '../../web/tenants/directory.ts';
import { openTestDatabase, silentLog } from './database.ts';
import { FleetDouble } from './fleet-double.ts';
import type { Files } from './git-repo.ts';
import { ada, type DeskWorld, deskWorld } from './web-desk.ts';

/** The API over real commits, a real store and a fleet that the test speaks for. Callers are named by `x-caller`. */
export interface ApiWorld extends DeskWorld {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly fleet: FleetDouble;
  readonly directory: Directory;
  readonly tracker: Tracker;
  readonly database: Database;
  /** Who may ask, by the name in `x-caller`; `ada`, a platform-admin, is there. */
  readonly callers: Map<string, Caller>;
  readonly audit: readonly AuditEntry[];
}

export async function apiWorld(options: { readonly more?: Files } = {}): Promise<ApiWorld> {
  const world = await deskWorld(options);
  const { branch, reader, files } = world;
  const database = await openTestDatabase();
  const fleet = new FleetDouble();
  const directory = new Directory({ branch, fleet }, Date.now);
  const attention = new AttentionDesk({ directory, fleet, branch });
  const tracker = await Tracker.open({ database, branch, reader, fleet, log: silentLog, now: Date.now });
  const history = new History({ database, fleet, positionOf: (revision) => tracker.positionOf(revision) });
  const planner = new Planner({ fleet, repository: reader.repository, now: Date.now });
  const editor = new Desk({
    branch,
    reader,
    files,
    mayEdit,
    planOf: (before, after) => planner.planOf(before, after),
    committer: { name: 'Tenantry', email: 'tenantry@control.example' },
    pulls: null,
    now: Date.now,
    log: silentLog,
    keepPlan: (commit, plan) => tracker.keepPlan(commit, plan),
  });
  const callers = new Map([['ada', ada]]);
  const audit: AuditEntry[] = [];
  const app = await createServer({
    log: silentLog,
    authenticate: async (request) => callers.get(String(request.headers['x-caller'])) ?? null,
    audit: { record: async (entry) => void audit.push(entry) },
    registry: new Registry(),
    waitingFor: async () => [],
    v1: editRoutes({
      branch,
      files,
      fleet,
      directory,
      attention,
      editor,
      tracker,
      history,
      editable: editablePointers,
      actionsOf,
      now: () => new Date(),
    }),
    outside: [],
    limits: { address: { max: 1_000_000, seconds: 60 }, account: { max: 1_000_000, seconds: 60 } },
    checkAnswers: true,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    ...world,
    app,
    url: `http://127.0.0.1:${port}`,
    fleet,
    directory,
    tracker,
    database,
    callers,
    audit,
    async close() {
      await app.close();
      await editor.close();
      attention.close();
      directory.close();
      await tracker.close();
      await world.close();
      await database.close();
    },
  };
}

/** Asks the API; answers status and body. */
export async function ask<T = Record<string, unknown>>(
  world: ApiWorld,
  method: string,
  path: string,
  body?: unknown,
  caller = 'ada',
): Promise<{ readonly status: number; readonly body: T }> {
  const response = await fetch(`${world.url}/v1${path}`, {
    method,
    headers: {
      'x-caller': caller,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}
