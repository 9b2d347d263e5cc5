import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TenantSummary } from '../../../web/api/models/tenant.ts';
import { tenantSorts } from '../../../web/api/models/tenant-query.ts';
import { cursorOf } from '../../../web/tenants/cursor.ts';
import { Directory } from '../../../web/tenants/directory.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { FleetDouble, wireStatus } from '../../support/fleet-double.ts';

function world(names: readonly string[]) {
  let state = desiredState(names.map((name) => tenant(name)));
  const moved = new Set<(revision: string) => void>();
  const branch = {
    desired: () => state,
    onMoved: (listener: (revision: string) => void) => {
      moved.add(listener);
      return () => void moved.delete(listener);
    },
  };
  const fleet = new FleetDouble();
  const directory = new Directory({ branch, fleet }, () => 1);
  const commit = (next: typeof state): void => {
    state = next;
    for (const listener of moved) listener(next.revision);
  };
  const names_ = (page: { items: Buffer }): string[] =>
    (JSON.parse(`[${page.items.toString()}]`) as TenantSummary[]).map(({ name }) => name);
  const anew = (): Directory => new Directory({ branch, fleet }, () => 1);
  return { directory, anew, fleet, commit, named: names_ };
}

test('what needs a person comes first, longest first; filters and counts are of what the reader may see', () => {
  const { directory, fleet, named } = world(['a', 'b', 'c', 'd']);
  fleet.tell('worker-1', wireStatus('a'));
  fleet.tell('worker-1', wireStatus('b', { phase: 'Failed', since: 20 }));
  fleet.tell('worker-1', wireStatus('c', { phase: 'Failed', since: 10 }));
  expect(named(directory.page({}, null))).toEqual(['c', 'b', 'd', 'a']);
  expect(directory.page({}, null).counts).toEqual({ InSync: 1, Failed: 2, Unknown: 1 });
  expect(named(directory.page({ phase: 'Failed', sort: 'name' }, null))).toEqual(['b', 'c']);
  const mine = directory.page({ phase: 'Failed' }, new Set(['a', 'b']));
  expect([named(mine), mine.total, mine.counts]).toEqual([['b'], 1, { InSync: 1, Failed: 1 }]);
});

test('pages follow each other without a gap or a twin', () => {
  const names = Array.from({ length: 25 }, (_, index) => `t${String(index).padStart(2, '0')}`);
  const { directory, named } = world(names);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = directory.page(
      { sort: 'name', limit: 10, ...(cursor === undefined ? {} : { cursor }) },
      null,
    );
    seen.push(...named(page));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(names);
});

test('a page goes on behind the place where the one before ended, also when what stood there moved or is gone', () => {
  const names = Array.from({ length: 9 }, (_, index) => `t${index}`);
  const { directory, fleet, commit, named } = world(names);
  for (const [since, name] of names.entries())
    fleet.tell('worker-1', wireStatus(name, { phase: 'Failed', since }));
  const first = directory.page({ limit: 3 }, null);
  expect(named(first)).toEqual(['t0', 't1', 't2']);
  const rest = () =>
    named(directory.page({ limit: 9, ...(first.next === null ? {} : { cursor: first.next }) }, null));
  fleet.tell('worker-1', wireStatus('t2', { since: 100 }));
  expect(rest()).toEqual(['t3', 't4', 't5', 't6', 't7', 't8', 't2']);
  commit(
    desiredState(
      names.filter((name) => name !== 't2').map((name) => tenant(name)),
      'b'.repeat(40),
    ),
  );
  fleet.forget('t2');
  expect(rest()).toEqual(['t3', 't4', 't5', 't6', 't7', 't8']);
});

test.each(['t2', '', 'W10', Buffer.from('["a",1]').toString('base64url')])(
  'what is no cursor (%s) is refused, and not taken for the beginning',
  (cursor) => {
    const { directory } = world(['a']);
    expect(() => directory.page({ cursor }, null)).toThrow(/no cursor/);
  },
);

test('a page of all is the same object for the next reader, until a line changes; an owner has his own', () => {
  const { directory, fleet, named } = world(['a', 'b']);
  const first = directory.page({ limit: 1 }, null);
  expect(directory.page({ limit: 1 }, null)).toBe(first);
  expect(named(directory.page({ limit: 2 }, null))).toHaveLength(2);
  expect(directory.page({ limit: 1 }, new Set(['b']))).not.toBe(first);
  for (let limit = 1; limit <= 60; limit += 1) {
    const page = directory.page({ limit }, null);
    expect(directory.page({ limit }, null), `limit ${limit}`).toBe(page);
  }
  expect(directory.page({ limit: 1 }, null)).toEqual(first);
  fleet.tell('worker-1', wireStatus('b', { phase: 'Failed', since: 20 }));
  expect(named(directory.page({ limit: 1 }, null))).toEqual(['b']);
  fleet.forget('b');
  expect(directory.page({ limit: 1 }, null).counts).toEqual({ Unknown: 2 });
});

test('tells each change once, and a tenant that is gone from Git and from its node', () => {
  const { directory, fleet, commit } = world(['a', 'b']);
  const told: string[] = [];
  directory.onChange((name, summary) => told.push(`${name} ${summary?.phase ?? 'gone'}`));
  fleet.tell('worker-1', wireStatus('a'), 5);
  fleet.tell('worker-1', wireStatus('a'), 5);
  commit(desiredState([tenant('b')], 'b'.repeat(40)));
  expect(directory.get('a')?.desiredState).toBe('removed');
  fleet.forget('a');
  expect(told).toEqual(['a InSync', 'a InSync', 'a gone']);
  fleet.tellNode('worker-1', 'b'.repeat(40), true);
  expect(told.at(-1)).toBe('b Unknown');
  expect(directory.get('b')?.linked).toBe(true);
});

const someName = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const someNode = fc.constantFrom('worker-1', 'worker-2');
const somePhase = fc.constantFrom('InSync', 'Failed', 'Drifted');
const change = fc.oneof(
  fc.record({ tell: someName, node: someNode, phase: somePhase, since: fc.nat(5) }),
  fc.record({ forget: someName }),
  fc.record({ commit: fc.uniqueArray(someName), on: someNode }),
  fc.record({ link: someNode, linked: fc.boolean() }),
);

test('lists that are kept in order through changes are those that are made anew', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const { directory, anew, fleet, commit } = world(['a', 'b']);
      for (const step of changes) {
        if ('tell' in step) fleet.tell(step.node, wireStatus(step.tell, step), 5);
        else if ('forget' in step) fleet.forget(step.forget);
        else if ('link' in step) fleet.tellNode(step.link, 'b'.repeat(40), step.linked);
        else
          commit(
            desiredState(
              step.commit.map((name) => tenant(name, { node: step.on })),
              'c'.repeat(40),
            ),
          );
        const fresh = anew();
        const cursor = cursorOf({ name: 'b', phase: 'Failed', since: 2, node: 'worker-1', drift: 0 });
        for (const sort of tenantSorts) {
          for (const query of [
            { sort, limit: 3 },
            { sort, phase: 'Failed' },
            { sort, cursor },
          ]) {
            expect(directory.page(query, null)).toEqual(fresh.page(query, null));
          }
          const some = new Set(['a', 'c']);
          expect(directory.page({ sort }, some)).toEqual(fresh.page({ sort }, some));
        }
        fresh.close();
      }
    }),
  );
});
