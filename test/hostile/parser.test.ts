import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkFiles } from '../../desired-state/read/check.ts';
import { formatProblem } from '../../schemas/problem.ts';
import { parseDocument } from '../../schemas/validate.ts';
import { examples } from '../schemas/documents.ts';
import { everyEntry } from './corpus/all.ts';
import { fleet } from './fleet.ts';
import { allowedFor } from './heartbeat.ts';
import { runs } from './runs.ts';

const documents = examples().map(({ path, text }) => ({ path, bytes: Buffer.from(text) }));
/** Pieces of the corpus that are short enough to be put together. */
const pieces = everyEntry
  .flatMap(({ files }) => Object.values(files))
  .filter((content) => content !== null)
  .map((content) => Buffer.from(content))
  .filter(({ length }) => length < 2_000);

type Mutation = (bytes: Buffer) => Buffer;

const flip = fc.tuple(fc.nat(), fc.nat(7)).map(
  ([at, bit]): Mutation =>
    (bytes) => {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
      return copy;
    },
);
const cut = fc.tuple(fc.nat(), fc.nat(20)).map(
  ([at, length]): Mutation =>
    (bytes) =>
      Buffer.concat([
        bytes.subarray(0, at % (bytes.length + 1)),
        bytes.subarray((at % (bytes.length + 1)) + length),
      ]),
);
const insert = fc
  .tuple(
    fc.nat(),
    fc.oneof(
      fc.uint8Array({ maxLength: 6 }).map((each) => Buffer.from(each)),
      fc.string({ unit: 'binary', maxLength: 6 }).map((each) => Buffer.from(each)),
      fc
        .constantFrom(
          '\t',
          ': ',
          '- ',
          '&a ',
          '*a',
          '!!str ',
          '---\n',
          '"',
          "'",
          '{',
          '}',
          '[',
          ']',
          '|\n',
          '<<: ',
          '~',
          '\u2028',
          '\0',
        )
        .map((each) => Buffer.from(each)),
      fc.constantFrom(...pieces).map((each) => each.subarray(each.length >> 1)),
    ),
  )
  .map(
    ([at, piece]): Mutation =>
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at % (bytes.length + 1)),
          piece,
          bytes.subarray(at % (bytes.length + 1)),
        ]),
  );

const mutated = fc
  .tuple(fc.constantFrom(...documents), fc.array(fc.oneof(flip, cut, insert), { minLength: 1, maxLength: 4 }))
  .map(([{ path, bytes }, mutations]) => ({
    path,
    bytes: mutations.reduce<Buffer>((all, mutation) => mutation(all), bytes),
  }));

/** A document with any JSON at one of its places: YAML in order, that says something else. */
const restated = fc
  .tuple(fc.constantFrom(...examples()), fc.nat(), fc.jsonValue({ maxDepth: 2 }), fc.boolean())
  .map(([{ path, document }, at, value, adds]) => {
    const copy = structuredClone(document) as object;
    const maps = mapsIn(copy);
    const map = maps[at % maps.length] ?? {};
    const names = Object.keys(map);
    map[adds ? 'constructor' : (names[at % Math.max(1, names.length)] ?? 'x')] = value;
    return { path, bytes: Buffer.from(stringify(copy)) };
  });

function mapsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(mapsIn);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

const anything = fc.oneof(
  { weight: 4, arbitrary: mutated },
  { weight: 2, arbitrary: restated },
  fc.record({
    path: fc.constantFrom(...documents.map(({ path }) => path)),
    bytes: fc.uint8Array({ maxLength: 400 }),
  }),
  fc.record({
    path: fc.constantFrom(...documents.map(({ path }) => path)),
    bytes: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
  }),
);

describe('INV-8: any bytes at any place', () => {
  test('are a document or problems with a place each, in time, and leave no trace on other objects', () => {
    fc.assert(
      fc.property(anything, ({ path, bytes }) => {
        const before = process.threadCpuUsage();
        const parsed = parseDocument(path, bytes);
        const { user, system } = process.threadCpuUsage(before);
        const ms = (user + system) / 1_000;
        expect(ms).toBeLessThan(allowedFor(ms));
        expect(parsed.value === null).toBe(parsed.problems.length > 0);
        const lines = bytes.toString().split('\n').length;
        for (const problem of parsed.problems) {
          expect(formatProblem(problem)).toMatch(/^[^\n]+:\d+:\d+: [A-Z`][^\n]*[.?](?: \(.*\))?$/su);
          expect(problem.line).toBeLessThanOrEqual(lines + 1);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      runs(4_000),
    );
  });

  test('that are taken are judged the same when they are written anew', () => {
    fc.assert(
      fc.property(anything, ({ path, bytes }) => {
        const { value } = parseDocument(path, bytes);
        if (value === null) return;
        const again = parseDocument(path, Buffer.from(stringify(value)));
        expect(again.problems).toEqual([]);
        expect(again.value).toEqual(value);
      }),
      runs(2_000),
    );
  });

  test('in a repository hold nobody by an exception', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 3 }), (files) => {
        const all = new Map<string, string | Uint8Array>(Object.entries(fleet));
        for (const { path, bytes } of files) all.set(path, bytes);
        for (const { severity, line } of checkFiles(all))
          expect([severity, line > 0]).toEqual(['error', true]);
      }),
      runs(400),
    );
  });
});
