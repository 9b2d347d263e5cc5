import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createBridge } from '../../reconciler/adapters/bridge.ts';
import type { BridgeEvent, BridgeStatus } from '../../reconciler/ports.ts';
import { health, runtimeImage, statusOf, TestHost } from '../support/host.ts';
import { startReconcilerProcess } from '../support/reconciler-process.ts';
import { tenantWhen } from '../support/watched.ts';

let host: TestHost;
let image: string;
let running: { stop(): Promise<void> } | null = null;

const never = { tickMs: 3_600_000, pollMs: 3_600_000 };
const preload = join(import.meta.dirname, '..', 'support', 'die-before-pairing.ts');

beforeAll(async () => {
  image = await runtimeImage('v1');
  host = await TestHost.make();
}, 300_000);
afterEach(async () => {
  await running?.stop();
  running = null;
});
afterAll(() => host.remove(), 60_000);

describe('pairing and disconnect tokens', { timeout: 60_000 }, () => {
  test('a new token pairs, and the outcome is reported', async () => {
    running = await host.run(never);
    commit('acme', { pairing: '1' });
    const status = await tenantWhen(
      host,
      'acme',
      'is connected',
      ({ pairing }) => pairing?.state === 'connected',
    );
    expect(status.pairing).toMatchObject({ token: '1', state: 'connected' });
    expect(await bridgeOf('acme')).toMatchObject({ state: 'connected', lastPairing: '1' });
    // One code was shown and one phone was connected: it was asked for once.
    expect((await eventsOf('acme')).map(({ type, token }) => [type, token])).toEqual([
      ['qr', '1'],
      ['connected', '1'],
    ]);
  });

  test('it does not pair again after a restart of the reconciler, nor without its memory', async () => {
    const events = await eventsOf('acme');
    const { startedAt } = await host.identity('acme');
    const restarted = await host.once();
    expect(statusOf(restarted, host.name('acme')).pairing).toMatchObject({ token: '1', state: 'connected' });
    expect(restarted.mutations).toBe(0);

    await rm(join(host.dir, 'data', 'state'), { recursive: true });
    const forgotten = await host.once();
    expect(statusOf(forgotten, host.name('acme')).pairing).toMatchObject({ token: '1', state: 'connected' });
    expect(await eventsOf('acme')).toEqual(events);
    expect((await host.identity('acme')).startedAt).toBe(startedAt);
  });

  test('a disconnect token disconnects once, and the pairing is not asked for again', async () => {
    running = await host.run(never);
    commit('acme', { pairing: '1', disconnect: '1' });
    const status = await tenantWhen(
      host,
      'acme',
      'is disconnected',
      ({ disconnect }) => disconnect?.state === 'disconnected',
    );
    expect(status.disconnect).toMatchObject({ token: '1', state: 'disconnected' });
    expect(await bridgeOf('acme')).toMatchObject({
      state: 'disconnected',
      lastPairing: '1',
      lastDisconnect: '1',
    });
    await running.stop();
    running = null;
    await rm(join(host.dir, 'data', 'state'), { recursive: true });
    await host.once();
    expect((await eventsOf('acme')).map(({ type }) => type)).toEqual(['qr', 'connected', 'disconnected']);
  });

  test('another token pairs again', async () => {
    running = await host.run(never);
    commit('acme', { pairing: '2', disconnect: '1' });
    const done = ({ pairing }: { pairing: { token: string; state: string } | null }) =>
      pairing?.token === '2' && pairing.state === 'connected';
    await tenantWhen(host, 'acme', 'is connected again', done);
    expect(await bridgeOf('acme')).toMatchObject({ state: 'connected', lastPairing: '2' });
  });

  test('a code that nobody scans is reported as expired, and not asked for again', async () => {
    running = await host.run(never);
    const env = { BRIDGE_OUTCOME: 'expired', BRIDGE_QR_INTERVAL_MS: '400', BRIDGE_QR_CODES: '1' };
    commit('globex', { pairing: '1' }, env);
    const status = await tenantWhen(
      host,
      'globex',
      'has expired',
      ({ pairing }) => pairing?.state === 'expired',
    );
    expect(status.pairing).toMatchObject({ token: '1', detail: 'not-scanned' });
    expect(status.phase).toBe('InSync');
    await running.stop();
    running = null;
    await host.once();
    expect((await eventsOf('globex')).map(({ type }) => type)).toEqual(['qr', 'expired']);
  });

  test('INV-1: a crash between writing it down and asking: the next reconciler asks, once', async () => {
    commit('initech', {});
    await host.once();
    commit('initech', { pairing: '1' });
    const crashing = startReconcilerProcess(host, { preload });
    expect(await crashing.ended()).toBeNull();
    expect(crashing.output()).toContain('start pairing in');
    running = await host.run(never);
    await tenantWhen(host, 'initech', 'is connected', ({ pairing }) => pairing?.state === 'connected');
    expect(await bridgeOf('initech')).toMatchObject({ state: 'connected', lastPairing: '1' });
    await running.stop();
    running = null;
    expect((await host.once()).mutations).toBe(0);
    expect((await eventsOf('initech')).map(({ type, token }) => [type, token])).toEqual([
      ['qr', '1'],
      ['connected', '1'],
    ]);
  });
});

function commit(tenant: string, tokens: Record<string, string>, env: Record<string, string> = {}): void {
  const volumes = [{ name: 'session', mountPath: '/data/session' }];
  const quick = { BRIDGE_CONNECT_AFTER_MS: '400', ...env };
  const runtime = { health, volumes, env: quick };
  host.tenant(tenant, { image, runtime, whatsapp: { enabled: true, ...tokens } });
}

/** What the runtime itself has recorded. */
async function bridgeOf(tenant: string): Promise<BridgeStatus> {
  return createBridge().status(await targetOf(tenant));
}

/** Everything that the runtime's bridge ever told in this run. */
async function eventsOf(tenant: string): Promise<BridgeEvent[]> {
  const events: BridgeEvent[] = [];
  // The buffer is sent at once; there is nothing more to wait for than its arrival.
  const signal = AbortSignal.timeout(500);
  await createBridge().events(await targetOf(tenant), (event) => events.push(event), signal, 0);
  return events;
}

async function targetOf(tenant: string): Promise<{ address: string; port: number }> {
  const networks = (await host.inspect(tenant))?.NetworkSettings.Networks ?? {};
  return { address: Object.values(networks)[0]?.IPAddress ?? '', port: 8080 };
}
