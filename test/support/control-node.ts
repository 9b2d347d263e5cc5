import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, FastifyPluginAsync, InjectOptions, LightMyRequestResponse } from 'fastify';
import { Registry } from 'prom-client';
import type { DesiredState } from '../../desired-state/model.ts';
import { rolesInForce } from '../../web/access/roles.ts';
import { type AccessParts, accessRoutes } from '../../web/access/routes.ts';
import { accessTable } from '../../web/access/table.ts';
import { auditIn, readAudit } from '../../web/audit/entries.ts';
import { auditRoutes } from '../../web/audit/routes.ts';
import { type Account, putAccount } from '../../web/auth/accounts.ts';
import { type AuthParts, authenticator } from '../../web/auth/authenticate.ts';
import { csrfOf, sessionCookie } from '../../web/auth/cookie.ts';
import { endedSessions } from '../../web/auth/ended-sessions.ts';
import { hashPassword } from '../../web/auth/passwords.ts';
import { authRoutes } from '../../web/auth/routes.ts';
import { beginSession } from '../../web/auth/sessions.ts';
import { openSigningKeys } from '../../web/auth/signing-keys.ts';
import { webLog } from '../../web/http/log.ts';
import type { Database } from '../../web/ports.ts';
import { createServer, type ServerParts } from '../../web/server.ts';
import { desiredState, tenant } from './desired.ts';

/** The control node's server over a store in memory, with people who are signed in without typing a password. */
export interface ControlNode {
  readonly app: FastifyInstance;
  readonly auth: AuthParts;
  readonly db: Database;
  /** Lines of the log so far. */
  readonly log: string[];
  readonly dir: string;
  /** What a test may change: what is in force, and by how many milliseconds the clock is ahead. */
  readonly world: { desired: DesiredState | null; ahead: number };
  /** Asks, and waits for the answer. */
  ask(request: InjectOptions): Promise<LightMyRequestResponse>;
  /** An account with the password `correct horse battery`. */
  account(email: string, options?: { readonly setup?: boolean }): Promise<Account>;
  /** Signs an account in as a browser. Answers the headers of its requests. */
  browser(account: Account): Promise<Record<string, string>>;
  audit(): ReturnType<typeof readAudit>;
  close(): Promise<void>;
}

export const password = 'correct horse battery';
export const origin = 'https://control.example.com';

type Options = Partial<Omit<ServerParts, 'log'>> & Pick<Partial<AccessParts>, 'giveRole'>;

/** Makes one over `db`, which stays open. The log is at its most talkative. */
export async function controlNode(db: Database, options: Options = {}): Promise<ControlNode> {
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-web-'));
  const log: string[] = [];
  const world: ControlNode['world'] = { desired: people(), ahead: 0 };
  const now = (): number => Date.now() + world.ahead;
  const roles = rolesInForce({ desired: () => world.desired, head: () => null }, false);
  const auth: AuthParts = { db, keys: await openSigningKeys(dir, now), roles, ended: endedSessions(), now };
  const giveRole = options.giveRole ?? (() => Promise.reject(new Error('no edits here')));
  const own: FastifyPluginAsync[] = [
    authRoutes(auth),
    accessRoutes({ db, roles, now, giveRole }),
    auditRoutes(db),
  ];
  const node: ControlNode = {
    auth,
    db,
    log,
    dir,
    world,
    app: await createServer({
      authenticate: authenticator(auth),
      audit: auditIn(db, now),
      registry: new Registry(),
      waitingFor: async () => [],
      outside: [],
      origins: [origin],
      checkAnswers: true,
      ...options,
      log: webLog({ write: (line) => void log.push(line) }, 'trace'),
      v1: [...own, ...(options.v1 ?? [])],
    }),
    ask: (request) => node.app.inject(request),
    async account(email, { setup = false } = {}) {
      hash ??= hashPassword(password);
      const name = email.split('@')[0] ?? email;
      return putAccount(db, { email, name, passwordHash: await hash, setup }, now());
    },
    async browser({ id }) {
      const { secret } = await beginSession(db, { account: id, kind: 'browser', from: 'test', now: now() });
      return { cookie: `${sessionCookie}=${secret}`, 'x-csrf-token': csrfOf(secret), origin };
    },
    audit: () => readAudit(db, { limit: 500 }),
    async close() {
      await node.app.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return node;
}

let hash: Promise<string> | null = null;

/** Lines of the access table that no route of a server answers. */
export function unservedLines(app: FastifyInstance): string[] {
  return Object.keys(accessTable).filter((name) => {
    const [method = '', url = ''] = name.split(' ');
    return !app.hasRoute({ method: method, url });
  });
}

/** Somebody of each role, and two tenants with an owner each. */
export function people(): DesiredState {
  const state = desiredState([
    tenant('acme', { owner: 'owner@acme.example' }),
    tenant('globex', { owner: 'Other@Globex.example' }),
  ]);
  const access = {
    'platform-admin': ['admin@example.com'],
    operator: ['Operator@example.com'],
    viewer: ['viewer@example.com'],
  };
  return { ...state, platform: { ...state.platform, access } };
}
