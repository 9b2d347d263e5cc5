import { expect, test } from 'vitest';
import type { Clock } from '../../reconciler/ports.ts';
import { Rest } from '../../reconciler/rest.ts';

const signal = new AbortController().signal;

/** A rest whose time passes when it is told to. */
function resting() {
  const sleeps = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    sleep: (_ms, stop) =>
      new Promise((resolve, reject) => {
        sleeps.add(resolve);
        stop?.addEventListener('abort', () => {
          sleeps.delete(resolve);
          reject(new Error('aborted'));
        });
      }),
  };
  const rest = new Rest(clock);
  const taken = (stop = signal) => {
    const state = { over: false };
    void rest.take(100, stop).then(() => {
      state.over = true;
    });
    return state;
  };
  return { rest, taken, sleeps, pass: () => sleeps.forEach((wake) => wake()) };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a rest lasts as long as it should', async () => {
  const { taken, pass } = resting();
  const state = taken();
  await turn();
  expect(state.over).toBe(false);
  pass();
  await turn();
  expect(state.over).toBe(true);
});

test('a rest is cut short by a hurry during it or since the pass before it began, and leaves no timer', async () => {
  const { rest, taken, sleeps } = resting();
  const state = taken();
  await turn();
  rest.hurry();
  await turn();
  expect([state.over, sleeps.size]).toEqual([true, 0]);
  const another = resting();
  another.rest.hurry();
  const early = another.taken();
  await turn();
  expect(early.over).toBe(true);
});

test('a hurry from before the pass is over with it', async () => {
  const { rest, taken } = resting();
  rest.hurry();
  rest.reset();
  const state = taken();
  await turn();
  expect(state.over).toBe(false);
});

test('only every second rest can be cut short', async () => {
  const { rest, taken, pass } = resting();
  const overAtOnce: boolean[] = [];
  for (let round = 0; round < 4; round += 1) {
    rest.reset();
    const state = taken();
    rest.hurry();
    await turn();
    overAtOnce.push(state.over);
    pass();
    await turn();
    expect(state.over).toBe(true);
  }
  expect(overAtOnce).toEqual([true, false, true, false]);
});

test('what is new in Git ends each rest, also one after another that was cut short', async () => {
  const { rest, taken, sleeps } = resting();
  for (const end of ['hurry', 'cut', 'cut'] as const) {
    rest.reset();
    const state = taken();
    await turn();
    expect(state.over).toBe(false);
    rest[end]();
    await turn();
    expect([state.over, sleeps.size], end).toEqual([true, 0]);
  }
  rest.cut();
  const early = taken();
  await turn();
  expect(early.over, 'told since the pass began').toBe(true);
  rest.reset();
  const after = taken();
  rest.hurry();
  await turn();
  expect(after.over, 'a hurry after a short rest still waits').toBe(false);
});

test('an abort ends it', async () => {
  const { taken } = resting();
  const stop = new AbortController();
  const state = taken(stop.signal);
  stop.abort();
  await turn();
  expect(state.over).toBe(true);
});
