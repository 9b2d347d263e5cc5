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

  test('is forgotten when there are too many others', () => {
    const isRepeated = repeats();
    isRepeated(refusal(), 0);
    for (let turn = 0; turn < 2_000; turn += 1) isRepeated(refusal({ target: `t${turn}` }), 1);
    expect(isRepeated(refusal(), 2)).toBe(false);
    expect(isRepeated(refusal({ target: 't1999' }), 2)).toBe(true);
  });
});
