import type { FastifyPluginAsync, HTTPMethods } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTable, type TableLine } from '../../../web/access/table.ts';
import type { ProblemJson } from '../../../web/api/models/common.ts';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode, unservedLines } from '../../support/control-node.ts';
import { openTestDatabase } from '../../support/database.ts';

/**
 * INV-24: route × method × role × own or another tenant, complete, by the table. Routes of parts that need more than a
 * store are stood for by ones that answer `{ reached: true }`: what is asked here is who gets as far as a route.
 */
const lines = Object.entries(accessTable) as [string, TableLine][];
const roles = ['anonymous', 'nobody', 'viewer', 'tenant-owner', 'operator', 'platform-admin'] as const;
type Who = (typeof roles)[number];
const emails: Partial<Record<Who, string>> = {
  nobody: 'nobody@example.com',
  viewer: 'viewer@example.com',
  'tenant-owner': 'Owner@Acme.example',
  operator: 'operator@example.com',
  'platform-admin': 'admin@example.com',
};

let db: Database;
let node: ControlNode;
const headers = new Map<Who, Record<string, string>>();

beforeAll(async () => {
  db = await openTestDatabase();
  const bare = await controlNode(db);
  const missing = unservedLines(bare.app);
  await bare.close();
  const stand: FastifyPluginAsync = async (app) => {
    for (const name of missing) {
      const [method, url = ''] = name.split(' ');
      app.route({ method: method as HTTPMethods, url, handler: async () => ({ reached: true }) });
    }
  };
  const many = { max: 100_000, seconds: 60 };
  const limits = { address: many, account: many, signInAddress: many, signInAccount: many };
  node = await controlNode(db, { outside: [stand], limits });
  for (const who of roles) {
    const email = emails[who];
    headers.set(who, email === undefined ? {} : await node.browser(await node.account(email)));
  }
});
afterAll(async () => {
  await node.close();
  await db.close();
});

/** What somebody is answered: by the rules in words, not by the code that is tested. */
function expected({ who }: TableLine, role: Who, tenant: string | null): number | 'reached' {
  if (who === 'anyone' || who === 'self') return 'reached';
  if (role === 'anonymous') return 401;
  if (who === 'signed-in') return 'reached';
  if (role === 'nobody') return 403;
  if (role === 'tenant-owner' && tenant !== null && tenant !== 'acme') return 404;
  return who.includes(role) ? 'reached' : 403;
}

const cells = lines.flatMap(([name, line]) => {
  const tenants = name.includes(':tenant') ? ['acme', 'globex', 'nowhere'] : [null];
  return roles.flatMap((role) => tenants.map((tenant) => ({ name, line, role, tenant })));
});

describe('INV-24: the access matrix', () => {
  test('has a cell for every route, role and tenant', () => {
    const withTenant = lines.filter(([name]) => name.includes(':tenant')).length;
    expect(cells).toHaveLength((lines.length + 2 * withTenant) * roles.length);
    expect(unservedLines(node.app)).toEqual([]);
  });

  test.each(lines.map(([name]) => name))(
    '%s is answered to whom the table names, and to nobody else',
    async (name) => {
      for (const { line, role, tenant } of cells.filter((cell) => cell.name === name)) {
        const [method = '', pattern = ''] = name.split(' ');
        const url = pattern
          .replace(':tenant', tenant ?? '')
          .replace(':oid', 'a'.repeat(40))
          .replace(/:\w+|\*/g, 'x');
        // Whoever is let out is let in again for the next cell.
        if (url === '/v1/auth/logout') await signInAgain(role);
        const answer = await node.ask({ method: method, url, headers: headers.get(role) ?? {} });
        const wanted = expected(line, role, tenant);
        const cell = `${name} as ${role}${tenant === null ? '' : ` of ${tenant}`}`;
        const code = answer.statusCode < 400 ? '' : answer.json<ProblemJson>().code;
        const turnedAway = ['auth/required', 'access/forbidden', 'access/no-role', 'tenant/unknown'].includes(
          code,
        );
        expect([cell, turnedAway ? answer.statusCode : 'reached']).toEqual([cell, wanted]);
        if (url === '/v1/auth/logout') await signInAgain(role);
      }
    },
  );

  test('tells an owner of another tenant what it tells him of one that is not there', async () => {
    const ask = (tenant: string) =>
      node.ask({ url: `/v1/tenants/${tenant}/status`, headers: headers.get('tenant-owner') ?? {} });
    const [other, absent] = [await ask('globex'), await ask('nowhere')];
    expect(other.body.replace('globex', 'NAME')).toBe(absent.body.replace('nowhere', 'NAME'));
    const named = ({ headers: all }: typeof other) => Object.keys(all).toSorted();
    expect(named(other)).toEqual(named(absent));
  });

  test('lets a viewer change nothing of the platform', () => {
    const changes = lines.filter(([name]) => !name.startsWith('GET '));
    const viewers = changes.filter(([, { who }]) => Array.isArray(who) && who.includes('viewer'));
    expect(viewers.map(([name]) => name)).toEqual([
      'POST /v1/plan',
      'POST /v1/git-tokens',
      'DELETE /v1/git-tokens/:id',
    ]);
  });

  test('lets an operator do everything but say who may do what', () => {
    const kept = lines.filter(([, { who }]) => Array.isArray(who) && !who.includes('operator'));
    expect(kept.map(([name]) => name)).toEqual([
      'GET /v1/access',
      'POST /v1/access/invitations',
      'DELETE /v1/access/invitations',
      'PUT /v1/access/roles',
    ]);
  });

  test('opens to anybody only what has to be', () => {
    const open = lines.filter(([, { who }]) => who === 'anyone').map(([name]) => name);
    expect(open).toEqual([
      'GET /healthz',
      'GET /readyz',
      'GET /v1/openapi.json',
      'POST /v1/auth/signup',
      'POST /v1/auth/login',
      'POST /v1/auth/refresh',
      'GET /v1/auth/setup',
      'GET /',
      'GET /*',
    ]);
  });
});

test('a route that the table does not name keeps the server from being made', async () => {
  const unlisted: FastifyPluginAsync = async (app) => void app.get('/backdoor', async () => 'open');
  await expect(controlNode(db, { v1: [unlisted] })).rejects.toThrow(
    /GET \/v1\/backdoor is not in web\/access\/table.ts/,
  );
});

test('a role counts from the revision that gives it to the one that takes it', async () => {
  const viewer = headers.get('viewer') ?? {};
  const before = node.world.desired;
  if (before === null) throw new Error('nothing is in force');
  const ask = async () => (await node.ask({ url: '/v1/nodes', headers: viewer })).statusCode;
  expect(await ask()).toBe(200);
  node.world.desired = {
    ...before,
    platform: { ...before.platform, access: { ...before.platform.access, viewer: [] } },
  };
  expect(await ask()).toBe(403);
  node.world.desired = before;
  expect(await ask()).toBe(200);
});

async function signInAgain(role: Who): Promise<void> {
  const email = emails[role];
  if (email !== undefined) headers.set(role, await node.browser(await node.account(email)));
}
