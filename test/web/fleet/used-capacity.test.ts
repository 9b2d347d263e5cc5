import { expect, test } from 'vitest';
import { usedCapacity } from '../../../web/fleet/used-capacity.ts';
import { desiredState, node, tenant } from '../../support/desired.ts';

const none = { tenants: null, memoryBytes: null, nanoCpus: null };

test('what a node could take is what its file says, and what is used is what Git asks for its tenants', () => {
  const state = desiredState([tenant('a'), tenant('b'), tenant('c', { node: 'worker-2' })]);
  const capacity = { tenants: 3, memoryBytes: 1024 ** 3, nanoCpus: null };
  const nodes = { 'worker-1': { ...node, capacity } };
  expect(usedCapacity({ ...state, nodes }, 'worker-1')).toEqual({
    tenants: { used: 2, most: 3 },
    memoryBytes: { used: 2 * 268_435_456, most: 1024 ** 3 },
    nanoCpus: { used: 1e9, most: null },
    full: false,
  });
});

test('a node is full when one of its limits is reached, and never where its file names none', () => {
  const state = desiredState([tenant('a'), tenant('b')]);
  const full = (capacity: typeof node.capacity): boolean =>
    usedCapacity({ ...state, nodes: { 'worker-1': { ...node, capacity } } }, 'worker-1').full;
  expect(full(none)).toBe(false);
  expect(full({ ...none, tenants: 2 })).toBe(true);
  expect(full({ ...none, memoryBytes: 2 * 268_435_456 })).toBe(true);
  expect(full({ ...none, nanoCpus: 1e9 + 1 })).toBe(false);
});

test('a node that Git does not name, or before anything is in force, has nothing used and no limit', () => {
  const nothing = { used: 0, most: null };
  const empty = { tenants: nothing, memoryBytes: nothing, nanoCpus: nothing, full: false };
  expect(usedCapacity(null, 'worker-1')).toEqual(empty);
  expect(usedCapacity(desiredState([]), 'constructor')).toEqual(empty);
});
