import { expect, test } from 'vitest';
import { systemClock } from '../../reconciler/adapters/clock.ts';
import { Loop } from '../../reconciler/loop.ts';
import { PassRecord } from '../../reconciler/report/pass-record.ts';
import { desiredState, tenant } from '../support/desired.ts';
import { quiet, Sandbox } from '../support/sandbox.ts';

const never = 3_600_000;
const check = { intervalMs: 5_000, timeoutMs: 600_000, retries: 3, startPeriodMs: 0 };
const health = { ...check, type: 'http', path: '/', port: 8080 } as const;

test("INV-14: a tenant's health is told while a neighbour's check hangs", async () => {
  const told = new Map<string, string>();
  const sandbox = new Sandbox({
    sink: (local) => ({
      ...local,
      publish: async (status, more) => {
        for (const each of status.tenants) told.set(each.tenant, each.health.state);
        await local.publish(status, more);
      },
    }),
  });
  sandbox.commit(desiredState(['acme', 'globex'].map((name) => tenant(name, { health }))));
  await sandbox.converge();
  const hung = Promise.withResolvers<{ healthy: boolean; detail: string }>();
  let asked = 0;
  sandbox.probe.http = async () => {
    asked += 1;
    return asked === 1 ? hung.promise : { healthy: true, detail: 'HTTP 200 in 1 ms' };
  };
  const { engine, files } = sandbox;
  const loop = new Loop(
    { docker: engine, files, clock: systemClock, log: quiet, record: new PassRecord(systemClock) },
    { tickMs: never, pollMs: never, gatherMs: 0, told: null, repositoryHints: null },
  );
  const stop = new AbortController();
  const running = loop.run(await sandbox.reconciler(), stop.signal);
  await expect.poll(() => [...told.values()].sort(), { timeout: 10_000 }).toEqual(['healthy', 'none']);
  hung.resolve({ healthy: true, detail: 'HTTP 200 in 9 s' });
  await expect.poll(() => [...told.values()], { timeout: 10_000 }).toEqual(['healthy', 'healthy']);
  stop.abort();
  await running;
});
