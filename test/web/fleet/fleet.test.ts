import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fleetOf } from '../../../web/fleet/fleet.ts';
import { FleetState } from '../../../web/fleet/fleet-state.ts';
import { LogDesk } from '../../../web/fleet/log-desk.ts';
import { wireHead, wireStatus } from '../../support/fleet-double.ts';

const someNode = fc.constantFrom('worker-1', 'worker-2');
const someTenants = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'));
const someRevision = fc.constantFrom('1', '2');
const told = fc.record({
  node: someNode,
  base: someRevision,
  revision: someRevision,
  tenants: someTenants,
  removed: someTenants,
  present: fc.option(someTenants, { nil: undefined }),
});
const places = fc.dictionary(fc.constantFrom('a', 'b', 'c'), someNode);

test("a node's tenants are those of all tenants that are its own, whatever nodes tell and Git says", () => {
  fc.assert(
    fc.property(fc.array(told, { maxLength: 12 }), places, (entries, placed) => {
      const state = new FleetState();
      const fleet = fleetOf({
        db: { query: () => Promise.reject(new Error('nothing is asked of the store')) },
        state,
        logs: new LogDesk(),
        nodeOf: (tenant) => placed[tenant] ?? null,
        now: () => 0,
      });
      for (const [index, { node, base, revision, tenants, removed, present }] of entries.entries()) {
        const statuses = tenants.map((tenant) => wireStatus(tenant, { revision }));
        const whole = present === undefined ? {} : { present };
        const head = wireHead(node, base);
        state.took(node, index + 1, index, { kind: 'status', head, tenants: statuses, removed, ...whole });
        for (const each of ['worker-1', 'worker-2']) {
          const all = [...fleet.tenants().values()].filter((facts) => facts.node === each);
          expect(new Set(fleet.tenantsOf(each))).toEqual(new Set(all));
        }
      }
    }),
  );
});
