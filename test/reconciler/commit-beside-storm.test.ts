import { expect, test } from 'vitest';
import { Loop } from '../../reconciler/loop.ts';
import { PassRecord } from '../../reconciler/report/pass-record.ts';
import { fresh, open } from '../support/any-fleet.ts';
import { tenant } from '../support/desired.ts';
import { quiet } from '../support/sandbox.ts';

test("INV-10: a neighbour's commit does not wait for the rest that another hand's deeds bring about", async () => {
  const tenants = ['acme', 'globex'].map((name) => tenant(name));
  const sandbox = await fresh(tenants, 'a'.repeat(40));
  const reconciler = await sandbox.reconciler();
  const { engine, files } = sandbox;
  const clock = { now: Date.now, monotonic: () => performance.now(), sleep };
  const record = new PassRecord(clock);
  const loop = new Loop(
    { docker: engine, files, clock, log: quiet, record },
    // A rest that nobody lives to see the end of.
    { tickMs: 3_600_000, pollMs: 3_600_000, gatherMs: 3_600_000, told: null, repositoryHints: null },
  );
  const stop = new AbortController();
  const running = loop.run(reconciler, stop.signal);
  await expect.poll(() => record.view.succeeded).toBeGreaterThan(0);
  const acme = [...engine.containers.values()].find(({ Name }) => Name === '/tenant_acme_runtime');
  await engine.updateContainer(acme?.Id ?? '', { PidsLimit: 77 });
  const changed = tenants.map((each) => (each.name === 'globex' ? { ...each, env: { LEVEL: 'two' } } : each));
  sandbox.commit(open(changed, 'b'.repeat(40)));
  loop.askGit();
  const levels = () => [...engine.containers.values()].flatMap(({ Config }) => Config.Env ?? []);
  await expect.poll(levels).toContain('LEVEL=two');
  stop.abort();
  await running;
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
