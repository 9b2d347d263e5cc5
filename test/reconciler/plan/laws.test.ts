import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DesiredTenant } from '../../../desired-state/model.ts';
import { anyHand, anyTenants, fresh, meddle, names, open, world } from '../../support/any-fleet.ts';
import { tenant } from '../../support/desired.ts';

test('any desired state converges from any other, whatever another hand did meanwhile, and to the same world as from nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTenants,
      anyTenants,
      fc.array(anyHand, { maxLength: 4 }),
      async (before, after, hands) => {
        const sandbox = await fresh(before, 'a'.repeat(40));
        for (const hand of hands) await meddle(sandbox, hand);
        sandbox.commit(open(after, 'b'.repeat(40)));
        await sandbox.converge();
        const pristine = await fresh(after, 'b'.repeat(40));
        expect(world(sandbox)).toEqual(world(pristine));
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever another hand does while health is waited for, no good spec is quarantined, and all converges', async () => {
  const health = {
    type: 'http',
    path: '/health',
    port: 80,
    intervalMs: 1_000,
    timeoutMs: 500,
    retries: 2,
    startPeriodMs: 5_000,
  } as const;
  const watched = anyTenants.map((tenants) => tenants.map((one): DesiredTenant => ({ ...one, health })));
  const anyDeeds = fc.array(fc.record({ look: fc.nat(8), hand: anyHand }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(watched, watched, anyDeeds, async (before, after, deeds) => {
      const sandbox = await fresh(before, 'a'.repeat(40));
      let look = 0;
      // Whoever asks for the status looks as well: what was done at that look nobody would mend.
      let handsRest = false;
      sandbox.probe.http = async () => {
        look += 1;
        const now = handsRest ? [] : deeds.filter((deed) => deed.look === look);
        for (const { hand } of now) await meddle(sandbox, hand);
        return { healthy: look > 8, detail: `look ${look}` };
      };
      sandbox.commit(open(after, 'b'.repeat(40)));
      for (let pass = 0; pass < 6; pass += 1) {
        handsRest = pass > 3;
        await sandbox.converge();
        await sandbox.clock.sleep(600_000);
      }
      const { tenants } = await sandbox.status();
      expect(tenants.filter(({ quarantine }) => quarantine !== null)).toEqual([]);
      const pristine = await fresh(after, 'b'.repeat(40));
      expect(world(sandbox)).toEqual(world(pristine));
    }),
    { numRuns: 150 },
  );
}, 120_000);

test('INV-3: a second pass on a converged node makes no changing call, also in a new process without its memory', async () => {
  await fc.assert(
    fc.asyncProperty(anyTenants, fc.boolean(), async (desired, forgets) => {
      const sandbox = await fresh(desired, 'a'.repeat(40));
      sandbox.takeCalls();
      sandbox.restart();
      if (forgets) sandbox.state.documents.clear();
      const plan = await sandbox.converge();
      expect(sandbox.takeCalls()).toEqual([]);
      expect(plan.tenants.flatMap(({ changes }) => changes)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test("a tenant's plan never names another tenant's resources", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTenants,
      anyTenants,
      fc.array(anyHand, { maxLength: 4 }),
      async (before, after, hands) => {
        const sandbox = await fresh(before, 'a'.repeat(40));
        for (const hand of hands) await meddle(sandbox, hand);
        sandbox.commit(open(after, 'b'.repeat(40)));
        const plan = await sandbox.plan();
        for (const { tenant: owner, changes, waves, rollback } of plan.tenants) {
          const text = JSON.stringify({ changes, waves, rollback });
          const others = names.filter((name) => name !== owner);
          for (const other of others)
            expect(text).not.toMatch(new RegExp(`tenant_${other}_|"tenant":"${other}"|/${other}/`));
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('INV-4: a tenant that no commit and no hand touched keeps its container and its run', async () => {
  await fc.assert(
    fc.asyncProperty(anyTenants, anyTenants, async (before, after) => {
      const bystander = tenant('bystander');
      const sandbox = await fresh([...before, bystander], 'a'.repeat(40));
      const mine = () =>
        [...sandbox.engine.containers.values()].find(({ Name }) => Name.includes('bystander'));
      const { Id, State } = { ...mine() };
      sandbox.commit(open([...after, bystander], 'b'.repeat(40)));
      await sandbox.converge();
      expect(mine()).toMatchObject({ Id, State: { StartedAt: State?.StartedAt } });
    }),
    { numRuns: 100 },
  );
});
