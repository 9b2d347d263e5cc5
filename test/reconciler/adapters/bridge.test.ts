import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createBridge } from '../../../reconciler/adapters/bridge.ts';
import { BridgeEventReader } from '../../../reconciler/adapters/bridge-events.ts';
import type { BridgeEvent, BridgeTarget } from '../../../reconciler/ports.ts';
import { eventually } from './eventually.ts';

const bridge = createBridge();
const SERVER = join(import.meta.dirname, '../../../deploy/images/runtime/server.mjs');
const never = new AbortController().signal;
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** The reference runtime as a process of its own. */
async function startRuntime(settings: Readonly<Record<string, string>> = {}): Promise<BridgeTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-bridge-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const [files, session, state] = ['files', 'session', 'state'].map((name) => join(folder, name));
  for (const dir of [files, session, state]) await mkdir(dir ?? folder);
  await writeFile(join(files ?? folder, 'config.json'), '{}');
  const env = { TENANTRY_FILES: files, SESSION_DIR: session, STATE_DIR: state, PORT: '0', ...settings };
  const runtime = execa(process.execPath, [SERVER], { env, reject: false });
  cleanups.push(async () => {
    runtime.kill('SIGKILL');
    await runtime;
  });
  for await (const line of createInterface({ input: runtime.stdout })) {
    const port = /listens on port (\d+)/.exec(line)?.[1];
    if (port !== undefined) return { address: '127.0.0.1', port: Number(port) };
  }
  throw new Error('the runtime ended before it listened');
}

/** A runtime that answers whatever it likes. */
async function startServer(listener: RequestListener): Promise<BridgeTarget> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { address: '127.0.0.1', port: address.port };
}

const event = (id: number | string, type: string, data: unknown) =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

describe('the bridge of the reference runtime', () => {
  test('pairs at most once for a token, and tells so', async () => {
    const target = await startRuntime({ BRIDGE_CONNECT_AFTER_MS: '50' });
    expect(await bridge.status(target)).toEqual({
      state: 'disconnected',
      lastPairing: null,
      pairingOutcome: null,
      lastDisconnect: null,
    });
    const abort = new AbortController();
    const seen: BridgeEvent[] = [];
    const following = bridge.events(target, (one) => void seen.push(one), abort.signal, 0);
    await bridge.pair(target, '2026-11-21T10:00Z');
    await eventually(() => bridge.status(target)).toMatchObject({
      state: 'connected',
      lastPairing: '2026-11-21T10:00Z',
    });
    await bridge.pair(target, '2026-11-21T10:00Z');
    await bridge.disconnect(target, '1');
    await bridge.disconnect(target, '1');
    expect(await bridge.status(target)).toEqual({
      state: 'disconnected',
      lastPairing: '2026-11-21T10:00Z',
      pairingOutcome: 'connected',
      lastDisconnect: '1',
    });
    await eventually(() => seen.map(({ type }) => type)).toEqual(['qr', 'connected', 'disconnected']);
    expect(seen[0]).toMatchObject({ id: 1, type: 'qr', token: '2026-11-21T10:00Z' });
    expect(Object.keys(seen[0]?.data ?? {})).toEqual(['code', 'expiresAt']);
    abort.abort();
    await following;
  });

  test('hands out what was missed after the last event that was seen', async () => {
    const target = await startRuntime({ BRIDGE_CONNECT_AFTER_MS: '10' });
    await bridge.pair(target, '1');
    await eventually(async () => (await bridge.status(target)).state).toBe('connected');
    const abort = new AbortController();
    const seen: BridgeEvent[] = [];
    const following = bridge.events(target, (one) => void seen.push(one), abort.signal, 1);
    await eventually(() => seen.map(({ id, type }) => [id, type])).toEqual([[2, 'connected']]);
    abort.abort();
    await following;
  });

  test('ends its events when the runtime goes away', async () => {
    const target = await startRuntime();
    await bridge.pair(target, '1');
    // The newest cleanup kills the runtime.
    await bridge.events(target, () => void cleanups.pop()?.(), never, 0);
    await expect(bridge.status(target)).rejects.toMatchObject({
      code: 'bridge/unreachable',
      retry: 'backoff',
    });
    await expect(bridge.events(target, () => undefined, never)).rejects.toMatchObject({
      code: 'bridge/unreachable',
    });
  });

  test('a token that no header can carry is refused before it is sent', async () => {
    const target = await startRuntime();
    for (const token of ['', 'a b', 'ä', 'x'.repeat(129), 'a\r\nb: c']) {
      await expect(bridge.pair(target, token)).rejects.toMatchObject({
        code: 'bridge/bad-token',
        retry: 'never',
      });
    }
    expect((await bridge.status(target)).lastPairing).toBeNull();
  });
});

