import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import { revoke } from '../../../web/link/enrolment.ts';
import type { Database } from '../../../web/ports.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';
import { wireHead } from '../../support/fleet-double.ts';
import { fill } from '../../support/full-disk.ts';
import { type LinkedControl, linkedControl } from '../../support/linked-control.ts';
import { type LinkedNode, linkedNode } from '../../support/linked-node.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let db: Database;
let control: LinkedControl;
let proxy: TcpProxy;
let node: LinkedNode;

beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await emptyTables(db, 'node', 'join_token', 'node_outbox', 'node_event');
  control = await linkedControl(db);
  proxy = await openTcpProxy(control.port);
  node = await linkedNode('worker-1');
  await control.enrol(node.key);
});
afterEach(async () => {
  await node.close();
  await proxy.close();
  await control.close();
});

const through = (): string => `http://127.0.0.1:${proxy.port}`;
const event = (number: number, words = 'x'.repeat(number % 500)): LinkEntry => ({
  kind: 'event',
  tenant: 'acme',
  at: 1,
  type: 'container/die',
  data: { number, words },
});
/** The numbers of the events in the store, in the order in which they were taken. */
async function stored(): Promise<number[]> {
  const rows = await db.query<{ data: { number: number } }>('select data from node_event order by id');
  return rows.map(({ data }) => data.number);
}
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('the node link', () => {
  test('over a network that cuts every few kilobytes loses nothing, repeats nothing and keeps the order', async () => {
    let seed = 1;
    // A fixed row of lengths: from a torn handshake to some dozen entries.
    proxy.cutAfter = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return 200 + (seed % 20_000);
    };
    node.start(through());
    for (const number of upTo(300)) void node.outbox.append(event(number));
    await expect.poll(async () => (await stored()).length, { timeout: 25_000 }).toBe(300);
    expect(await stored()).toEqual(upTo(300));
    expect(node.lost).toBe(0);
    expect(control.fleet.node('worker-1')?.received).toBe(300);
  });

  test('that hangs without a word is given up by both ends, and taken up again', async () => {
    node.start(through());
    await expect.poll(() => control.fleet.node('worker-1')?.linked).toBe(true);
    proxy.how = 'swallow';
    for (const number of upTo(20)) await node.outbox.append(event(number));
    await expect.poll(() => node.client.linked).toBe(false);
    await expect.poll(() => control.fleet.node('worker-1')?.linked).toBe(false);
    proxy.how = 'pass';
    proxy.cut();
    await expect.poll(stored).toEqual(upTo(20));
  });

  test('that is slow keeps at most a window of entries under way, and brings all of them', async () => {
    proxy.delayMs = 30;
    for (const number of upTo(2_500)) void node.outbox.append(event(number));
    node.start(through());
    await expect.poll(async () => (await stored()).length, { timeout: 25_000 }).toBe(2_500);
    expect(await stored()).toEqual(upTo(2_500));
  });

  test('tells a linked node of a revision at once, and of the newest one when it comes back', async () => {
    node.start(through());
    await expect.poll(() => node.client.linked).toBe(true);
    control.move('a'.repeat(40));
    await expect.poll(() => node.revisions).toEqual(['a'.repeat(40)]);
    proxy.how = 'refuse';
    proxy.cut();
    await expect.poll(() => node.client.linked).toBe(false);
    control.move('b'.repeat(40));
    proxy.how = 'pass';
    await expect.poll(() => node.revisions.at(-1)).toBe('b'.repeat(40));
  });

  test('is one a node: the newest, and none when its key is revoked', async () => {
    node.start(control.url);
    await expect.poll(() => node.client.linked).toBe(true);
    const token = await node.key.token(Date.now());
    const second = await opened(token);
    second.send(hello('worker-1'));
    // The first one is told, and comes back later: then the second is the older one.
    expect(await ended(second)).toBe(4001);
    await revoke(db, 'worker-1');
    control.hub.drop('worker-1');
    await expect.poll(() => node.client.linked).toBe(false);
    expect(await refusal(await node.key.token(Date.now()))).toBe(401);
  });

  test('INV-18: tells that the disk of its outbox is full, brings the rest when there is room, and says so after a break too', async () => {
    const disk = join(node.dir, 'outbox');
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tenantry-test', disk]);
    const trouble = () => control.fleet.node('worker-1')?.head?.trouble ?? null;
    try {
      node.start(through());
      await node.outbox.append({ kind: 'status', head: wireHead('worker-1', '1'), tenants: [], removed: [] });
      await expect.poll(() => control.fleet.node('worker-1')?.head?.revision).toBe('1');
      await fill(join(disk, 'filler'));
      // The page that the file ends in has room for a short one.
      await node.outbox.append(event(1, 'x'.repeat(5_000)));
      await expect.poll(() => trouble()?.message).toMatch(/ENOSPC.*df .*outbox/s);
      expect(trouble()?.since).toBeGreaterThan(Date.now() - 60_000);
      proxy.cut();
      await expect.poll(() => control.fleet.node('worker-1')?.linked).toBe(false);
      await expect.poll(() => control.fleet.node('worker-1')?.linked).toBe(true);
      await expect.poll(() => trouble()?.message).toMatch(/ENOSPC/);
      expect(await stored()).toEqual([]);
      await rm(join(disk, 'filler'));
      await expect.poll(stored, { timeout: 10_000 }).toEqual([1]);
      await expect.poll(trouble).toBeNull();
      expect(node.lost).toBe(0);
    } finally {
      await execa('umount', ['--lazy', disk]);
    }
  });

  test('says what the outbox lost instead of leaving it out, and has the rest told again', async () => {
    node.start(control.url);
    for (const number of upTo(5)) await node.outbox.append(event(number));
    await expect.poll(stored).toEqual(upTo(5));
    await node.stop();
    // The store is put back to an older backup.
    await db.query('delete from node_event where (data ->> $1)::int > 2', ['number']);
    await db.query('update node_outbox set accepted = 2');
    await node.outbox.accepted(5);
    await node.outbox.append(event(6));
    node.start(control.url);
    await expect.poll(async () => (await stored()).at(-1)).toBe(6);
    const notes = await db.query("select data from node_event where type = 'outbox/lost'");
    expect(notes).toEqual([{ data: { from: 3, to: 5 } }]);
    expect(node.lost).toBeGreaterThan(0);
  });
});

