import { describe, expect, test } from 'vitest';
import { runtimeCommands, tenantWords } from '../../../../web/ui/app/runtime-commands.ts';
import { planWords } from '../../../../web/ui/words/plan.ts';
import { readEventFilter, readLogFilter, readMomentFilter } from '../../../../web/ui/words/tab-filters.ts';

describe('what can be done to a runtime', () => {
  const names = (desiredState: 'running' | 'stopped', me: { may: string[]; tenants: string[] }) =>
    runtimeCommands({ name: 'acme', desiredState }, me).map(({ name }) => name);

  test('is what changes something, for who may', () => {
    const operator = { may: ['tenants.setup'], tenants: [] };
    expect(names('running', operator)).toEqual(['Restart acme', 'Stop acme']);
    expect(names('stopped', operator)).toEqual(['Start acme']);
    expect(names('running', { may: [], tenants: ['acme'] })).toEqual(['Restart acme', 'Stop acme']);
    expect(names('running', { may: ['nodes.read'], tenants: ['globex'] })).toEqual([]);
  });

  test.each([
    ['restart acme', 'acme'],
    ['Stop  acme', 'acme'],
    ['start', ''],
    ['startup', 'startup'],
    [' acme ', 'acme'],
  ])('%j searches for %j', (query, wanted) => {
    expect(tenantWords(query)).toBe(wanted);
  });
});

test('a plan is told with what it limits', () => {
  expect(planWords({ name: 'pro', memory: '512Mi', cpus: '0.5' })).toBe('pro (512Mi, 0.5 CPUs)');
  expect(planWords({ name: 'free', memory: null, cpus: null })).toBe('free');
});

test("an address of a tenant's part holds what makes sense there, and nothing else", () => {
  expect(readEventFilter({ kind: 'pairing' })).toEqual({ kind: 'pairing' });
  expect(readEventFilter({ kind: 'nonsense', q: 'x' })).toEqual({});
  expect(readLogFilter({ q: 404 })).toEqual({ q: '404' });
  expect(readLogFilter({ q: '' })).toEqual({});
  expect(readMomentFilter({ at: '2026-11-21T16:00' })).toEqual({ at: '2026-11-21T16:00' });
  expect(readMomentFilter({ at: 'yesterday' })).toEqual({});
});
