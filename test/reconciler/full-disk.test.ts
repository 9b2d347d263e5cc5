import { expect, test } from 'vitest';
import { ReconcilerError } from '../../reconciler/errors.ts';
import { Loop } from '../../reconciler/loop.ts';
import { PassRecord } from '../../reconciler/report/pass-record.ts';
import { desiredState, tenant } from '../support/desired.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { quiet, Sandbox } from '../support/sandbox.ts';

/** In milliseconds: as long as a wait after a failure at the least. It does not end here. */
const long = 500;
const never = 3_600_000;

test('INV-18: with a full disk what another hand stops runs again at once, however often writing has failed, and it is logged once', async () => {
  const sandbox = new Sandbox();
  sandbox.commit(desiredState([tenant('acme')], 'a'.repeat(40)));
  await sandbox.converge();
  const { engine, files, state } = sandbox;
  const reconciler = await sandbox.reconciler();
  const clock = { now: Date.now, monotonic: () => performance.now(), sleep };
  const record = new PassRecord(clock);
  const errors: string[] = [];
  const log = { ...quiet, error: (_: unknown, text?: string) => void errors.push(text ?? '') };
  const options = { tickMs: never, pollMs: never, gatherMs: 1, told: null, repositoryHints: null };
  const loop = new Loop({ docker: engine, files, clock, log, record }, options);
  const stop = new AbortController();
  const running = loop.run(reconciler, stop.signal);
  await expect.poll(() => record.view.succeeded).toBeGreaterThan(0);

  const full = new ReconcilerError('state/write-failed', 'ENOSPC: no space left on device', {
    retry: 'backoff',
  });
  state.write = () => Promise.reject(full);
  state.append = () => Promise.reject(full);
  for (let time = 1; time <= 4; time += 1) {
    await stopped(engine);
    await expect.poll(() => isUp(engine)).toBe(true);
    await expect.poll(() => reconciler.workers.busy.size).toBe(0);
    // Its outcome could not be recorded, so that it waits; then it is seen to be in sync. Nobody here says that it ended.
    loop.settled('acme');
    await expect.poll(() => reconciler.nextRetryMs()).toBeNull();
    expect(record.view.failed).toBeGreaterThanOrEqual(time);
  }
  expect(reconciler.trouble?.message).toContain('ENOSPC');
  expect(errors.filter((text) => text.includes('what the pass did'))).toHaveLength(1);

  // Its own ones are those of the class again.
  for (const name of ['write', 'append']) Reflect.deleteProperty(state, name);
  await stopped(engine);
  await expect.poll(() => reconciler.trouble).toBeNull();
  await expect.poll(() => isUp(engine)).toBe(true);
  stop.abort();
  await running;
});

const containerOf = (engine: FakeEngine) => [...engine.containers.values()][0];
const isUp = (engine: FakeEngine): boolean => containerOf(engine)?.State.Running === true;

async function stopped(engine: FakeEngine): Promise<void> {
  await engine.stopContainer(containerOf(engine)?.Id ?? '');
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = ms < long ? setTimeout(resolve, ms) : undefined;
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    });
  });
}
