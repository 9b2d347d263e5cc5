import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requireObjectId } from '../../desired-state/git/ref-name.ts';
import { Source } from '../../reconciler/source.ts';
import { desiredState, tenant } from '../support/desired.ts';
import { FakeClock, FakeState } from '../support/fake-ports.ts';
import { quiet, Sandbox } from '../support/sandbox.ts';
import { someRepository } from '../support/some-repository.ts';
import { runs } from './runs.ts';

const revision = 'a'.repeat(40);
const fleet = [
  tenant('acme'),
  tenant('constructor', { env: { constructor: 'x', toString: 'y' } }),
  tenant('globex'),
];

const documents = fc.record({
  memory: fc.oneof(
    fc.jsonValue(),
    fc.record({
      tenants: fc.dictionary(fc.constantFrom('acme', 'constructor', '__proto__'), fc.jsonValue()),
    }),
  ),
  status: fc.jsonValue(),
});

describe('INV-19: whatever JSON lies where the reconciler keeps its own', () => {
  test('a converged node stays as it is, also one with a tenant named as every object has a property', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (damage) => {
        const sandbox = new Sandbox();
        sandbox.commit(desiredState(fleet, revision));
        await sandbox.converge();
        expect(sandbox.takeCalls().filter((call) => call.startsWith('startContainer'))).toHaveLength(
          fleet.length,
        );
        for (const [name, document] of Object.entries(damage)) await sandbox.state.write(name, document);
        sandbox.restart();
        const plan = await sandbox.converge();
        expect(sandbox.takeCalls()).toEqual([]);
        expect(plan.tenants.map((each) => each.tenant)).toEqual(fleet.map(({ name }) => name));
        expect((await sandbox.status()).tenants.map(({ phase }) => phase)).toEqual(fleet.map(() => 'InSync'));
      }),
      runs(60),
    );
  });

  test('the branch is followed', async () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ accepted: fc.oneof(fc.string(), fc.constantFrom('--help', '../x', 'main', revision)) }),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (document) => {
        const state = new FakeState();
        await state.write('source', document);
        const source = await Source.open({
          repository: strictRepository,
          read: async (asked) => desiredState(fleet, requireObjectId(asked, 'commit')),
          state,
          clock: new FakeClock(),
          log: quiet,
          acceptHistory: null,
        });
        const desired = await source.refresh(new AbortController().signal);
        expect(desired.revision).toBe(revision);
      }),
      runs(300),
    );
  });
});

/** Knows every commit and no other name, and refuses what is no id, as both adapters do. */
const strictRepository = someRepository({
  fetch: async () => revision,
  resolve: async (name) => (/^[0-9a-f]{40}$/.test(name) ? name : null),
  isAncestor: async (ancestor, descendant) => {
    requireObjectId(ancestor, 'commit');
    requireObjectId(descendant, 'commit');
    return true;
  },
});
