import { expect, test } from 'vitest';
import { PassRecord } from '../../../reconciler/report/pass-record.ts';
import { nodeStatus } from '../../deploy/cli/statuses.ts';
import { FakeClock } from '../../support/fake-ports.ts';

const minute = 60_000;
const started = (): { clock: FakeClock; record: PassRecord } => {
  const clock = new FakeClock();
  return { clock, record: new PassRecord(clock) };
};

test('a reconciler that has just begun is healthy and not ready', () => {
  const { record } = started();
  expect(record.health().good).toBe(true);
  expect(record.readiness()).toEqual({ good: false, detail: 'no pass has ended yet' });
});

test('passes that succeed keep it healthy and ready', async () => {
  const { clock, record } = started();
  for (let pass = 0; pass < 10; pass += 1) {
    record.began();
    await clock.sleep(minute);
    record.succeeded(nodeStatus());
  }
  expect([record.health().good, record.readiness().good]).toEqual([true, true]);
  expect(record.view).toMatchObject({ succeeded: 10, failed: 0, totalMs: 10 * minute, lastMs: minute });
});

test('INV-14: passes that fail for three minutes make it unhealthy, with the reason, until one succeeds', async () => {
  const { clock, record } = started();
  record.began();
  record.succeeded(nodeStatus());
  for (let pass = 0; pass < 3; pass += 1) {
    expect(record.health().good).toBe(true);
    record.began();
    record.failed(new Error('no connection to the Docker Engine'));
    expect(record.readiness()).toEqual({ good: false, detail: 'no connection to the Docker Engine' });
    await clock.sleep(minute);
  }
  expect(record.health()).toEqual({
    good: false,
    detail: 'no pass has succeeded for 180 s: no connection to the Docker Engine',
  });
  record.began();
  record.succeeded(nodeStatus());
  expect([record.health().good, record.readiness().good]).toEqual([true, true]);
  expect(record.view).toMatchObject({ succeeded: 2, failed: 3 });
});

test('INV-14: a pass that does not end makes it unhealthy after three minutes', async () => {
  const { clock, record } = started();
  record.began();
  record.succeeded(nodeStatus());
  record.began();
  await clock.sleep(3 * minute);
  const verdict = {
    good: false,
    detail: 'no pass has succeeded for 180 s: the one under way does not end',
  };
  expect(record.health()).toEqual(verdict);
  expect(record.readiness()).toEqual(verdict);
});

test('a loop that begins no pass is unhealthy, too', async () => {
  const { clock, record } = started();
  await clock.sleep(3 * minute);
  expect(record.health().detail).toBe('no pass has succeeded for 180 s: none was begun');
});

test('INV-17: a clock that is set to another day makes nobody unhealthy', () => {
  const { clock, record } = started();
  record.began();
  record.succeeded(nodeStatus());
  clock.time += 24 * 60 * minute;
  expect(record.health().good).toBe(true);
});

test('the time of a revision is that of its first pass', async () => {
  const { clock, record } = started();
  const first = nodeStatus({ revision: 'a'.repeat(40) });
  record.succeeded(first);
  const since = record.view.revisionSince;
  await clock.sleep(minute);
  record.succeeded(first);
  expect(record.view.revisionSince).toBe(since);
  record.succeeded(nodeStatus({ revision: 'b'.repeat(40) }));
  expect(record.view.revisionSince).toBe(clock.now());
});
