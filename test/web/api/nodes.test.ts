import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { joinControl } from '../../../reconciler/link/join.ts';
import { type LinkKey, makeLinkKey, readLinkKey } from '../../../reconciler/link/link-key.ts';
import { findGitToken } from '../../../web/git-server/tokens.ts';
import { enrolledKey } from '../../../web/link/enrolment.ts';
import type { Database } from '../../../web/ports.ts';
import { people } from '../../support/control-node.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';
import { type LinkedControl, linkedControl } from '../../support/linked-control.ts';

let db: Database;
let control: LinkedControl;
let headers: Record<string, string>;
let dir: string;
/** What the repository's host has and the control node has not read yet. */
let unread: (() => void) | null = null;

beforeAll(async () => {
  db = await openTestDatabase();
  control = await linkedControl(db, { refreshed: () => unread?.() });
  headers = await control.node.browser(await control.node.account('operator@example.com'));
}, 120_000);
afterAll(async () => {
  await control.close();
  await db.close();
});
beforeEach(async () => {
  await emptyTables(db, 'node', 'join_token', 'git_token');
  dir = mkdtempSync(join(tmpdir(), 'tenantry-nodes-'));
  unread = null;
  control.node.world.ahead = 0;
  control.node.world.desired = people();
  return () => rmSync(dir, { recursive: true, force: true });
});

const joinToken = (node: string) =>
  control.node.ask({ method: 'POST', url: `/v1/nodes/${node}/join-token`, headers, payload: {} });
const tokenOf = async (node: string): Promise<string> =>
  (await joinToken(node)).json<{ token: string }>().token;
const joined = async (token: string, folder = dir): Promise<LinkKey> => {
  await joinControl({ control: control.url, node: 'worker-1', token, dataDir: folder });
  return readLinkKey(folder, 'worker-1');
};
const enrol = async (key: LinkKey, token: string, parts: Record<string, unknown> = {}) => {
  const proof = await key.token(Date.now());
  const payload = { node: 'worker-1', token, publicKey: key.publicKey, proof, ...parts };
  return control.node.ask({ method: 'POST', url: '/v1/nodes/enrol', payload });
};

