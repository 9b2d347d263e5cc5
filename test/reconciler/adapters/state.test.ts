import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Damage, openState } from '../../../reconciler/adapters/state.ts';
import type { StateStore } from '../../../reconciler/ports.ts';

let folder: string;
let damages: Damage[];
let state: StateStore;

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), 'tenantry-test-state-'));
  damages = [];
  state = openState(join(folder, 'state'), (damage) => void damages.push(damage));
});
afterEach(() => fs.rm(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, 'state', name);
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ n: from + index }));

describe('a state document', () => {
  test('that was never written is null', async () => {
    expect(await state.read('last-good')).toBeNull();
    expect(damages).toEqual([]);
  });

  test('reads as it was written, by the next process too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        await state.write('any', value);
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(await state.read('any')).toEqual(plain);
        expect(await openState(join(folder, 'state'), () => undefined).read('any')).toEqual(plain);
      }),
      { numRuns: 50 },
    );
    expect(damages).toEqual([]);
  });

  test('is readable by its owner alone', async () => {
    await state.write('private', { a: 1 });
    expect((await fs.stat(file('private.json'))).mode & 0o777).toBe(0o600);
  });

  test('with any flipped bit or cut short is never believed (INV-19)', async () => {
    const value = { revision: 'abc', count: 12, list: [true, null, 'ä'] };
    await state.write('fragile', value);
    const whole = await fs.readFile(file('fragile.json'));
    const spoiled = [
      ...Array.from({ length: whole.length * 8 }, (_, bit) => {
        const copy = Buffer.from(whole);
        copy.writeUInt8((whole[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
        return copy;
      }),
      ...Array.from({ length: whole.length - 1 }, (_, length) => whole.subarray(0, length)),
    ];
    let refused = 0;
    for (const bytes of spoiled) {
      await fs.writeFile(file('fragile.json'), bytes);
      const read = await state.read('fragile');
      if (read === null) refused += 1;
      // A flip in the white space around it leaves the same value.
      else expect(read).toEqual(value);
    }
    expect(refused).toBeGreaterThan(spoiled.length - 10);
    expect(damages).toHaveLength(refused);
  });

  test('that is damaged is set aside and can be written anew', async () => {
    await state.write('held', { a: 1 });
    await fs.writeFile(file('held.json'), '{"v":1,"sha256":"00","value":{"a":2}}');
    expect(await state.read('held')).toBeNull();
    expect(damages).toEqual([
      { name: 'held', path: file('held.json.damaged'), reason: 'its checksum does not fit' },
    ]);
    expect(await fs.readFile(file('held.json.damaged'), 'utf8')).toContain('{"a":2}');
    await state.write('held', { a: 3 });
    expect(await state.read('held')).toEqual({ a: 3 });
  });

  test('a write that a crash left half done does not count', async () => {
    await state.write('crash', { a: 1 });
    await fs.writeFile(file('crash.json.new'), '{"v":1,"sha2');
    expect(await state.read('crash')).toEqual({ a: 1 });
    await state.write('crash', { a: 2 });
    expect(await state.read('crash')).toEqual({ a: 2 });
    expect(await fs.readdir(join(folder, 'state'))).toEqual(['crash.json']);
  });

  test.each(['', '../up', 'a/b', '.hidden', 'Upper', 'a.json', 'nul\0'])(
    'the name %j is refused',
    async (name) => {
      const attempts = [
        state.read(name),
        state.write(name, 1),
        state.append(name, 1, 1),
        state.readLog(name),
      ];
      for (const attempt of await Promise.allSettled(attempts)) {
        expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'state/bad-name' } });
      }
    },
  );
});

describe('a log', () => {
  test('keeps its entries in order, and is cut to the newest when it is twice as long', async () => {
    expect(await state.readLog('history')).toEqual([]);
    for (const entry of numbers(1, 9)) await state.append('history', entry, 5);
    expect(await state.readLog('history')).toEqual(numbers(1, 9));
    await state.append('history', { n: 10 }, 5);
    expect(await state.readLog('history')).toEqual(numbers(6, 10));
    await state.append('history', { n: 11 }, 5);
    expect(await state.readLog('history')).toEqual(numbers(6, 11));
  });

  test('counts what an earlier process wrote', async () => {
    for (const entry of numbers(1, 5)) await state.append('history', entry, 3);
    const next = openState(join(folder, 'state'), () => undefined);
    await next.append('history', { n: 6 }, 3);
    expect(await next.readLog('history')).toEqual(numbers(4, 6));
  });

  test('loses only the last entry when a crash tore it, and goes on behind', async () => {
    for (const entry of numbers(1, 3)) await state.append('torn', entry, 100);
    const whole = await fs.readFile(file('torn.jsonl'));
    await fs.writeFile(file('torn.jsonl'), whole.subarray(0, whole.length - 5));
    expect(await state.readLog('torn')).toEqual(numbers(1, 2));
    await state.append('torn', { n: 4 }, 100);
    expect(await state.readLog('torn')).toEqual([...numbers(1, 2), { n: 4 }]);
  });

  test('leaves out an entry that was damaged', async () => {
    for (const entry of numbers(1, 3)) await state.append('flipped', entry, 100);
    const text = await fs.readFile(file('flipped.jsonl'), 'utf8');
    await fs.writeFile(file('flipped.jsonl'), text.replace('{"n":2}', '{"n":7}'));
    expect(await state.readLog('flipped')).toEqual([{ n: 1 }, { n: 3 }]);
  });
});

describe('a full disk (INV-18)', () => {
  let disk: string;
  let small: StateStore;
  beforeEach(async () => {
    disk = join(folder, 'disk');
    await fs.mkdir(disk);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tenantry-test', disk]);
    small = openState(join(disk, 'state'), (damage) => void damages.push(damage));
  });
  afterEach(async () => {
    await execa('umount', [disk]);
  });

  test('keeps the old document whole', async () => {
    await small.write('document', { text: 'old' });
    const write = small.write('document', { text: 'x'.repeat(100_000) });
    await expect(write).rejects.toMatchObject({ code: 'state/write-failed', retry: 'backoff' });
    await expect(write).rejects.toThrow(/no space left/);
    expect(await small.read('document')).toEqual({ text: 'old' });
    await small.write('document', { text: 'new' });
    expect(await small.read('document')).toEqual({ text: 'new' });
  });

  test('keeps the old log whole', async () => {
    for (const entry of numbers(1, 3)) await small.append('log', entry, 100);
    const append = small.append('log', { text: 'x'.repeat(100_000) }, 100);
    await expect(append).rejects.toMatchObject({ code: 'state/write-failed' });
    expect(await small.readLog('log')).toEqual(numbers(1, 3));
    await small.append('log', { n: 4 }, 100);
    expect(await small.readLog('log')).toEqual(numbers(1, 4));
    expect(damages).toEqual([]);
  });
});
