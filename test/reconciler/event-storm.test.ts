import { expect, test } from 'vitest';
import { Loop } from '../../reconciler/loop.ts';
import type { Plan } from '../../reconciler/plan/plan.ts';
import { PassRecord } from '../../reconciler/report/pass-record.ts';
import { fresh } from '../support/any-fleet.ts';
import { tenant } from '../support/desired.ts';
import { quiet } from '../support/sandbox.ts';

test('INV-15: a storm of 10,000 events costs a few passes, each for those that the events name', async () => {
  const tenants = Array.from({ length: 20 }, (_, index) => tenant(`t-${index}`));
  const sandbox = await fresh(tenants, 'a'.repeat(40));
  const reconciler = await sandbox.reconciler();
  const looked: ('all' | ReadonlySet<string>)[] = [];
  const pass = reconciler.pass.bind(reconciler);
  reconciler.pass = (names): Promise<Plan> => {
    looked.push(names);
    return pass(names);
  };
  const { engine, files } = sandbox;
  const clock = { now: Date.now, monotonic: () => performance.now(), sleep };
  const loop = new Loop(
    { docker: engine, files, clock, log: quiet, record: new PassRecord(clock) },
    { tickMs: 3_600_000, pollMs: 3_600_000, gatherMs: 5, told: null, repositoryHints: null },
  );
  const stop = new AbortController();
  const running = loop.run(reconciler, stop.signal);
  await expect.poll(() => looked.length).toBeGreaterThan(0);
  const ids = [...engine.containers.keys()];
  for (let count = 0; count < 10_000; count += 1) {
    await engine.updateContainer(ids[count % ids.length] ?? '', { PidsLimit: 256 });
  }
  const named = () => new Set(looked.filter((names) => names !== 'all').flatMap((names) => [...names]));
  await expect.poll(named, { timeout: 30_000 }).toEqual(new Set(tenants.map(({ name }) => name)));
  // What follows late is counted as well.
  await sleep(300, stop.signal);
  stop.abort();
  await running;
  expect(looked.length).toBeLessThan(30);
});

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    });
  });
}
