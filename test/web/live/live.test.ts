import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../../web/api/models/live.ts';
import type { Database } from '../../../web/ports.ts';
import { origin, password, people } from '../../support/control-node.ts';
import { emptyTables, openTestDatabase } from '../../support/database.ts';
import { wireHead, wireStatus } from '../../support/fleet-double.ts';
import { type LinkedControl, linkedControl } from '../../support/linked-control.ts';
import { type LinkedNode, linkedNode } from '../../support/linked-node.ts';

/** Long enough that no test outlives it. */
const later = 600_000;
/** Close code: sign in again. */
const signIn = 4401;

let db: Database;
let control: LinkedControl;
let node: LinkedNode;
let sockets: WebSocket[] = [];

beforeAll(async () => {
  db = await openTestDatabase();
  control = await linkedControl(db);
  node = await linkedNode('worker-1');
  await control.enrol(node.key);
  node.start(control.url);
  await vi.waitFor(() => expect(node.client.linked).toBe(true));
}, 120_000);
afterEach(() => {
  for (const socket of sockets) socket.terminate();
  sockets = [];
});
beforeEach(() => {
  control.node.world.desired = people();
  control.node.world.ahead = 0;
});
afterAll(async () => {
  await node.close();
  await control.close();
  await db.close();
});

interface Watcher {
  readonly socket: WebSocket;
  readonly heard: ServerMessage[];
  readonly closed: Promise<number>;
}

/** A browser of somebody who is signed in, as the page opens its socket: the cookie, and where the page is from. */
async function watcher(headers: Record<string, string>, ...topics: string[]): Promise<Watcher> {
  return watcherAt(control.port, headers, ...topics);
}

async function watcherAt(
  port: number,
  headers: Record<string, string>,
  ...topics: string[]
): Promise<Watcher> {
  const { cookie = '' } = headers;
  const address = `ws://127.0.0.1:${port}/v1/events/ws`;
  const socket = new WebSocket(address, { headers: { cookie, origin } });
  sockets.push(socket);
  const heard: ServerMessage[] = [];
  socket.on('message', (data: Buffer) => void heard.push(JSON.parse(data.toString()) as ServerMessage));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'subscribe', topics }));
  await expect.poll(() => heard.some(({ type }) => type === 'subscribed')).toBe(true);
  return { socket, heard, closed };
}
const signedIn = async (email: string): Promise<Record<string, string>> =>
  control.node.browser(await control.node.account(email));

const codesIn = ({ heard }: Watcher): unknown[] =>
  heard.flatMap((message) =>
    message.type === 'event' && message.event.type === 'qr' ? [message.event.data['code']] : [],
  );
const show = (code: string, tenant = 'acme', expiresAt = Date.now() + later): void =>
  node.client.showQr({ tenant, code, expiresAt });
const happens = async (): Promise<void> => {
  await node.outbox.append({ kind: 'event', tenant: 'acme', at: Date.now(), type: 'connected', data: {} });
};

