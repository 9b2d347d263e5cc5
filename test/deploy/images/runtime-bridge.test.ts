import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StreamedEvent } from './runtime-client.ts';
import { RuntimeProcess } from './runtime-process.ts';

let runtime: RuntimeProcess;

beforeEach(async () => {
  runtime = await RuntimeProcess.prepare();
});

afterEach(async () => {
  await runtime.close();
});

const lastIs =
  (type: string) =>
  (events: readonly StreamedEvent[]): boolean =>
    events.at(-1)?.type === type;

const never = { BRIDGE_CONNECT_AFTER_MS: '600000', BRIDGE_QR_INTERVAL_MS: '600000' };

test('pairing shows QR codes, then connects, and the status says the same', async () => {
  const client = await runtime.start({ BRIDGE_CONNECT_AFTER_MS: '250', BRIDGE_QR_INTERVAL_MS: '100' });
  expect(await client.request('/bridge/pair', '7')).toEqual({
    status: 202,
    body: { token: '7', outcome: 'pending' },
  });
  const events = await client.events(0, lastIs('connected'));
  const codes = events.filter(({ type }) => type === 'qr');
  expect(codes.length).toBeGreaterThan(1);
  expect(new Set(codes.map(({ data }) => data['code'])).size).toBe(codes.length);
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
  expect(events.every(({ data }) => data['token'] === '7')).toBe(true);
  expect((await client.get('/bridge/status')).body).toMatchObject({
    state: 'connected',
    account: events.at(-1)?.data['account'],
    lastPairing: '7',
    pairingOutcome: 'connected',
    lastDisconnect: null,
    qr: null,
  });
});

test('a repeated token answers with the earlier outcome and does nothing', async () => {
  const client = await runtime.start({ BRIDGE_CONNECT_AFTER_MS: '50' });
  await client.request('/bridge/pair', 'a');
  const events = await client.events(0, lastIs('connected'));
  expect(await client.request('/bridge/pair', 'a')).toEqual({
    status: 200,
    body: { token: 'a', outcome: 'connected' },
  });
  expect((await client.request('/bridge/disconnect', 'x')).status).toBe(202);
  expect((await client.request('/bridge/disconnect', 'x')).status).toBe(200);
  const after = await client.events(events.at(-1)?.id ?? 0, lastIs('disconnected'));
  expect(after.map(({ type, data }) => ({ type, data }))).toEqual([
    { type: 'disconnected', data: { token: 'x', reason: 'requested' } },
  ]);
});

test('a token acts at most once, also when the runtime is killed in the middle of pairing', async () => {
  let client = await runtime.start(never);
  await client.request('/bridge/pair', 'a');
  await runtime.end('SIGKILL');
  client = await runtime.start(never);
  expect(await client.request('/bridge/pair', 'a')).toEqual({
    status: 200,
    body: { token: 'a', outcome: 'interrupted' },
  });
  expect((await client.get('/bridge/status')).body).toMatchObject({
    state: 'disconnected',
    lastPairing: 'a',
  });
  // The ids go on where the killed process stopped: 1 was its QR code.
  expect(await client.events(0, lastIs('expired'))).toEqual([
    { id: 2, type: 'expired', data: { token: 'a', reason: 'interrupted' } },
  ]);
});

test('a connection outlives a restart', async () => {
  let client = await runtime.start({ BRIDGE_CONNECT_AFTER_MS: '10' });
  await client.request('/bridge/pair', 'a');
  await client.events(0, lastIs('connected'));
  const { account } = (await client.get('/bridge/status')).body;
  await runtime.end('SIGTERM');
  client = await runtime.start(never);
  expect((await client.get('/bridge/status')).body).toMatchObject({
    state: 'connected',
    account,
    lastPairing: 'a',
  });
  expect((await client.request('/bridge/pair', 'a')).body).toEqual({ token: 'a', outcome: 'connected' });
});

test('codes that nobody scans end in expired', async () => {
  const client = await runtime.start({
    BRIDGE_OUTCOME: 'expired',
    BRIDGE_QR_INTERVAL_MS: '20',
    BRIDGE_QR_CODES: '2',
  });
  await client.request('/bridge/pair', 'a');
  const events = await client.events(0, lastIs('expired'));
  expect(events.map(({ type }) => type)).toEqual(['qr', 'qr', 'expired']);
  expect((await client.get('/bridge/status')).body).toMatchObject({
    state: 'disconnected',
    pairingOutcome: 'expired',
  });
});

test('a newer pairing supersedes the one that runs, and a disconnect cancels it', async () => {
  const client = await runtime.start(never);
  await client.request('/bridge/pair', 'a');
  await client.request('/bridge/pair', 'b');
  await client.request('/bridge/disconnect', 'x');
  const events = await client.events(0, lastIs('disconnected'));
  expect(events.map(({ type, data }) => [type, data['token'], data['reason'] ?? null])).toEqual([
    ['qr', 'a', null],
    ['expired', 'a', 'superseded'],
    ['qr', 'b', null],
    ['expired', 'b', 'disconnected'],
    ['disconnected', 'x', 'requested'],
  ]);
  expect((await client.get('/bridge/status')).body).toMatchObject({
    state: 'disconnected',
    pairingOutcome: 'cancelled',
  });
});

test('only the events after Last-Event-ID are sent again', async () => {
  const client = await runtime.start({ BRIDGE_CONNECT_AFTER_MS: '10' });
  await client.request('/bridge/pair', 'a');
  await client.events(0, lastIs('connected'));
  const [first] = await client.events(1, (events) => events.length > 0);
  expect(first).toMatchObject({ id: 2, type: 'connected' });
});

test('a request without a usable token is refused', async () => {
  const client = await runtime.start(never);
  expect(await client.request('/bridge/pair', null)).toMatchObject({
    status: 400,
    body: { error: { code: 'bridge/no-token' } },
  });
  expect((await client.request('/bridge/pair', 'x'.repeat(129))).status).toBe(400);
  expect((await client.get('/bridge/status')).body['lastPairing']).toBeNull();
});

test('nothing is begun without a session folder, because nothing could be remembered', async () => {
  await rm(join(runtime.folder, 'session'), { recursive: true });
  const client = await runtime.start(never);
  expect(await client.request('/bridge/pair', 'a')).toMatchObject({
    status: 503,
    body: { error: { code: 'bridge/no-session' } },
  });
});
