import { describe, expect, test } from 'vitest';
import { PiecedDocument } from '../../reconciler/pieces.ts';
import { FakeState } from '../support/fake-ports.ts';

const name = (index: number) => `tenant-${index}`;
const many = (count: number) =>
  new Map(Array.from({ length: count }, (_, index): [string, unknown] => [name(index), { index }]));

/** Notes what is written; fails when it is told to. */
class WatchedState extends FakeState {
  written: string[] = [];
  failing: RegExp | null = null;

  override async write(document: string, value: unknown): Promise<void> {
    if (this.failing?.test(document)) throw new Error('no space left on device');
    this.written.push(document);
    await super.write(document, value);
  }

  taken(): string[] {
    return this.written.splice(0);
  }
}

const save = (
  document: PiecedDocument,
  entries: ReadonlyMap<string, unknown>,
  changed: Iterable<string> = entries.keys(),
  head: object = {},
) => document.write({ head, whole: () => ({ ...head, all: Object.fromEntries(entries) }), entries, changed });

async function stored(state: FakeState): Promise<Record<string, unknown>> {
  const { main, pieces } = await new PiecedDocument(state, 'memory').read();
  const whole = typeof main === 'object' && main !== null && 'all' in main ? main.all : {};
  const parts = [whole, ...pieces].flatMap((part) => Object.entries(part ?? {}));
  return Object.fromEntries(parts);
}

describe('a document with an entry a tenant', () => {
  test('is one document while it is small', async () => {
    const state = new WatchedState();
    await save(new PiecedDocument(state, 'memory'), many(100));
    expect([...state.documents.keys()]).toEqual(['memory']);
    expect(await stored(state)).toEqual(Object.fromEntries(many(100)));
  });

  test('is cut into pieces when it is large, and a change writes the piece that holds it alone', async () => {
    const state = new WatchedState();
    const document = new PiecedDocument(state, 'memory');
    const entries = many(10_000);
    await save(document, entries);
    expect(state.taken().length).toBe(257);
    entries.set(name(7), { index: 'changed' });
    entries.delete(name(8));
    await save(document, entries, [name(7)]);
    const [piece = '', ...others] = state.taken();
    expect([piece, others]).toEqual([expect.stringMatching(/^memory-256-\d+$/), []]);
    expect(state.documents.get(piece)?.length).toBeLessThan(10_000);
    await save(document, entries, [name(8)]);
    expect(state.taken()).toHaveLength(1);
    expect(await stored(state)).toEqual(Object.fromEntries(entries));
  });

  test('grows and shrinks with its entries, and leaves no piece behind', async () => {
    const state = new WatchedState();
    const document = new PiecedDocument(state, 'memory');
    for (const count of [10, 500, 129, 3_000, 700, 20, 0]) {
      await save(document, many(count));
      expect(await stored(state)).toEqual(Object.fromEntries(many(count)));
    }
    expect([...state.documents.keys()]).toEqual(['memory']);
  });

  test('stays cut as it is for a tenant more or less', async () => {
    const state = new WatchedState();
    const document = new PiecedDocument(state, 'memory');
    await save(document, many(200));
    state.taken();
    for (const count of [190, 260, 130]) await save(document, many(count), [name(1)]);
    expect(new Set(state.taken()).size).toBe(1);
  });

  test('is followed by another process, which writes what it changes alone', async () => {
    const state = new WatchedState();
    await save(new PiecedDocument(state, 'memory'), many(300));
    const next = new PiecedDocument(state, 'memory');
    await next.read();
    state.taken();
    const entries = many(300).set(name(5), 'changed');
    await save(next, entries, [name(5)]);
    expect(state.taken()).toHaveLength(1);
    expect(await stored(state)).toEqual(Object.fromEntries(entries));
  });

  test('INV-18: when a piece cannot be written, every entry is the old one or the new one, and the next write mends it', async () => {
    const state = new WatchedState();
    const document = new PiecedDocument(state, 'memory');
    await save(document, many(300));
    const entries = new Map([...many(300).keys()].map((key): [string, unknown] => [key, 'new']));
    state.failing = /-3$/;
    await expect(save(document, entries)).rejects.toThrow('no space left');
    const values = Object.entries(await stored(state));
    expect(values).toHaveLength(300);
    for (const [key, value] of values) expect([many(300).get(key), 'new']).toContainEqual(value);
    state.failing = null;
    await save(document, entries);
    expect(await stored(state)).toEqual(Object.fromEntries(entries));
  });

  test('INV-18: when it cannot be cut anew, the former pieces count', async () => {
    const state = new WatchedState();
    const document = new PiecedDocument(state, 'memory');
    await save(document, many(300));
    state.failing = /^memory$/;
    await expect(save(document, many(5_000))).rejects.toThrow('no space left');
    expect(await stored(state)).toEqual(Object.fromEntries(many(300)));
    state.failing = null;
    await save(document, many(310), [name(305)]);
    expect(Object.keys(await stored(state))).toContain(name(305));
  });

  test('INV-19: a piece that is gone or damaged takes its own entries with it and no others', async () => {
    const state = new WatchedState();
    await save(new PiecedDocument(state, 'memory'), many(300));
    const [piece = ''] = [...state.documents.keys()].filter((key) => key !== 'memory');
    const lost = Object.keys((await state.read(piece)) ?? {});
    state.documents.delete(piece);
    const left = Object.keys(await stored(state));
    expect(left).toHaveLength(300 - lost.length);
    expect(left.filter((key) => lost.includes(key))).toEqual([]);
  });

  test.each([-1, 0, 1.5, '4', null, 1e9])('INV-19: that names %j pieces names none', async (pieces) => {
    const state = new WatchedState();
    await state.write('memory', { pieces });
    expect((await new PiecedDocument(state, 'memory').read()).pieces).toEqual([]);
  });
});
