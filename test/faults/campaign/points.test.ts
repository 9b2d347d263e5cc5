import { describe, expect, test } from 'vitest';
import type { Point } from '../trial.ts';
import { readOptions } from './options.ts';
import { isPair, type Learnt, pairsOf, partOf, pointsOf, secondFault } from './points.ts';
import { randomFrom, sample } from './random.ts';
import { cellsOf, commandFor, type PointResult } from './results.ts';
import { table } from './table.ts';

const places = [
  { key: 'POST /containers/create x#1', actions: ['kill-after', 'drop-reply', 'stuck-500', 'meddle-stop'] },
  { key: 'GET /containers/json#1', actions: ['kill-before', 'stale'] },
  { key: 'EVENT container/die x#1', actions: ['swallow'] },
];
const learnt: Learnt = { workload: 'update', boundary: 'docker', mode: 'once', places };
const point: Point = {
  workload: 'update',
  mode: 'once',
  boundary: 'docker',
  fault: { at: 'POST /containers/create x#1', action: 'drop-reply' },
  then: null,
};

describe('the points of a campaign', () => {
  test('every action at every place; events only for a reconciler that goes on', () => {
    const told = (mode: 'once' | 'loop') =>
      pointsOf({ ...learnt, mode }).map(({ fault }) => `${fault?.action} at ${fault?.at}`);
    expect(told('once')).toEqual([
      'kill-after at POST /containers/create x#1',
      'drop-reply at POST /containers/create x#1',
      'meddle-stop at POST /containers/create x#1',
      'kill-before at GET /containers/json#1',
      'stale at GET /containers/json#1',
    ]);
    expect(told('loop')).toEqual([
      'drop-reply at POST /containers/create x#1',
      'stuck-500 at POST /containers/create x#1',
      'meddle-stop at POST /containers/create x#1',
      'stale at GET /containers/json#1',
      'swallow at EVENT container/die x#1',
    ]);
  });

  test('pairs and samples are the same for the same seed', () => {
    const pairs = (seed: number) => pairsOf(learnt, 20, randomFrom(seed));
    expect(pairs(1)).toEqual(pairs(1));
    expect(pairs(1)).not.toEqual(pairs(2));
    expect(pairs(1).every((pair) => pair.fault !== null && isPair(pair))).toBe(true);
    expect(pairs(1)).toHaveLength(20);
    const slice = sample([1, 2, 3, 4, 5, 6, 7, 8], 3, randomFrom(4));
    expect(slice).toEqual(sample([1, 2, 3, 4, 5, 6, 7, 8], 3, randomFrom(4)));
    expect(slice).toEqual([...slice].sort());
    expect(slice).toHaveLength(3);
  });

  test('parts are the same in each run, and all of them together are all points', () => {
    const points = [...pointsOf(learnt), ...pairsOf(learnt, 40, randomFrom(1))];
    const parts = [1, 2, 3].map((number) => points.filter((each) => partOf(each, 3) === number));
    expect(new Set(parts.flat())).toEqual(new Set(points));
    expect(parts.flat()).toHaveLength(points.length);
    for (const part of parts) expect(part.length).toBeGreaterThan(points.length / 6);
    expect(partOf(structuredClone(point), 1_000)).toBe(partOf(point, 1_000));
    expect(readOptions(['--part', '2/3'])?.part).toEqual({ number: 2, of: 3 });
    for (const wrong of ['0/3', '4/3', '2', 'a/b'])
      expect(() => readOptions(['--part', wrong])).toThrow(
        `--part takes 1/4 for the first of four, not "${wrong}"`,
      );
  });

  test('the second fault of a pair is one of the calls that follow the first, mostly a crash', () => {
    const after = [
      'GET /info#1',
      'POST /containers/{id}/rename x#1',
      'POST /containers/{id}/rename x#2',
      'GET /events#1',
    ];
    const seconds = Array.from({ length: 200 }, (_, seed) => secondFault(after, seed));
    const places = seconds.flatMap((fault) => fault?.at ?? []);
    expect(new Set(places)).toEqual(new Set(after.slice(0, 3)));
    expect(seconds.filter((fault) => fault?.action.startsWith('kill-') === true).length).toBeGreaterThan(140);
    expect(secondFault(after, 7)).toEqual(secondFault(after, 7));
    expect(secondFault([], 7)).toBe(null);
  });

  test('a sample has one of each trait, as far as it reaches, and more by the seed', () => {
    const list = Array.from({ length: 100 }, (_, index) => (index < 96 ? 'common' : `rare ${index}`));
    const drawn = (count: number, seed: number) => sample(list, count, randomFrom(seed), (entry) => [entry]);
    for (const seed of [1, 2, 3]) {
      expect(new Set(drawn(5, seed)).size).toBe(5);
      expect(drawn(9, seed).filter((entry) => entry === 'common')).toHaveLength(5);
    }
    expect(drawn(200, 1)).toEqual(list);
  });

  test('a point is repeated by a command that the options read back', () => {
    const pair: Point = { ...point, then: { at: 'GET /info#1', action: 'kill-before' } };
    const command = commandFor(pair);
    expect(command).toBe(
      "npm run faults -- --workload update --at 'POST /containers/create x#1' --action drop-reply" +
        " --then-at 'GET /info#1' --then-action kill-before",
    );
    expect(commandFor(pair, 'docker')).toContain(' --workload update --engine docker --at ');
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    const options = readOptions(words.slice(words.indexOf('--') + 1));
    expect(options).toMatchObject({ fault: pair.fault, then: pair.then, modes: ['once'] });
    expect(options?.workloads.map(({ name }) => name)).toEqual(['update']);
  });

  test('all borders are tried, or the one that a place belongs to', () => {
    const of = (...args: string[]) => readOptions(args)?.boundaries;
    const at = (key: string) => of('--workload', 'update', '--at', key, '--action', 'eio');
    expect(of()).toEqual(['docker', 'git', 'disk']);
    expect(of('--boundary', 'git')).toEqual(['git']);
    expect(at('write state/memory.json#1')).toEqual(['disk']);
    expect(at('GET /info/refs?git-upload-pack#1')).toEqual(['git']);
    expect(at('POST /containers/create#1')).toEqual(['docker']);
  });

  test('a wrong argument is one sentence', () => {
    expect(() => readOptions(['--workload', 'nothing'])).toThrow(
      'there is no workload "nothing": choose of create',
    );
    expect(() => readOptions(['--workload', 'update', '--at', 'GET /info#1'])).toThrow('--at needs --action');
    expect(() => readOptions(['--engine', 'swarm'])).toThrow('--engine takes double, docker, private');
    expect(() => readOptions(['--jobs', 'many'])).toThrow('--jobs takes a whole number');
  });

  test('the table counts what was tried and, in brackets, what broke', () => {
    const result = (verdict: PointResult['verdict'], workload = 'update'): PointResult => ({
      point: { ...point, workload },
      verdict,
      complaints: [],
      again: null,
      history: [],
    });
    const cells = cellsOf([
      result('held'),
      result('broken'),
      result('not reached'),
      result('held', 'remove'),
    ]);
    expect(
      table(cells)
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['', 'update', 'remove', 'all'],
      ['drop-reply', '2 (1)', '1', '3 (1)'],
      ['all', '2 (1)', '1', '3 (1)'],
    ]);
  });
});
