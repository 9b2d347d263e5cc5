import { describe, expect, test } from 'vitest';
import type { HealthCheck } from '../../../desired-state/model.ts';
import { awaitHealthy, UnhealthyError } from '../../../reconciler/apply/await-healthy.ts';
import type { StepContext } from '../../../reconciler/apply/context.ts';
import type { ContainerInspect } from '../../../reconciler/engine-api.ts';
import { ReconcilerError } from '../../../reconciler/errors.ts';
import type { Probe, ProbeResult } from '../../../reconciler/ports.ts';
import type { FakeClock } from '../../support/fake-ports.ts';
import { ourContainer } from '../../support/our-container.ts';
import { stepContext } from '../../support/step-context.ts';

const timing = { intervalMs: 1_000, timeoutMs: 500, retries: 3, startPeriodMs: 10_000 };
const http: HealthCheck = { ...timing, type: 'http', path: '/api/health', port: 8080 };
const exec: HealthCheck = { ...timing, type: 'exec', command: ['check'] };
const good: ProbeResult = { healthy: true, detail: 'HTTP 200 in 1 ms' };
const bad: ProbeResult = { healthy: false, detail: 'HTTP 503 in 1 ms' };

interface World extends StepContext {
  readonly clock: FakeClock;
  /** When the runtime was asked, in milliseconds since the beginning. */
  readonly probes: readonly number[];
}

/** How a container looks: its state, and what else of it may differ from one that runs as it should. */
type Looks = Partial<ContainerInspect['State']> & {
  readonly restarts?: number;
  readonly policy?: string;
  readonly addresses?: boolean;
};

/** A container whose inspects and probes are what `at` says at a time, in milliseconds since it was started. */
async function world(
  at: {
    inspect?: (ms: number) => Looks;
    probe?: (ms: number) => ProbeResult;
  },
  parts: Partial<StepContext> = {},
): Promise<World> {
  const { inspect } = await ourContainer();
  const base = stepContext(parts);
  const probes: number[] = [];
  const inspectContainer = async (): Promise<ContainerInspect> => {
    const { restarts = 0, policy, addresses, ...state } = at.inspect?.(base.clock.monotonic()) ?? {};
    const HostConfig = {
      ...inspect.HostConfig,
      ...(policy === undefined ? {} : { RestartPolicy: { Name: policy, MaximumRetryCount: 0 } }),
    };
    return {
      ...inspect,
      HostConfig,
      RestartCount: restarts,
      State: { ...inspect.State, ...state },
      ...(addresses === false ? { NetworkSettings: { Networks: {} } } : {}),
    };
  };
  const probe: Probe = {
    async http() {
      probes.push(base.clock.monotonic());
      return at.probe?.(base.clock.monotonic()) ?? bad;
    },
  };
  return { ...base, docker: Object.assign(base.docker, { inspectContainer }), probe, probes };
}

const wait = (context: StepContext, health: HealthCheck | null, settleMs = 0): Promise<void> =>
  awaitHealthy({ container: { name: 'tenant_acme_runtime', id: '4f2c' }, health, settleMs }, context);

