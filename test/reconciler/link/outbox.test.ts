import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../reconciler/adapters/clock.ts';
import { Outbox } from '../../../reconciler/link/outbox.ts';
import type { OutboxOptions } from '../../../reconciler/link/outbox-options.ts';
import { quiet } from '../../support/sandbox.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tenantry-outbox-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const openAt = (folder: string, more: Partial<OutboxOptions> = {}) =>
  Outbox.open({ dir: folder, clock: systemClock, log: quiet, ...more });

interface Received {
  readonly from: number;
  readonly seq: number;
  readonly value: unknown;
}

/** Everything after a number, as the other end would get it. */
async function receive(outbox: Outbox, after = 0): Promise<Received[]> {
  const all: Received[] = [];
  for (let last = after; ; last = all.at(-1)?.seq ?? last) {
    const entries = await outbox.read(last, 1_000);
    if (entries.length === 0) return all;
    all.push(
      ...entries.map(({ seq, from, entry }) => ({
        from: from ?? seq,
        seq,
        value: JSON.parse(entry) as unknown,
      })),
    );
  }
}

const isNote = ({ value }: Received): boolean =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'outbox/lost';
const values = (received: readonly Received[]): unknown[] =>
  received.filter((each) => !isNote(each)).map(({ value }) => value);

/** Each entry begins where the one before it ended: what is missing is told. */
function expectNoGaps(received: readonly Received[], after = 0): void {
  let last = after;
  for (const { from, seq } of received) {
    expect(from).toBe(last + 1);
    expect(seq).toBeGreaterThanOrEqual(from);
    last = seq;
  }
}

async function newestFile(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort();
  return join(folder, names.at(-1) ?? '');
}

