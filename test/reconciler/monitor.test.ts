import { beforeEach, describe, expect, test } from 'vitest';
import type { HealthCheck } from '../../desired-state/model.ts';
import { HealthMonitor, lookMs } from '../../reconciler/monitor.ts';
import type { ObservedContainer } from '../../reconciler/plan/observed.ts';
import type { Probe } from '../../reconciler/ports.ts';
import { FakeClock, FakeProbe } from '../support/fake-ports.ts';
import { observedContainer } from '../support/observed.ts';

const timing = { intervalMs: 5_000, timeoutMs: 2_000, retries: 3, startPeriodMs: 0 };
const http: HealthCheck = { ...timing, type: 'http', path: '/api/health', port: 8080 };
const exec: HealthCheck = { ...timing, type: 'exec', command: ['check'] };
const nobody: ReadonlySet<string> = new Set();

/** Counts what it is asked. */
class CountingProbe extends FakeProbe implements Probe {
  readonly asked: { address: string; port: number; path: string }[] = [];

  override async http(target: { address: string; port: number; path: string }) {
    this.asked.push(target);
    return super.http(target);
  }
}

let clock: FakeClock;
let probe: CountingProbe;
let monitor: HealthMonitor;
let container: ObservedContainer;

beforeEach(async () => {
  clock = new FakeClock();
  probe = new CountingProbe();
  monitor = new HealthMonitor(probe, clock);
  container = await observedContainer();
});

/** What is news after a look. */
async function look(
  health: HealthCheck | null = http,
  parts: Partial<ObservedContainer> = {},
): Promise<string[]> {
  monitor.follow('acme', { health, container: { ...container, ...parts } });
  return news();
}

async function news(busy: ReadonlySet<string> = nobody): Promise<string[]> {
  await monitor.look(busy);
  return monitor.takeNews();
}

/** The state after each of so many looks, one interval apart. */
async function states(looks: number): Promise<string[]> {
  const seen: string[] = [];
  for (let count = 0; count < looks; count += 1) {
    await look();
    seen.push(monitor.healthOf('acme').state);
    await clock.sleep(timing.intervalMs);
  }
  return seen;
}

describe('the health of a running tenant', () => {
  test('is asked at its address, with its own port and path', async () => {
    expect(await look()).toEqual(['acme']);
    const [address] = Object.values(container.addresses);
    expect(probe.asked).toEqual([{ address, port: 8080, path: '/api/health' }]);
    expect(monitor.healthOf('acme')).toEqual({ state: 'healthy', detail: 'HTTP 200 in 1 ms' });
  });

  test('is asked at its own interval, and news is only what is other than before', async () => {
    await look();
    await clock.sleep(timing.intervalMs - 1);
    expect(await look()).toEqual([]);
    expect(probe.asked).toHaveLength(1);
    await clock.sleep(1);
    expect(await look()).toEqual([]);
    expect(probe.asked).toHaveLength(2);
  });

  test('is unhealthy after as many failures in a row as the check allows, and healthy with one success', async () => {
    expect(await states(1)).toEqual(['healthy']);
    probe.healthy = false;
    expect(await states(4)).toEqual(['healthy', 'healthy', 'unhealthy', 'unhealthy']);
    expect(monitor.healthOf('acme').detail).toBe('4 checks in a row failed, the last with: HTTP 503 in 1 ms');
    probe.healthy = true;
    expect(await states(1)).toEqual(['healthy']);
    probe.healthy = false;
    expect(await states(3)).toEqual(['healthy', 'healthy', 'unhealthy']);
  });

  test('that was never good is starting until then', async () => {
    probe.healthy = false;
    expect(await states(3)).toEqual(['starting', 'starting', 'unhealthy']);
  });

  test('begins anew with another container, which is asked at once', async () => {
    probe.healthy = false;
    await states(3);
    await look(http, { id: 'another' });
    expect(monitor.healthOf('acme').state).toBe('starting');
    expect(probe.asked).toHaveLength(4);
  });

  test('is what Docker says where the check is a command', async () => {
    await look(exec, { health: 'unhealthy' });
    expect(monitor.healthOf('acme')).toEqual({ state: 'unhealthy', detail: 'Docker says unhealthy' });
    await clock.sleep(timing.intervalMs);
    await look(exec, { health: null });
    expect(monitor.healthOf('acme').state).toBe('unknown');
    expect(probe.asked).toEqual([]);
  });

  test('is nothing without a check, and unknown while nothing runs', async () => {
    await look(null);
    expect(monitor.healthOf('acme')).toEqual({ state: 'none', detail: '' });
    await clock.sleep(60_000);
    await look(http, { state: 'exited', addresses: {} });
    expect(monitor.healthOf('acme').state).toBe('unknown');
    expect(probe.asked).toEqual([]);
  });

  test('is forgotten with the tenant', async () => {
    await look();
    monitor.follow('acme', null);
    expect(await news()).toEqual([]);
    expect(monitor.healthOf('acme')).toEqual({ state: 'none', detail: '' });
  });

  test('is not asked while its steps run, and stays what it was', async () => {
    await look();
    await clock.sleep(timing.intervalMs);
    probe.healthy = false;
    expect(await news(new Set(['acme']))).toEqual([]);
    expect(monitor.healthOf('acme').state).toBe('healthy');
    expect(probe.asked).toHaveLength(1);
  });
});

