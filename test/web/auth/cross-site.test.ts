import type { AddressInfo } from 'node:net';
import type { FastifyPluginAsync } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ProblemJson } from '../../../web/api/models/common.ts';
import type { Database } from '../../../web/ports.ts';
import { type ControlNode, controlNode, origin, password } from '../../support/control-node.ts';
import { openTestDatabase } from '../../support/database.ts';

/** Stands for the live socket and for a change, and counts who gets to them. */
let reached: string[] = [];
const routes: FastifyPluginAsync = async (app) => {
  app.get('/events/ws', { websocket: true }, (socket, request) => {
    reached.push(request.caller?.person.email ?? '');
    socket.send('hello');
  });
  app.post('/tenants/setup', async () => {
    reached.push('setup');
    return {};
  });
};

let db: Database;
let node: ControlNode;
let headers: Record<string, string>;
let address: string;
beforeAll(async () => {
  db = await openTestDatabase();
  node = await controlNode(db, { v1: [routes] });
  headers = await node.browser(await node.account('admin@example.com'));
  await node.app.listen({ host: '127.0.0.1', port: 0 });
  address = `127.0.0.1:${(node.app.server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  reached = [];
});
afterAll(async () => {
  await node.close();
  await db.close();
});

const change = (changed: Record<string, string | undefined>) => {
  const given = Object.entries({ ...headers, ...changed }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return node.ask({
    method: 'POST',
    url: '/v1/tenants/setup',
    headers: Object.fromEntries(given),
    payload: {},
  });
};

describe('INV-26: a change by a browser session', () => {
  test('is taken from the page, with its token', async () => {
    expect((await change({})).statusCode).toBe(200);
    expect((await change({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
    expect(reached).toHaveLength(2);
  });

  test.each([
    ['without its token', { 'x-csrf-token': undefined }],
    ['with an empty token', { 'x-csrf-token': '' }],
    ["with another session's token", { 'x-csrf-token': 'x'.repeat(43) }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['from the same host over plain HTTP', { origin: 'http://control.example.com' }],
    ['from a host that begins alike', { origin: 'https://control.example.com.evil.example' }],
    ['from no origin in particular', { origin: 'null' }],
    ['that a browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['that a browser calls same-site', { 'sec-fetch-site': 'same-site' }],
    ['that a browser calls nobody’s', { 'sec-fetch-site': 'none' }],
  ])('%s is refused', async (_what, changed) => {
    const answer = await change(changed);
    expect([answer.statusCode, answer.json<ProblemJson>().code]).toEqual([
      403,
      expect.stringMatching(/^csrf\//),
    ]);
    expect(reached).toEqual([]);
  });

  test('is refused as a form or as text, whatever it holds', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await node.ask({
        method: 'POST',
        url: '/v1/tenants/setup',
        headers: { ...headers, 'content-type': type },
        payload: '{}',
      });
      expect(answer.json()).toMatchObject({ status: 415, code: 'request/media-type' });
    }
    expect(reached).toEqual([]);
  });

  test('is refused for signing in as well: nobody is signed in as somebody else from outside', async () => {
    const payload = { email: 'admin@example.com', password };
    const url = '/v1/auth/login';
    const foreign = await node.ask({
      method: 'POST',
      url,
      payload,
      headers: { origin: 'https://evil.example' },
    });
    expect([foreign.statusCode, foreign.headers['set-cookie']]).toEqual([403, undefined]);
    expect((await node.ask({ method: 'POST', url, payload, headers: { origin } })).statusCode).toBe(200);
  });
});

describe('INV-26: a socket', () => {
  /** What came of it: `open`, or the status that it was refused with. */
  function connect(given: Record<string, string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${address}/v1/events/ws`, { headers: given });
      socket.on('message', () => {
        socket.close();
        resolve('open');
      });
      socket.on('unexpected-response', (_request, response) => {
        response.resume();
        resolve(String(response.statusCode));
      });
      socket.on('error', reject);
    });
  }
  const cookie = () => ({ cookie: headers['cookie'] ?? '' });

  test('of the page is opened', async () => {
    expect(await connect({ ...cookie(), origin })).toBe('open');
    expect(reached).toEqual(['admin@example.com']);
  });

  test.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['that hides where it comes from', { origin: 'null' }],
    ['with a cookie and no origin', {}],
  ])('%s is refused before it is one', async (_what, given) => {
    expect(await connect({ ...cookie(), ...given })).toBe('403');
    expect(reached).toEqual([]);
  });

  test('without a session is refused', async () => {
    expect(await connect({ origin })).toBe('401');
    expect(await connect({})).toBe('401');
  });

  test('is told to go away when the server closes, which then ends', async () => {
    const other = await controlNode(db, { v1: [routes] });
    await other.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = other.app.server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/events/ws`, { headers: { ...cookie(), origin } });
    const code = new Promise((resolve) => socket.on('close', resolve));
    await new Promise((resolve) => socket.once('message', resolve));
    await other.close();
    expect(await code).toBe(1001);
  });
});