describe('over HTTP', () => {
  test('the first good answer is enough', async () => {
    const context = await world({ probe: () => good });
    await wait(context, http);
    expect(context.probes).toEqual([0]);
  });

  test('a runtime that takes long is waited for beside others, who have its place meanwhile', async () => {
    const lent: number[] = [];
    const base = await world({ probe: (ms) => (ms >= 15_000 ? good : bad) });
    const aside = <T>(waiting: () => Promise<T>): Promise<T> => {
      lent.push(base.clock.monotonic());
      return waiting();
    };
    await wait({ ...base, aside }, { ...http, startPeriodMs: 20_000 });
    expect(lent).toHaveLength(1);
    expect(lent[0]).toBeGreaterThanOrEqual(10_000);
    expect(lent[0]).toBeLessThan(12_000);
    expect(base.clock.monotonic()).toBeGreaterThanOrEqual(15_000);
  });

  test('a runtime that comes up is found soon after, and failures in its start period count for nothing', async () => {
    const context = await world({ probe: (ms) => (ms >= 4_000 ? good : bad) });
    await wait(context, http);
    expect(context.clock.monotonic()).toBeLessThanOrEqual(5_000);
    // Looks come close together at first, and never more often than that.
    expect(context.probes.slice(0, 3)).toEqual([0, 50, 125]);
  });

  test('after the start period as many failures as the check allows, an interval apart, are a verdict', async () => {
    const context = await world({});
    await expect(wait(context, http)).rejects.toThrow(
      'tenant_acme_runtime failed 3 health checks in a row, the last with: HTTP 503 in 1 ms',
    );
    expect(context.clock.monotonic()).toBeGreaterThanOrEqual(timing.startPeriodMs + 2 * timing.intervalMs);
    expect(context.clock.monotonic()).toBeLessThan(timing.startPeriodMs + 6 * timing.intervalMs);
  });

  test('failures between two counted ones count for nothing: a check has its own pace', async () => {
    const context = await world({});
    const slow = { ...http, intervalMs: 60_000, startPeriodMs: 0 };
    await expect(wait(context, slow)).rejects.toThrow(/failed 3 health checks/);
    expect(context.clock.monotonic()).toBeGreaterThanOrEqual(2 * slow.intervalMs);
    expect(context.probes.length).toBeGreaterThan(3);
  });

  test('a runtime without a start period has one interval to come up in', async () => {
    const eager = { ...http, startPeriodMs: 0, retries: 1 };
    const context = await world({ probe: (ms) => (ms >= eager.intervalMs / 2 ? good : bad) });
    await wait(context, eager);
    const never = await world({});
    await expect(wait(never, eager)).rejects.toBeInstanceOf(UnhealthyError);
    expect(never.clock.monotonic()).toBeGreaterThanOrEqual(eager.intervalMs);
  });

  test('a container that is being begun again has no address and is asked nothing', async () => {
    const inspect = (ms: number): Looks =>
      ms < 2_000
        ? { Status: 'restarting', Restarting: true, addresses: false, restarts: 1 }
        : { restarts: 1 };
    const context = await world({ inspect, probe: () => good });
    await wait(context, http);
    expect(context.probes).toEqual([context.clock.monotonic()]);
    expect(context.clock.monotonic()).toBeGreaterThanOrEqual(2_000);
  });
});

describe("by the engine's own check", () => {
  test('healthy ends the wait, and the runtime is not asked', async () => {
    const context = await world({
      inspect: (ms) => ({ Health: { Status: ms < 2_000 ? 'starting' : 'healthy' } }),
    });
    await wait(context, exec);
    expect(context.probes).toEqual([]);
  });

  test('Docker alone counts its failures: what it still calls starting is waited for, long after the start period', async () => {
    const begins = timing.startPeriodMs + timing.retries * (timing.intervalMs + timing.timeoutMs);
    const context = await world({
      inspect: (ms) => ({ Health: { Status: ms < begins ? 'starting' : 'healthy' } }),
    });
    await wait(context, exec);
    const eager = { ...exec, intervalMs: 60_000, startPeriodMs: 0, retries: 1 };
    const slow = await world({
      inspect: (ms) => ({ Health: { Status: ms < eager.intervalMs ? 'starting' : 'healthy' } }),
    });
    await wait(slow, eager);
    expect(slow.clock.monotonic()).toBeGreaterThanOrEqual(eager.intervalMs);
  });

  test('an engine that never says anything is to blame, and not the container', async () => {
    const context = await world({ inspect: () => ({ Health: { Status: 'starting' } }) });
    const verdict = wait(context, exec);
    await expect(verdict).rejects.not.toBeInstanceOf(UnhealthyError);
    await expect(verdict).rejects.toMatchObject({ retry: 'backoff', code: 'container/no-verdict' });
  });

  test('unhealthy is final at once, with what the check printed', async () => {
    const Health = { Status: 'unhealthy', Log: [{ Output: 'old' }, { Output: 'no database\n' }] };
    const context = await world({ inspect: () => ({ Health }) });
    await expect(wait(context, exec)).rejects.toThrow('tenant_acme_runtime is unhealthy: no database');
    expect(context.clock.monotonic()).toBe(0);
  });
});

describe('without a check', () => {
  test('it must have run for a while', async () => {
    const context = await world({});
    await wait(context, null, 3_000);
    expect(context.clock.monotonic()).toBeGreaterThanOrEqual(3_000);
  });

  test('it is good at once where there is nothing to return to', async () => {
    const context = await world({});
    await wait(context, null, 0);
    expect(context.clock.monotonic()).toBe(0);
  });
});