describe('the outbox', () => {
  test('hands out what it took, in order, also after it was opened again', async () => {
    const outbox = await openAt(dir);
    await Promise.all([1, 2, 3].map((value) => outbox.append(value)));
    expect(values(await receive(outbox))).toEqual([1, 2, 3]);
    await outbox.close();
    const again = await openAt(dir);
    await again.append(4);
    expect(again.name).toBe(outbox.name);
    const received = await receive(again);
    expect(values(received)).toEqual([1, 2, 3, 4]);
    expectNoGaps(received);
  });

  test('forgets what was accepted, and goes on with the same numbers', async () => {
    const outbox = await openAt(dir, { segmentBytes: 200 });
    for (let value = 1; value <= 50; value += 1) await outbox.append({ value });
    const files = (await readdir(dir)).length;
    expect(files).toBeGreaterThan(5);
    await outbox.accepted(48);
    expect((await readdir(dir)).length).toBeLessThan(3);
    const again = await openAt(dir, { segmentBytes: 200 });
    await again.append({ value: 51 });
    expect(values(await receive(again, 48))).toEqual([{ value: 49 }, { value: 50 }, { value: 51 }]);
  });

  test('says which entries it gave up when it is full, and keeps the newest', async () => {
    const outbox = await openAt(dir, { segmentBytes: 500, maxBytes: 2_000 });
    for (let value = 1; value <= 200; value += 1) await outbox.append(value);
    expect(outbox.bytes).toBeLessThanOrEqual(2_000);
    const received = await receive(outbox);
    expectNoGaps(received);
    expect(received.filter(isNote)).toEqual([
      {
        from: 1,
        seq: outbox.first - 1,
        value: expect.objectContaining({ data: { from: 1, to: outbox.first - 1 } }),
      },
    ]);
    expect(values(received).at(-1)).toBe(200);
  });

  test('cut at any byte it hands out a beginning of what it took, and tells that something may be missing', async () => {
    const outbox = await openAt(dir);
    for (const value of ['a', 'b', 'c', 'd']) await outbox.append({ value });
    await outbox.close();
    const whole = await receive(outbox);
    const { length } = await readFile(await newestFile(dir));
    for (let at = 0; at <= length; at += 1) {
      const copy = `${dir}-cut`;
      await rm(copy, { recursive: true, force: true });
      await cp(dir, copy, { recursive: true });
      await truncate(await newestFile(copy), at);
      const cut = await openAt(copy);
      await cut.append({ value: 'new' });
      const received = await receive(cut);
      expectNoGaps(received);
      const kept = values(received);
      expect(kept.at(-1)).toEqual({ value: 'new' });
      expect(kept.slice(0, -1)).toEqual(values(whole).slice(0, kept.length - 1));
      await rm(copy, { recursive: true, force: true });
    }
  });

  test('with flipped bits and lost ends it never hands out what it did not take, nor anything twice', async () => {
    const damage = fc.record({
      entries: fc.array(fc.jsonValue(), { minLength: 1, maxLength: 20 }),
      flips: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 7 })), { maxLength: 4 }),
      lost: fc.nat({ max: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ entries, flips, lost }) => {
        const folder = await mkdtemp(join(dir, 'run-'));
        const outbox = await openAt(folder, { segmentBytes: 150 });
        for (const entry of entries) await outbox.append({ entry });
        await outbox.close();
        const path = await newestFile(folder);
        const bytes = await readFile(path);
        for (const [at, bit] of flips) {
          const place = at % bytes.length;
          bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        }
        await writeFile(path, bytes.subarray(0, Math.max(0, bytes.length - lost)));
        const again = await openAt(folder, { segmentBytes: 150 });
        await again.append('new');
        const received = await receive(again);
        expectNoGaps(received);
        const taken: unknown[] = entries.map((entry) => JSON.parse(JSON.stringify({ entry })) as unknown);
        let from = 0;
        for (const value of values(received).slice(0, -1)) {
          const found = taken.findIndex(
            (each, index) => index >= from && JSON.stringify(each) === JSON.stringify(value),
          );
          expect(found).toBeGreaterThanOrEqual(from);
          from = found + 1;
        }
        expect(values(received).at(-1)).toBe('new');
      }),
      { numRuns: 150 },
    );
  });

  test('under numbers that the control node knows already it goes on with another name, once', async () => {
    const outbox = await openAt(dir);
    for (const value of ['a', 'b', 'c']) await outbox.append(value);
    await outbox.close();
    // The disk lost two synced entries that had been sent.
    const path = await newestFile(dir);
    const text = await readFile(path, 'utf8');
    await writeFile(path, `${text.split('\n')[0]}\n`);
    const again = await openAt(dir);
    await again.append('d');
    expect(await again.resume(3)).toBe(true);
    expect(again.name).not.toBe(outbox.name);
    const received = await receive(again);
    expect(received).toEqual([{ from: 1, seq: 1, value: 'd' }]);
    expect(await again.resume(0)).toBe(false);
    await again.append('e');
    expect(values(await receive(await openAt(dir)))).toEqual(['d', 'e']);
  });

  test('whose disk takes no write keeps what it is told, and writes it when it can', async () => {
    const sleeps: (() => void)[] = [];
    const clock = { now: () => 1, sleep: () => new Promise<void>((resolve) => sleeps.push(resolve)) };
    const outbox = await openAt(dir, { clock });
    await outbox.append('a');
    const path = await newestFile(dir);
    const bytes = await readFile(path);
    await rm(path);
    const troubles: (string | null)[] = [];
    const forget = outbox.trouble.onChange(() => troubles.push(outbox.trouble.now?.message ?? null));
    await outbox.append('b');
    expect(troubles).toEqual([expect.stringMatching(/disk takes nothing .*ENOENT/)]);
    void outbox.append('c');
    expect(await outbox.read(1, 1_000).catch(() => [])).toEqual([]);
    await writeFile(path, bytes);
    const more = new Promise<void>((resolve) => outbox.onMore(resolve));
    sleeps.shift()?.();
    await more;
    expect(values(await receive(outbox))).toEqual(['a', 'b', 'c']);
    expect(troubles).toEqual([expect.any(String), null]);
    forget();
  });
});