describe('a runtime that misbehaves', () => {
  test('with a refusal is quoted', async () => {
    const target = await startServer((_request, response) => {
      response
        .writeHead(503)
        .end('{"error":{"code":"bridge/no-session","message":"give the tenant a session volume"}}');
    });
    const pair = bridge.pair(target, '1');
    await expect(pair).rejects.toMatchObject({ code: 'bridge/failed', retry: 'backoff' });
    await expect(pair).rejects.toThrow(
      /cannot pair the runtime at .*: HTTP 503 \(give the tenant a session volume\)/,
    );
    await expect(bridge.events(target, () => undefined, never)).rejects.toThrow(/HTTP 503/);
  });

  test('without a bridge will not have one by asking again', async () => {
    const target = await startServer((_request, response) => response.writeHead(404).end());
    await expect(bridge.pair(target, '1')).rejects.toMatchObject({ code: 'bridge/failed', retry: 'never' });
  });

  test.each([
    '',
    '[]',
    '{"state":"on fire"}',
    '{"state":',
    `{"state":"connected","x":"${'y'.repeat(100_000)}"}`,
  ])('with the status %.40s is not believed', async (answer) => {
    const target = await startServer((_request, response) => response.end(answer));
    await expect(bridge.status(target)).rejects.toMatchObject({ code: 'bridge/invalid' });
  });

  test('with an endless event is left', async () => {
    const target = await startServer((_request, response) => {
      const send = setInterval(() => response.write('data: '.padEnd(10_000, 'x')), 1);
      response.on('close', () => clearInterval(send));
    });
    const following = bridge.events(target, () => undefined, never);
    await expect(following).rejects.toMatchObject({ code: 'bridge/invalid' });
    await expect(following).rejects.toThrow(/an event of more than 65536 characters/);
  });

  test('with a flood of events is left', async () => {
    const target = await startServer((_request, response) => {
      let id = 0;
      const send = setInterval(() => response.write(event((id += 1), 'qr', { code: 'x' }).repeat(20)), 1);
      response.on('close', () => clearInterval(send));
    });
    let events = 0;
    const following = bridge.events(target, () => void (events += 1), never);
    await expect(following).rejects.toThrow(/more than 200 events or 1048576 bytes in 10 s/);
    expect(events).toBeLessThanOrEqual(200);
  });

  test('that falls silent is left, for a living one comments now and then', async () => {
    const target = await startServer((_request, response) => response.write(event(1, 'qr', { code: 'x' })));
    const seen: number[] = [];
    await createBridge({ silenceMs: 300 }).events(target, ({ id }) => void seen.push(id), never);
    expect(seen).toEqual([1]);
  });

  test('an error that a listener throws ends the events with it', async () => {
    const target = await startServer((_request, response) => response.write(event(1, 'qr', { code: 'x' })));
    const broken = new Error('listener');
    const following = bridge.events(
      target,
      () => {
        throw broken;
      },
      never,
    );
    await expect(following).rejects.toBe(broken);
  });
});

describe('a stream of bridge events', () => {
  const readAll = (text: string, size = text.length || 1) => {
    const reader = new BridgeEventReader(() => 0);
    const bytes = Buffer.from(text);
    const events: BridgeEvent[] = [];
    for (let at = 0; at < bytes.length; at += size)
      events.push(...reader.push(bytes.subarray(at, at + size)));
    return events;
  };

  test('is read the same however the network cuts it', () => {
    const text = [
      ': a comment\n\n',
      event(1, 'qr', { token: '1', code: 'äöü', expiresAt: 'soon' }),
      event(2, 'later-kind', { anything: true }),
      'retry: 10\n\n',
      'id:3\r\nevent:connected\r\ndata:{"token":"1",\r\ndata:"account":"+49"}\r\n\r\n',
      'id: 4\nevent: expired\ndata: {"token":null}',
    ].join('');
    const expected: BridgeEvent[] = [
      { id: 1, type: 'qr', token: '1', data: { code: 'äöü', expiresAt: 'soon' } },
      { id: 3, type: 'connected', token: '1', data: { account: '+49' } },
    ];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length }), (size) => {
        expect(readAll(text, size)).toEqual(expected);
      }),
    );
  });

  test.each([
    ['no number', event('', 'qr', {})],
    ['a number that is none', event('1e999', 'qr', {})],
    ['data that is a list', event(1, 'qr', [])],
    ['data that is not JSON', 'id: 1\nevent: qr\ndata: {\n\n'],
  ])('with %s is refused', (_name, text) => {
    expect(() => readAll(text)).toThrow(/the runtime's bridge sent an event/);
  });

  test('may go on for ever when it is slow', () => {
    let now = 0;
    const reader = new BridgeEventReader(() => now);
    let events = 0;
    for (let id = 1; id <= 2_000; id += 1) {
      now += 60;
      events += reader.push(Buffer.from(event(id, 'qr', { code: 'x' }))).length;
    }
    expect(events).toBe(2_000);
  });
});