describe('a container that goes down meanwhile is to blame', () => {
  test.each<[string, Looks, RegExp]>([
    [
      'it exits, and no policy begins it again',
      { Status: 'exited', ExitCode: 3, policy: 'no' },
      /exited with code 3$/,
    ],
    [
      'it could not be begun again',
      { Status: 'exited', ExitCode: 1, Error: 'no such file', restarts: 1 },
      /exited with code 1 \(no such file\)$/,
    ],
    [
      'it runs out of memory, again and again',
      { Status: 'restarting', ExitCode: 137, OOMKilled: true, restarts: 3 },
      /keeps exiting, with code 137 \(it ran out of memory\): 3 restarts so far$/,
    ],
    [
      'it is begun again and again',
      { Status: 'restarting', ExitCode: 1, restarts: 3 },
      /keeps exiting, with code 1: 3 restarts so far$/,
    ],
    ['it runs for the fourth time', { ExitCode: 0, restarts: 3 }, /keeps exiting: 3 restarts so far$/],
    [
      'it kept exiting before somebody stopped it',
      { Status: 'exited', ExitCode: 1, restarts: 3 },
      /keeps exiting, with code 1: 3 restarts so far$/,
    ],
  ])('%s', async (_, state, message) => {
    const context = await world({ inspect: (ms) => (ms < 500 ? {} : state) });
    const verdict = wait(context, http);
    await expect(verdict).rejects.toThrow(message);
    await expect(verdict).rejects.toBeInstanceOf(UnhealthyError);
    await expect(verdict).rejects.toMatchObject({ retry: 'never', code: 'container/unhealthy' });
  });

  test('a restart that was one too many without a check, and one that may be with one', async () => {
    const restarts = { inspect: () => ({ restarts: 1 }), probe: () => good };
    await expect(wait(await world(restarts), null, 1_000)).rejects.toThrow(/keeps exiting/);
    await wait(await world(restarts), http);
  });
});

describe('what another hand does meanwhile is no fault of the container', () => {
  const checks: [string, HealthCheck | null][] = [
    ['over HTTP', http],
    ["by the engine's own check", exec],
    ['without a check', null],
  ];
  const deeds: [string, Looks, RegExp][] = [
    ['it was stopped', { Status: 'exited', ExitCode: 143 }, /was stopped \(code 143\) by somebody else/],
    [
      'it was killed under the other policy',
      { Status: 'exited', ExitCode: 137, policy: 'always' },
      /was stopped/,
    ],
    [
      'it was killed after it had run out of memory once',
      { Status: 'exited', ExitCode: 137, OOMKilled: true },
      /stopped/,
    ],
    ['it was paused', { Status: 'paused', Paused: true }, /was paused by somebody else/],
    ['it was disconnected', { addresses: false }, /was taken off its network by somebody else/],
    ['it is being removed', { Status: 'removing' }, /is being removed by somebody else/],
    ['it could not be removed', { Status: 'dead', Dead: true }, /is being removed by somebody else/],
  ];
  test.each(deeds.flatMap((deed) => checks.map((check) => [...deed, ...check] as const)))(
    '%s',
    async (_, state, message, _how, health) => {
      const context = await world({ inspect: (ms) => (ms < 500 ? {} : state) });
      const verdict = wait(context, health, 60_000);
      await expect(verdict).rejects.toThrow(message);
      await expect(verdict).rejects.not.toBeInstanceOf(UnhealthyError);
      await expect(verdict).rejects.toMatchObject({ retry: 'backoff', code: 'container/another-hand' });
    },
  );

  test('also when it happens during the last check that counts', async () => {
    let asked = 0;
    const probe = (): ProbeResult => {
      asked += 1;
      return bad;
    };
    const impatient = { ...http, retries: 1, startPeriodMs: 0 };
    const inspect = (): Looks => (asked > 0 ? { Status: 'exited', ExitCode: 137 } : {});
    const verdict = wait(await world({ inspect, probe }), impatient);
    await expect(verdict).rejects.toMatchObject({ code: 'container/another-hand' });
  });
});

test('an engine that fails is no fault of the container', async () => {
  const context = await world({});
  context.docker.inspectContainer = async () => {
    throw new ReconcilerError('docker/timeout', 'no answer', { retry: 'backoff' });
  };
  const verdict = wait(context, http);
  await expect(verdict).rejects.toMatchObject({ code: 'docker/timeout' });
  await expect(verdict).rejects.not.toBeInstanceOf(UnhealthyError);
});

test('a shutdown ends the wait without a verdict', async () => {
  const stop = new AbortController();
  const probe = (ms: number): ProbeResult => {
    if (ms > 1_000) stop.abort(new Error('shutting down'));
    return bad;
  };
  await expect(wait(await world({ probe }, { signal: stop.signal }), http)).rejects.toThrow('shutting down');
});
