import { beforeAll, describe, expect, test } from 'vitest';
import type { TenantResult } from '../../reconciler/apply/run.ts';
import type { ObservedContainer } from '../../reconciler/plan/observed.ts';
import type { Refusal, TenantPlan } from '../../reconciler/plan/plan.ts';
import { type PhaseInput, phaseOf } from '../../reconciler/report/phase.ts';
import type { Phase } from '../../reconciler/report/status.ts';
import { tenant } from '../support/desired.ts';
import { observedContainer } from '../support/observed.ts';

let container: ObservedContainer;
beforeAll(async () => {
  container = await observedContainer();
});

const refusal = (reason: Refusal['reason']): Refusal => ({ reason, message: `because ${reason}` });
const wave = [[{ action: 'image.pull', ref: 'x' }]] as const;
const plan = (parts: Partial<TenantPlan> = {}): TenantPlan => ({
  tenant: 'acme',
  revision: 'a'.repeat(40),
  changes: [],
  waves: [],
  rollback: [],
  specHash: 'v1:4f2c',
  refusals: [],
  cost: { interruption: 'none', seconds: 0, text: 'replaced, no interruption' },
  ...parts,
});
const failed: TenantResult = {
  tenant: 'acme',
  revision: null,
  outcome: 'failed',
  steps: [],
  error: { code: 'docker/failed', message: 'the engine said no', retry: 'backoff' },
  at: 0,
  ms: 0,
};
const phase = (parts: Partial<PhaseInput>) =>
  phaseOf({
    plan: plan(),
    entry: null,
    container,
    wantsRunning: true,
    health: { state: 'healthy', detail: '' },
    underWay: null,
    lastResult: null,
    retryInMs: 0,
    ...parts,
  });

describe('the phase of a tenant', () => {
  test('is in sync when nothing differs and nothing is wrong', () => {
    expect(phase({})).toEqual({ phase: 'InSync', reason: '' });
    expect(phase({ health: { state: 'none', detail: '' } }).phase).toBe('InSync');
    expect(phase({ wantsRunning: false, health: { state: 'unhealthy', detail: 'x' } }).phase).toBe('InSync');
  });

  test.each<[Refusal['reason'], Phase]>([
    ['suspended', 'Suspended'],
    ['removal-held', 'Held'],
    ['conflict', 'Failed'],
    ['volume-mismatch', 'Failed'],
    ['secret-unavailable', 'Failed'],
    ['invalid', 'Failed'],
    ['quarantined', 'Degraded'],
    ['report-only', 'Drifted'],
  ])('with the refusal %s is %s, and says why', (reason, expected) => {
    expect(phase({ plan: plan({ refusals: [refusal(reason)] }) })).toEqual({
      phase: expected,
      reason: `because ${reason}`,
    });
  });

  test('is failed when its first container never became healthy, until its check says more', () => {
    const health = { type: 'http', path: '/', port: 80, intervalMs: 1, timeoutMs: 1, retries: 3 } as const;
    const desired = tenant('acme', { health: { ...health, startPeriodMs: 0 } });
    const entry = { name: 'acme', desired, heldAt: null, problems: [] };
    const error = { code: 'container/unhealthy', message: 'HTTP 503', retry: 'never' } as const;
    const lastResult = { ...failed, error };
    for (const state of ['none', 'unknown', 'starting'] as const) {
      expect(phase({ entry, lastResult, health: { state, detail: '' } })).toEqual({
        phase: 'Failed',
        reason: 'HTTP 503',
      });
    }
    expect(phase({ entry, lastResult, health: { state: 'unhealthy', detail: 'x' } }).phase).toBe('Degraded');
    expect(phase({ entry, lastResult, health: { state: 'healthy', detail: '' } }).phase).toBe('InSync');
    // Without a check nothing ever says that it is well again.
    expect(phase({ lastResult, health: { state: 'none', detail: '' } }).phase).toBe('InSync');
  });

  test('is progressing while steps run or are due, with what they cost', () => {
    expect(phase({ plan: plan({ waves: wave }) })).toEqual({
      phase: 'Progressing',
      reason: 'replaced, no interruption',
    });
    const underWay = plan({ cost: { interruption: 'down', seconds: 2, text: 'recreated, about 2 s down' } });
    expect(phase({ underWay })).toEqual({ phase: 'Progressing', reason: 'recreated, about 2 s down' });
  });

  test('is failed while it waits for the next try, and says when', () => {
    const waiting = { plan: plan({ waves: wave }), lastResult: failed, retryInMs: 1_200 };
    expect(phase(waiting)).toEqual({ phase: 'Failed', reason: 'the engine said no (tried again in 2 s)' });
    expect(phase({ ...waiting, retryInMs: 0 }).phase).toBe('Progressing');
    expect(phase({ ...waiting, plan: plan() }).phase).toBe('InSync');
  });

  test('is degraded when the runtime keeps exiting or is unhealthy', () => {
    const looping = { ...container, state: 'restarting', exitCode: 3, restartCount: 7 } as const;
    expect(phase({ container: looping })).toEqual({
      phase: 'Degraded',
      reason: 'the runtime keeps exiting with code 3 (7 restarts)',
    });
    expect(phase({ health: { state: 'unhealthy', detail: 'HTTP 503' } })).toEqual({
      phase: 'Degraded',
      reason: 'HTTP 503',
    });
  });

  test('is held, with the place of the mistake, when its newest files are invalid', () => {
    const problem = {
      code: 'schema/type',
      severity: 'error',
      path: 'tenants/acme/tenant.yaml',
      line: 4,
      column: 7,
      pointer: '/spec',
      message: 'write a number',
    } as const;
    const entry = { name: 'acme', desired: null, heldAt: null, problems: [problem] };
    expect(phase({ entry })).toEqual({
      phase: 'Held',
      reason: 'tenants/acme/tenant.yaml:4:7: write a number; kept at aaaaaaaaaaaa',
    });
    const never = phase({ entry, plan: plan({ revision: null }) });
    expect(never.reason).toContain('no revision of it was ever valid');
    const warning = { ...problem, severity: 'warning' } as const;
    expect(phase({ entry: { ...entry, problems: [warning] } }).phase).toBe('InSync');
  });
});

test('of several reasons the most serious is told', () => {
  const order: Refusal['reason'][] = [
    'suspended',
    'removal-held',
    'conflict',
    'volume-mismatch',
    'secret-unavailable',
    'invalid',
    'quarantined',
    'report-only',
  ];
  for (const [index, reason] of order.entries()) {
    const refusals = order.slice(index).reverse().map(refusal);
    expect(phase({ plan: plan({ refusals }), health: { state: 'unhealthy', detail: 'x' } }).reason).toBe(
      `because ${reason}`,
    );
  }
});
