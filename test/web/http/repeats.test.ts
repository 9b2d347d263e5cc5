import { describe, expect, test } from 'vitest';
import { repeats } from '../../../web/http/repeats.ts';
import type { AuditEntry } from '../../../web/ports.ts';

const refusal = (parts: Partial<AuditEntry> = {}): AuditEntry => ({
  who: 'eve@example.com',
  action: 'nodes',
  target: 'worker-1',
  outcome: 'refused',
  reason: 'access/forbidden: not for you',
  from: '203.0.113.7 curl',
  ...parts,
});

describe('a refusal', () => {
  test('is repeated when it is the same within a minute, whatever the client calls itself', () => {
    const isRepeated = repeats();
    expect(isRepeated(refusal(), 0)).toBe(false);
    expect(isRepeated(refusal({ from: '203.0.113.7 wget' }), 59_999)).toBe(true);
    expect(isRepeated(refusal(), 60_000)).toBe(false);
  });

  test.each([
    { who: 'ada@example.com' },
    { action: 'channels' },
    { target: 'worker-2' },
    { from: '203.0.113.8 curl' },
    { reason: 'csrf/token: missing' },
  ])('is another one with %j', (parts) => {
    const isRepeated = repeats();
    isRepeated(refusal(), 0);
    expect(isRepeated(refusal(parts), 1)).toBe(false);
  });

  test('is never a change that was made, nor an attempt to sign in', () => {
    const isRepeated = repeats();
    for (const parts of [
      { outcome: 'done' },
      { action: 'auth.login', reason: 'auth/credentials: no' },
    ] as const) {
      expect([isRepeated(refusal(parts), 0), isRepeated(refusal(parts), 1)]).toEqual([false, false]);
    }
  });

  test('of too many requests is one for an address and an action', () => {
    const isRepeated = repeats();
    const limited = (target: string) => refusal({ target, who: target, reason: 'limit/exceeded: slowly' });
    expect(isRepeated(limited('a'), 0)).toBe(false);
    expect(isRepeated(limited('b'), 1)).toBe(true);
  });

  test('of somebody who shows nothing is one, whatever he asks for: he chooses that', () => {
    const isRepeated = repeats();
    const knock = (target: string) => refusal({ who: 'anonymous', target, reason: 'auth/required: sign in' });
    expect(isRepeated(knock('a'), 0)).toBe(false);
    expect(isRepeated(knock('b'), 59_999)).toBe(true);
    expect(isRepeated({ ...knock('c'), action: 'runtime' }, 59_999)).toBe(false);
    expect(isRepeated(knock('b'), 60_000)).toBe(false);
  });

  test('of somebody who is known has so many targets in a minute, and then the minute is over', () => {
    const isRepeated = repeats();
    const kept = (from: number, now: number): number =>
      Array.from({ length: 100 }, (_, turn) => refusal({ target: `t${from + turn}` })).filter(
        (entry) => !isRepeated(entry, now),
      ).length;
    expect([kept(0, 0), kept(100, 59_999), kept(0, 60_000)]).toEqual([20, 0, 20]);
    expect(isRepeated(refusal({ who: 'ada@example.com' }), 60_000)).toBe(false);
  });

  test('is forgotten when there are too many others', () => {
    const isRepeated = repeats();
    isRepeated(refusal(), 0);
    for (let turn = 0; turn < 2_000; turn += 1) isRepeated(refusal({ who: `w${turn}` }), 1);
    expect(isRepeated(refusal(), 2)).toBe(false);
    expect(isRepeated(refusal({ who: 'w1999' }), 2)).toBe(true);
  });
});
