import { beforeEach, expect, test } from 'vitest';
import { type EndedSessions, endedSessions } from '../../../web/auth/ended-sessions.ts';
import { type KnownSessions, knownSessions } from '../../../web/auth/known-sessions.ts';
import type { Session } from '../../../web/auth/sessions.ts';

const ada: Session = {
  id: 's1',
  kind: 'browser',
  seenAt: 0,
  account: { id: 'a1', email: 'ada@example.com', name: 'Ada', setup: false },
};

let now: number;
let looks: number;
let ended: EndedSessions;
let known: KnownSessions;
beforeEach(() => {
  [now, looks] = [5_000, 0];
  ended = endedSessions();
  known = knownSessions(ended, () => now);
});

function find(answer: Session | null = ada): Promise<Session | null> {
  return known.find('key', async () => {
    looks += 1;
    return answer;
  });
}

test('a session is looked up once a second, and at once when any has ended', async () => {
  expect(await find()).toBe(ada);
  now += 999;
  expect(await find(null)).toBe(ada);
  expect(looks).toBe(1);
  now += 1;
  expect(await find()).toBe(ada);
  expect(looks).toBe(2);
  ended.tell();
  expect(await find(null)).toBeNull();
  expect(looks).toBe(3);
});

test('that there is none is not kept: a cookie may be given out in a moment', async () => {
  expect(await find(null)).toBeNull();
  expect(await find()).toBe(ada);
});

test('a session that ends while it is looked up is not kept', async () => {
  const gate = Promise.withResolvers<Session | null>();
  const found = known.find('key', () => gate.promise);
  ended.tell();
  gate.resolve(ada);
  expect(await found).toBe(ada);
  expect(await find(null)).toBeNull();
});

test('a clock that is put back makes nothing younger', async () => {
  await find();
  now -= 3_600_000;
  expect(await find(null)).toBeNull();
});
