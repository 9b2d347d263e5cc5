import { expect, test } from 'vitest';
import { touchedBetween } from '../../../web/plans/touched.ts';
import { desiredState, node, tenant } from '../../support/desired.ts';

test('what a node gives its tenants touches them all; how many more it could take touches none', () => {
  const state = desiredState([tenant('a'), tenant('b', { node: 'worker-2' })]);
  const withNode = (parts: Partial<typeof node>) => ({
    ...state,
    nodes: { 'worker-1': { ...node, ...parts } },
  });
  const touched = (parts: Partial<typeof node>): string[] =>
    touchedBetween(state, withNode(parts)).map(({ tenant }) => tenant);
  expect(touched({ environment: { LOG_LEVEL: 'debug' } })).toEqual(['a']);
  expect(touched({ capacity: { tenants: 7, memoryBytes: 1, nanoCpus: null } })).toEqual([]);
});