describe('a QR code', () => {
  test('is shown at once to whoever may see its tenant and looks at it, and to nobody else', async () => {
    const operator = await watcher(await signedIn('operator@example.com'), 'tenant:acme');
    const owner = await watcher(await signedIn('owner@acme.example'), 'tenant:acme');
    const other = await watcher(await signedIn('other@globex.example'), 'tenant:acme', 'tenant:globex');
    const elsewhere = await watcher(await signedIn('admin@example.com'), 'tenant:globex', 'tenants');
    show('code-1');
    for (const one of [operator, owner]) await expect.poll(() => codesIn(one)).toEqual(['code-1']);
    // What comes after it on the same way has come, so it would have come too.
    show('code-2', 'globex');
    for (const one of [other, elsewhere]) await expect.poll(() => codesIn(one)).toEqual(['code-2']);
    expect(other.heard).toContainEqual(expect.objectContaining({ type: 'refused', topic: 'tenant:acme' }));
    expect(codesIn(operator)).toEqual(['code-1']);
  });

  test('is shown to who comes while it is good, and to nobody after it or after what it was for', async () => {
    const headers = await signedIn('operator@example.com');
    show('code-3');
    const early = await watcher(headers, 'tenant:acme');
    await expect.poll(() => codesIn(early)).toEqual(['code-3']);
    await happens();
    await expect
      .poll(() => early.heard.some((one) => one.type === 'event' && one.event.type === 'connected'))
      .toBe(true);
    const late = await watcher(headers, 'tenant:acme');
    show('code-4', 'acme', Date.now() - 1);
    show('code-5');
    await expect.poll(() => codesIn(late)).toEqual(['code-5']);
  });

  test('is shown to nobody who may not pair its tenant, whenever he comes', async () => {
    const viewer = await watcher(await signedIn('viewer@example.com'), 'tenant:acme');
    const operator = await watcher(await signedIn('operator@example.com'), 'tenant:acme');
    show('code-6');
    await expect.poll(() => codesIn(operator)).toContain('code-6');
    const late = await watcher(await signedIn('viewer@example.com'), 'tenant:acme');
    await happens();
    for (const one of [viewer, late]) {
      await expect
        .poll(() => one.heard.some((each) => each.type === 'event' && each.event.type === 'connected'))
        .toBe(true);
      expect(codesIn(one)).toEqual([]);
    }
  });

  test('goes with its tenant: that of the node before is none any more', async () => {
    const { desired } = control.node.world;
    const acme = desired?.tenants['acme'];
    if (desired === null || acme?.desired == null) throw new Error('acme is not there');
    show('code-7');
    await expect.poll(() => control.fleet.qr('acme')?.code).toBe('code-7');
    const moved = { ...acme, desired: { ...acme.desired, node: 'worker-2' } };
    control.node.world.desired = { ...desired, tenants: { ...desired.tenants, acme: moved } };
    expect(control.fleet.qr('acme')).toBeNull();
  });

  test('of a tenant that is on another node is not believed', async () => {
    const { desired } = control.node.world;
    if (desired === null) throw new Error('nothing is in force');
    const one = await watcher(await signedIn('operator@example.com'), 'tenant:acme', 'tenant:globex');
    const acme = desired.tenants['acme'];
    if (acme?.desired == null) throw new Error('acme is not there');
    const moved = { ...acme, desired: { ...acme.desired, node: 'worker-2' } };
    control.node.world.desired = { ...desired, tenants: { ...desired.tenants, acme: moved } };
    show('false');
    show('true', 'globex');
    await expect.poll(() => codesIn(one)).toContain('true');
    expect(codesIn(one)).not.toContain('false');
  });

  test('is in no table of the store', async () => {
    const one = await watcher(await signedIn('operator@example.com'), 'tenant:acme');
    show('code-never-stored');
    await expect.poll(() => codesIn(one)).toContain('code-never-stored');
    await happens();
    await expect.poll(() => node.outbox.first > node.outbox.last).toBe(true);
    const tables = await db.query<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'public'",
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      expect(JSON.stringify(await db.query(`select * from "${name}"`)), name).not.toContain('never-stored');
    }
  });
});

describe('a socket ends', () => {
  test('when its person signs out, at once, and no code is shown on it any more', async () => {
    const headers = await signedIn('owner@acme.example');
    const mine = await watcher(headers, 'tenant:acme');
    const again = await watcher(await signedIn('operator@example.com'), 'tenant:acme');
    const out = await control.node.ask({ method: 'POST', url: '/v1/auth/logout', headers, payload: {} });
    expect(out.statusCode).toBe(204);
    expect(await mine.closed).toBe(signIn);
    show('after');
    await expect.poll(() => codesIn(again)).toContain('after');
    expect(codesIn(mine)).not.toContain('after');
  });

  test('when the session is over by itself', async () => {
    const often = await linkedControl(db, { recheckMs: 50 });
    try {
      const headers = await often.node.browser(await often.node.account('owner@acme.example'));
      const mine = await watcherAt(often.port, headers, 'tenant:acme');
      often.node.world.ahead = 25 * 3_600_000;
      expect(await mine.closed).toBe(signIn);
    } finally {
      await often.close();
    }
  });

  test('when the password was given anew', async () => {
    const mine = await watcher(await signedIn('owner@acme.example'), 'tenant:acme');
    const headers = await signedIn('admin@example.com');
    const url = '/v1/access/invitations';
    const payload = { email: 'owner@acme.example' };
    const { token } = (await control.node.ask({ method: 'POST', url, headers, payload })).json<{
      token: string;
    }>();
    const made = { invitation: token, name: 'Olga', password: `${password} and more` };
    const reply = await control.node.ask({ method: 'POST', url: '/v1/auth/signup', payload: made });
    expect(reply.statusCode, reply.body).toBe(201);
    expect(await mine.closed).toBe(signIn);
  });

  test('when Git takes the tenant from him', async () => {
    const { desired } = control.node.world;
    const acme = desired?.tenants['acme'];
    if (desired === null || acme?.desired == null) throw new Error('acme is not there');
    const mine = await watcher(await signedIn('owner@acme.example'), 'tenant:acme');
    const sold = { ...acme, desired: { ...acme.desired, owner: 'new@acme.example' } };
    control.node.world.desired = { ...desired, tenants: { ...desired.tenants, acme: sold } };
    control.move('c'.repeat(40));
    expect(await mine.closed).toBe(signIn);
  });

  test('with what is no message, and does not open without a session or from another site', async () => {
    const headers = await signedIn('operator@example.com');
    const mine = await watcher(headers, 'tenants');
    mine.socket.send('{"type":"command"}');
    expect(await mine.closed).toBe(1008);
    const long = await watcher(headers, 'tenants');
    long.socket.send(JSON.stringify({ type: 'subscribe', topics: ['x'.repeat(20_000)] }));
    expect(await long.closed).toBe(1009);
    const loud = await watcher(headers, 'tenants');
    for (let turn = 0; turn < 250; turn += 1) loud.socket.send('{"type":"subscribe","topics":[]}');
    expect(await loud.closed).toBe(4429);
    const { cookie = '' } = headers;
    const cases = [
      [401, { origin }],
      [403, { cookie, origin: 'https://evil.example' }],
    ] as const;
    for (const [status, given] of cases) {
      const socket = new WebSocket(`ws://127.0.0.1:${control.port}/v1/events/ws`, { headers: given });
      socket.on('error', () => undefined);
      const refused = (await once(socket, 'unexpected-response')) as [ClientRequest, IncomingMessage];
      expect(refused[1].statusCode).toBe(status);
      refused[0].destroy();
    }
  });
});