describe('a token for the node link', () => {
  const seconds = (): number => Math.floor(Date.now() / 1_000);
  const claims = { scope: 'link', iss: 'worker-1', sub: 'worker-1', aud: 'tenantry-control' };
  const signed = async (
    more: Record<string, unknown>,
    key = generateKeyPairSync('ed25519').privateKey,
  ): Promise<string> =>
    new SignJWT({ ...claims, iat: seconds(), exp: seconds() + 60, jti: randomUUID(), ...more })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'node+jwt' })
      .sign(key);

  test('INV-25: of another key, another time, another purpose or another algorithm opens nothing', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const good = await signed({}, privateKey);
    await control.enrol({ node: 'worker-1', publicKey: x, token: () => signed({}, privateKey) });
    const [, payload = ''] = good.split('.');
    const header = (fields: object): string => Buffer.from(JSON.stringify(fields)).toString('base64url');
    const hs256 = `${header({ alg: 'HS256', typ: 'node+jwt' })}.${payload}`;
    const bad = {
      'of a key that is not enrolled': await signed({}),
      'of the key that was enrolled before': await node.key.token(Date.now()),
      'that has ended': await signed({ iat: seconds() - 600, exp: seconds() - 540 }, privateKey),
      'that is good for too long': await signed({ iat: seconds() - 600, exp: seconds() + 600 }, privateKey),
      'for somebody else': await signed({ aud: 'another' }, privateKey),
      'for something else': await signed({ scope: 'api' }, privateKey),
      "in another node's name": await signed({ iss: 'worker-2', sub: 'worker-2' }, privateKey),
      'without a signature': `${header({ alg: 'none', typ: 'node+jwt' })}.${payload}.`,
      'signed with the public key': `${hs256}.${createHmac('sha256', x).update(hs256).digest('base64url')}`,
    };
    for (const [what, token] of Object.entries(bad))
      expect([what, await refusal(token)]).toEqual([what, 401]);
    expect(await refusal(null)).toBe(401);
    expect(await refusal(null, `?token=${good}`)).toBe(400);
    const socket = await opened(good);
    socket.terminate();
    // It opened one link: whoever has seen it opens no other.
    expect(await refusal(good)).toBe(401);
  });

  test('of one node does not let it speak as another', async () => {
    const socket = await opened(await node.key.token(Date.now()));
    socket.send(hello('worker-2'));
    expect(await ended(socket)).toBe(4004);
  });

  test.each([
    ['an entry before the welcome', JSON.stringify({ type: 'entry', seq: 1, at: 1, entry: event(1) })],
    ['what is no message', '{"type":"command"}'],
  ])('opens a link that ends with %s', async (_, text) => {
    const socket = await opened(await node.key.token(Date.now()));
    socket.send(text);
    expect(await ended(socket)).toBe(4004);
  });

  test('opens a link that ends with a QR code as an entry, of whichever tenant it is', async () => {
    const socket = await opened(await node.key.token(Date.now()));
    socket.send(hello('worker-1'));
    await new Promise((resolve) => socket.once('message', resolve));
    const data = { code: 'false', expiresAt: Date.now() + 60_000 };
    const entry = { kind: 'event', tenant: 'acme', at: 1, type: 'qr', data };
    socket.send(JSON.stringify({ type: 'entry', seq: 1, at: 1, entry }));
    expect(await ended(socket)).toBe(4004);
    expect(await db.query('select 1 from node_event')).toEqual([]);
  });

  test('opens a link that ends with an entry that leaves one out', async () => {
    const socket = await opened(await node.key.token(Date.now()));
    socket.send(hello('worker-1'));
    socket.send(JSON.stringify({ type: 'entry', seq: 2, at: 1, entry: event(1) }));
    // What comes before the welcome is refused as well, so it is waited for.
    expect(await ended(socket)).toBe(4004);
    expect(await stored()).toEqual([]);
  });
});

const hello = (name: string): string =>
  JSON.stringify({ type: 'hello', protocol: 1, node: name, platform: 'x', version: '0', outbox: 'g1-x' });

function dial(token: string | null, query = ''): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${control.port}/v1/link${query}`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
}

function opened(token: string): Promise<WebSocket> {
  const socket = dial(token);
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** The status with which a handshake is refused. */
function refusal(token: string | null, query = ''): Promise<number | undefined> {
  const socket = dial(token, query);
  return new Promise((resolve, reject) => {
    socket.on('open', () => reject(new Error('it was not refused')));
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
  });
}

const ended = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.on('close', (code) => resolve(code)));
