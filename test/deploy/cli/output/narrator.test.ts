import { describe, expect, it } from 'vitest';
import { plain } from '../../../../deploy/cli/output/colours.ts';
import { Narrator } from '../../../../deploy/cli/output/narrator.ts';
import type { TenantResult } from '../../../../reconciler/apply/run.ts';
import type { Plan } from '../../../../reconciler/plan/plan.ts';
import { containerChange, now, planOf, revision, tenantPlan } from '../plans.ts';

const container = { name: 'tenant_acme_runtime', id: 'c1' };
const started = { interruption: 'new', seconds: 0, text: 'started' } as const;

const killed = planOf({
  tenants: [
    tenantPlan('acme', {
      changes: [
        containerChange('acme', {
          cause: 'drift',
          event: { action: 'die', time: now, detail: 'exit code 137' },
          fields: [{ path: 'running', desired: true, actual: false }],
        }),
      ],
      waves: [[{ action: 'container.start', container }]],
      cost: started,
    }),
  ],
});

function result(outcome: TenantResult['outcome'], message?: string): TenantResult {
  const error = message === undefined ? null : ({ code: 'health/failed', message, retry: 'never' } as const);
  return { tenant: 'acme', revision, outcome, steps: [], error, at: now, ms: 812 };
}

function narrator(): {
  readonly plan: (plan: Plan) => string[];
  readonly result: (of: TenantResult) => string[];
} {
  const teller = new Narrator({ colours: plain, steps: false, subjectOf: () => 'acme: greet' });
  return {
    plan: (plan) => teller.tell({ type: 'plan', plan }, now),
    result: (of) => teller.tell({ type: 'result', result: of }, now),
  };
}

describe('the lines that are printed while it happens', () => {
  it('tell the revision once, and each difference once', () => {
    const { plan } = narrator();
    expect(plan(killed)).toEqual([
      '10:31:05  Git is at 4f2c1d9e “acme: greet”',
      '10:31:05  acme       drifted: container tenant_acme_runtime: running stopped -> running, Docker event: die (exit code 137) → started',
    ]);
    expect(plan(killed)).toEqual([]);
  });

  it('tell how long it took, and the same difference again when it comes back', () => {
    const { plan, result: ended } = narrator();
    plan(killed);
    expect(ended(result('done'))).toEqual(['10:31:05  acme       done in 0.8 s']);
    expect(plan(killed)).toHaveLength(1);
  });

  it('count what a new tenant needs', () => {
    const { plan } = narrator();
    const volume = (name: string) =>
      ({ resource: { kind: 'volume', name }, kind: 'create', fields: [], cause: 'commit' }) as const;
    const changes = [volume('a'), volume('b'), containerChange('acme', { kind: 'create' })];
    const cost = { interruption: 'new', seconds: 0, text: 'created' } as const;
    const wanted = planOf({
      tenants: [tenantPlan('acme', { changes, cost, waves: [[{ action: 'container.start', container }]] })],
    });
    expect(plan(wanted)[1]).toBe('10:31:05  acme       Git asks: new container, 2 volumes → created');
  });

  it('do not explain a returned build twice', () => {
    const { plan, result: ended } = narrator();
    const changes = [
      containerChange('acme', { kind: 'replace', fields: [{ path: 'image', desired: 'b', actual: 'a' }] }),
    ];
    plan(
      planOf({
        tenants: [tenantPlan('acme', { changes, waves: [[{ action: 'container.start', container }]] })],
      }),
    );
    expect(ended(result('rolled-back', 'HTTP 503'))).toEqual([
      '10:31:05  acme       rolled-back after 0.8 s: HTTP 503',
    ]);
    const quarantined = tenantPlan('acme', {
      changes,
      refusals: [{ reason: 'quarantined', message: 'was tried and failed' }],
    });
    expect(plan(planOf({ tenants: [quarantined] }))).toEqual([]);
    const [line] = narrator()
      .plan(planOf({ tenants: [quarantined] }))
      .slice(1);
    expect(line).toContain('left as found: was tried and failed');
  });

  it('tell a hold once', () => {
    const { plan } = narrator();
    const held = planOf({ holds: [{ kind: 'mass-removal', tenants: ['a'], message: 'too many at once' }] });
    expect(plan(held)).toContain('10:31:05  held: too many at once');
    expect(plan(held)).toEqual([]);
  });
});