test('a status and its event are told to who follows the tenant, and what nobody may see to nobody', async () => {
  await emptyTables(db, 'node_event');
  const owner = await watcher(await signedIn('owner@acme.example'), 'tenants', 'nodes');
  expect(owner.heard).toContainEqual(expect.objectContaining({ type: 'refused', topic: 'nodes' }));
  await happens();
  const page = () => control.node.ask({ url: '/v1/tenants/acme/events', headers: asked });
  const asked = await signedIn('owner@acme.example');
  await expect
    .poll(async () => (await page()).json<unknown>())
    .toMatchObject({ items: [{ type: 'connected' }] });
  const other = await control.node.ask({ url: '/v1/tenants/globex/events', headers: asked });
  expect(other.statusCode).toBe(404);
});

test('how many things need a person is told to who begins to follow that, and then whenever it is another number', async () => {
  const mine = await watcher(await signedIn('operator@example.com'), 'attention');
  const numbers = () => mine.heard.flatMap((one) => (one.type === 'attention' ? [one.waiting] : []));
  await expect.poll(numbers).toEqual([0]);
  const tell = (...failed: string[]) =>
    node.outbox.append({
      kind: 'status',
      head: wireHead('worker-1', 'd'.repeat(40)),
      tenants: ['acme', 'globex'].map((name) =>
        wireStatus(name, { phase: failed.includes(name) ? 'Failed' : 'InSync' }),
      ),
      removed: [],
    });
  await tell('acme');
  await expect.poll(numbers).toEqual([0, 1]);
  await tell('globex');
  await tell('acme', 'globex');
  await expect.poll(numbers).toEqual([0, 1, 2]);
  await tell();
  await expect.poll(numbers).toEqual([0, 1, 2, 0]);
});

test('a node that has nothing to tell is seen all the same', async () => {
  const seen = (): number => control.fleet.node('worker-1')?.lastSeen ?? 0;
  const received = control.fleet.node('worker-1')?.received;
  const first = seen();
  await expect.poll(seen).toBeGreaterThan(first);
  const second = seen();
  await expect.poll(seen).toBeGreaterThan(second);
  expect(control.fleet.node('worker-1')?.received).toBe(received);
});