describe('a join token', () => {
  test('is made for nodes that Git has, and says what to run there', async () => {
    const answer = await joinToken('worker-1');
    expect(answer.statusCode).toBe(201);
    const { token, command } = answer.json<{ token: string; command: string }>();
    expect(command).toMatch(/^tenantry node join --control \S+ --node worker-1 --token tnj_/);
    expect(JSON.stringify(await db.query('select * from join_token'))).not.toContain(token);
    expect((await joinToken('nowhere')).json()).toMatchObject({ status: 404, code: 'node/unknown' });
  });

  test('is made for a node that its Git host has and nobody has read yet', async () => {
    const { desired } = control.node.world;
    const node = desired?.nodes['worker-1'];
    if (desired === null || node === undefined) throw new Error('there is no node to take for an example');
    unread = () => {
      control.node.world.desired = { ...desired, nodes: { ...desired.nodes, 'worker-9': node } };
    };
    expect((await joinToken('worker-9')).statusCode).toBe(201);
  });

  test('names the public address, whichever host it was asked for by', async () => {
    const publicUrl = 'https://control.example.com';
    const named = await linkedControl(db, { publicUrl });
    try {
      const admin = await named.node.browser(await named.node.account('admin@example.com'));
      const url = '/v1/nodes/worker-1/join-token';
      const asked = { ...admin, host: 'evil.example' };
      const answer = await named.node.ask({ method: 'POST', url, headers: asked, payload: {} });
      expect(answer.json<{ command: string }>().command).toContain(`--control ${publicUrl} --node worker-1`);
    } finally {
      await named.close();
    }
  });

  test('is revoked before its node has come, and by a newer one', async () => {
    const older = await tokenOf('worker-1');
    const token = await tokenOf('worker-1');
    const key = await makeLinkKey(dir, 'worker-1');
    expect((await enrol(key, older)).json()).toMatchObject({ status: 401, code: 'link/join-token' });
    const revoke = (node: string) =>
      control.node.ask({ method: 'DELETE', url: `/v1/nodes/${node}/key`, headers });
    expect((await revoke('worker-1')).statusCode).toBe(204);
    expect((await enrol(key, token)).json()).toMatchObject({ status: 401, code: 'link/join-token' });
    expect((await revoke('nowhere')).json()).toMatchObject({ status: 404, code: 'node/unknown' });
    expect((await enrol(key, await tokenOf('worker-1'))).statusCode).toBe(200);
  });

  test('enrols one key, for its own node, within the hour', async () => {
    const token = await tokenOf('worker-1');
    const key = await makeLinkKey(dir, 'worker-1');
    expect((await enrol(key, token, { node: 'worker-2' })).statusCode).toBe(401);
    expect((await enrol(key, `${token}x`)).statusCode).toBe(401);
    expect((await enrol(key, token)).statusCode).toBe(200);
    // The answer may have been lost: the same again is fine, another key is not.
    expect((await enrol(key, token)).statusCode).toBe(200);
    const other = await makeLinkKey(join(dir, 'other'), 'worker-1');
    expect((await enrol(other, token)).json()).toMatchObject({ status: 401, code: 'link/join-token' });
    const late = await tokenOf('worker-1');
    control.node.world.ahead = 3_700_000;
    const proof = await key.token(Date.now() + 3_700_000);
    expect((await enrol(key, late, { proof })).statusCode).toBe(401);
  });

  test('enrols nobody who has not the private half of the key', async () => {
    const token = await tokenOf('worker-1');
    const key = await makeLinkKey(dir, 'worker-1');
    const other = await makeLinkKey(join(dir, 'other'), 'worker-1');
    const stolen = await enrol(other, token, { publicKey: key.publicKey });
    expect(stolen.json()).toMatchObject({ status: 401, code: 'link/token' });
    const old = await enrol(key, token, { proof: await key.token(Date.now() - 600_000) });
    expect(old.statusCode).toBe(401);
    expect(await enrolledKey(db, 'worker-1')).toBeNull();
  });
});

describe('a node that has joined', () => {
  const gitTokens = () =>
    db.query<{ scopes: string[] }>('select scopes from git_token where node is not null');

  test('has one Git token, for reading, and joining again gives it another', async () => {
    const key = await makeLinkKey(dir, 'worker-1');
    const token = await tokenOf('worker-1');
    const first = (await enrol(key, token)).json<{ gitToken: string }>().gitToken;
    const owner = { node: 'worker-1' };
    expect(await findGitToken(db, first, Date.now())).toMatchObject({ scopes: ['read'], owner });
    await joined(await tokenOf('worker-1'));
    expect(await findGitToken(db, first, Date.now())).toBeNull();
    expect(await gitTokens()).toEqual([{ scopes: ['read'] }]);
  });

  test('is out when its key is revoked: the tokens of its joining are good for nothing either', async () => {
    const token = await tokenOf('worker-1');
    const key = await joined(token);
    const revoked = await control.node.ask({ method: 'DELETE', url: '/v1/nodes/worker-1/key', headers });
    expect(revoked.statusCode).toBe(204);
    expect(await enrolledKey(db, 'worker-1')).toBeNull();
    expect(await gitTokens()).toEqual([]);
    expect((await enrol(key, token)).statusCode).toBe(401);
  });

  test('is shown with what it last said, and to nobody who may not see nodes', async () => {
    await joined(await tokenOf('worker-1'));
    const list = await control.node.ask({ url: '/v1/nodes', headers });
    expect(list.json()).toMatchObject({ items: [{ name: 'worker-1', enrolled: true, linked: false }] });
    const owner = await control.node.browser(await control.node.account('owner@acme.example'));
    expect((await control.node.ask({ url: '/v1/nodes/worker-1', headers: owner })).statusCode).toBe(403);
    expect((await control.node.ask({ url: '/v1/nodes/nowhere', headers })).statusCode).toBe(404);
  });
});