describe('INV-14: a tenant whose check does not answer', () => {
  const timeout = { healthy: false, detail: 'no answer within 2 s' };
  let hung: PromiseWithResolvers<{ healthy: boolean; detail: string }>;
  let asked: string[];

  beforeEach(() => {
    hung = Promise.withResolvers();
    asked = [];
    monitor = new HealthMonitor(
      {
        async http({ address }) {
          asked.push(address);
          return address.startsWith('hung') ? hung.promise : { healthy: true, detail: '' };
        },
      },
      clock,
    );
  });

  const follow = (tenant: string): void =>
    monitor.follow(tenant, {
      health: http,
      container: { ...container, id: tenant, addresses: { net: tenant } },
    });

  test('keeps no neighbour waiting, in this look and in the next', async () => {
    follow('hung');
    follow('acme');
    const looking = monitor.look(nobody);
    await expect.poll(() => monitor.takeNews()).toEqual(['acme']);
    await clock.sleep(timing.intervalMs);
    await monitor.look(nobody);
    expect(asked).toEqual(['hung', 'acme', 'acme']);
    hung.resolve(timeout);
    await looking;
    expect(monitor.takeNews()).toEqual(['hung']);
  });

  test('gives its place away, also where as many hang as there are places', async () => {
    for (let number = 0; number < 64; number += 1) follow(`hung-${number}`);
    follow('acme');
    const looking = monitor.lookAtAll(nobody);
    await expect.poll(() => monitor.takeNews(), { timeout: 5_000 }).toEqual(['acme']);
    hung.resolve(timeout);
    await looking;
    expect(monitor.takeNews()).toHaveLength(64);
  });
});

describe('thousands of tenants that are first seen together', () => {
  /** How many each of so many looks asks, as far apart as the loop makes them. */
  async function askedBy(looks: number): Promise<number[]> {
    const counts: number[] = [];
    for (let time = 0; time < looks; time += 1) {
      const before = probe.asked.length;
      await monitor.look(nobody);
      counts.push(probe.asked.length - before);
      await clock.sleep(lookMs);
    }
    return counts;
  }

  const followAll = (tenants: number, intervalMs: number): void => {
    for (let number = 0; number < tenants; number += 1) {
      const id = `tenant-${number}`;
      monitor.follow(id, { health: { ...http, intervalMs }, container: { ...container, id } });
    }
  };

  test('are asked over several looks, and stay spread over their interval', async () => {
    followAll(1_000, 5_000);
    const round = [...Array<number>(20).fill(50), ...Array<number>(5).fill(0)];
    expect(await askedBy(50)).toEqual([...round, ...round]);
  });

  test('are asked by each look as often as their intervals want it, and somewhat more', async () => {
    followAll(10_000, 5_000);
    const counts = await askedBy(26);
    // The sum of ten thousand fractions is not quite whole.
    expect(counts[0]).toBeGreaterThanOrEqual(500);
    expect(counts[0]).toBeLessThan(502);
    expect(counts.slice(0, 20).reduce((sum, count) => sum + count)).toBe(10_000);
    expect(counts.slice(20, 25)).toEqual([0, 0, 0, 0, 0]);
    expect(counts[25]).toBe(counts[0]);
  });

  test('are asked more at a look that comes late', async () => {
    followAll(10_000, 5_000);
    const [usual] = await askedBy(1);
    await clock.sleep(lookMs);
    const [late] = await askedBy(1);
    expect((late ?? 0) / (usual ?? 1)).toBeCloseTo(2, 1);
  });

  test('that have gone are asked for no more', async () => {
    followAll(10_000, 5_000);
    for (let number = 1_000; number < 10_000; number += 1) monitor.follow(`tenant-${number}`, null);
    expect((await askedBy(21)).slice(-3)).toEqual([50, 50, 0]);
  });

  test('are all asked where their health is told once', async () => {
    followAll(10_000, 30_000);
    await monitor.lookAtAll();
    expect(probe.asked).toHaveLength(10_000);
    expect(monitor.takeNews()).toHaveLength(10_000);
  });
});