test('a log is sent while somebody looks, to him alone, and the node is told to stop when he looks away', async () => {
  const mine = await watcher(await signedIn('owner@acme.example'), 'logs:acme');
  await expect.poll(() => node.lookedAt.at(-1)).toEqual(['acme']);
  const line = (text: string) => ({ at: '2026-11-21T10:00:00Z', stream: 'stdout', line: text });
  node.client.sendLog({ type: 'log', tenant: 'acme', lines: [line('one'), line('two')] });
  const logs = () =>
    mine.heard.flatMap((one) => (one.type === 'log' ? one.lines.map(({ line: text }) => text) : []));
  await expect.poll(logs).toEqual(['one', 'two']);
  mine.socket.send(JSON.stringify({ type: 'unsubscribe', topics: ['logs:acme'] }));
  await expect.poll(() => node.lookedAt.at(-1)).toEqual([]);
  const cookie = (await signedIn('owner@acme.example'))['cookie'] ?? '';
  const gone = new AbortController();
  const stream = await fetch(`${control.url}/v1/tenants/acme/logs`, {
    headers: { cookie },
    signal: gone.signal,
  });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  await expect.poll(() => node.lookedAt.at(-1)).toEqual(['acme']);
  gone.abort();
  await expect.poll(() => node.lookedAt.at(-1)).toEqual([]);
});

test('what a node tells of a tenant that is not its own is shown to nobody, until Git says that it is', async () => {
  await emptyTables(db, 'node_event', 'tenant_run', 'commit_seen');
  const headers = await signedIn('admin@example.com');
  const { desired } = control.node.world;
  const acme = desired?.tenants['acme'];
  if (desired === null || acme?.desired == null) throw new Error('acme is not there');
  const elsewhere = { ...acme, desired: { ...acme.desired, node: 'worker-2' } };
  control.node.world.desired = { ...desired, tenants: { ...desired.tenants, acme: elsewhere } };
  control.state.showQr(
    'worker-2',
    'acme',
    { code: 'of its own node', expiresAt: Date.now() + later },
    Date.now(),
  );
  const one = await watcher(headers, 'tenant:acme', 'tenant:globex');
  await happens();
  await node.outbox.append({ kind: 'event', tenant: 'globex', at: 1, type: 'expired', data: {} });
  const types = () => one.heard.flatMap((each) => (each.type === 'event' ? [each.event.type] : []));
  await expect.poll(types).toContain('expired');
  expect(types()).not.toContain('connected');
  expect(control.fleet.qr('acme')?.code).toBe('of its own node');
  const items = async () =>
    (await control.node.ask({ url: '/v1/tenants/acme/events', headers })).json<{ items: unknown[] }>().items;
  expect(await items()).toEqual([]);
  control.node.world.desired = desired;
  expect(await items()).toMatchObject([{ node: 'worker-1', type: 'connected' }]);
});

describe('a log that is streamed ends', () => {
  const follow = async (headers: Record<string, string>): Promise<Response> => {
    const { cookie = '' } = headers;
    return fetch(`${control.url}/v1/tenants/acme/logs`, { headers: { cookie } });
  };

  test('when its person signs out', async () => {
    const headers = await signedIn('owner@acme.example');
    const stream = await follow(headers);
    const out = await control.node.ask({ method: 'POST', url: '/v1/auth/logout', headers, payload: {} });
    expect(out.statusCode).toBe(204);
    expect(await stream.text()).toBe(': lines follow as they are written\n\n');
  });

  test('when Git takes the tenant from him, and nobody follows it then', async () => {
    const { desired } = control.node.world;
    const acme = desired?.tenants['acme'];
    if (desired === null || acme?.desired == null) throw new Error('acme is not there');
    const stream = await follow(await signedIn('owner@acme.example'));
    await expect.poll(() => node.lookedAt.at(-1)).toEqual(['acme']);
    const sold = { ...acme, desired: { ...acme.desired, owner: 'new@acme.example' } };
    control.node.world.desired = { ...desired, tenants: { ...desired.tenants, acme: sold } };
    control.move('d'.repeat(40));
    await stream.text();
    await expect.poll(() => node.lookedAt.at(-1)).toEqual([]);
  });

  test('and makes room: there are 20 of one account at once', async () => {
    const headers = await signedIn('operator@example.com');
    const streams = await Promise.all(Array.from({ length: 20 }, () => follow(headers)));
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    const more = await follow(headers);
    expect([more.status, await more.json()]).toMatchObject([429, { code: 'limit/streams' }]);
    const another = await follow(await signedIn('admin@example.com'));
    expect(another.status).toBe(200);
    await another.body?.cancel();
    await streams[0]?.body?.cancel();
    await expect
      .poll(async () => {
        const next = await follow(headers);
        await next.body?.cancel();
        return next.status;
      })
      .toBe(200);
    for (const { body } of streams.slice(1)) await body?.cancel();
  });
});
