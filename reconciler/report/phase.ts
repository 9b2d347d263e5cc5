import type { TenantEntry } from '../../desired-state/model.ts';
import type { TenantResult } from '../apply/run.ts';
import type { ObservedContainer } from '../plan/observed.ts';
import type { TenantPlan } from '../plan/plan.ts';
import type { HealthStatus, Phase } from './status.ts';

/** All that a tenant's phase depends on. */
export interface PhaseInput {
  readonly plan: TenantPlan;
  readonly entry: TenantEntry | null;
  readonly container: ObservedContainer | null;
  readonly wantsRunning: boolean;
  readonly health: HealthStatus;
  /** The plan whose steps run now. */
  readonly underWay: TenantPlan | null;
  readonly lastResult: TenantResult | null;
  /** Milliseconds until a failed tenant is tried again. */
  readonly retryInMs: number;
}

/** The phase and the one sentence that explains it. The first line that applies decides: most serious first. */
export function phaseOf(input: PhaseInput): { phase: Phase; reason: string } {
  const { plan, entry, health, lastResult, container } = input;
  const refusal = (reason: string): string | null =>
    plan.refusals.find((r) => r.reason === reason)?.message ?? null;
  const suspended = refusal('suspended');
  if (suspended !== null) return { phase: 'Suspended', reason: suspended };
  const held = refusal('removal-held');
  if (held !== null) return { phase: 'Held', reason: held };
  const blocked =
    refusal('unreadable') ??
    refusal('conflict') ??
    refusal('volume-mismatch') ??
    refusal('secret-unavailable') ??
    refusal('invalid');
  if (blocked !== null) return { phase: 'Failed', reason: blocked };
  if (input.underWay !== null) return { phase: 'Progressing', reason: input.underWay.cost.text };
  if (input.retryInMs > 0 && lastResult?.error != null && plan.waves.length > 0) {
    const again = `tried again in ${Math.ceil(input.retryInMs / 1_000)} s`;
    return { phase: 'Failed', reason: `${lastResult.error.message} (${again})` };
  }
  const quarantined = refusal('quarantined');
  if (quarantined !== null) return { phase: 'Degraded', reason: quarantined };
  if (plan.waves.length > 0) return { phase: 'Progressing', reason: plan.cost.text };
  const reported = refusal('report-only');
  if (reported !== null) return { phase: 'Drifted', reason: reported };
  if (input.wantsRunning) {
    if (container?.state === 'restarting') {
      return {
        phase: 'Degraded',
        reason: `the runtime keeps exiting with code ${container.exitCode} (${container.restartCount} restarts)`,
      };
    }
    if (health.state === 'unhealthy') return { phase: 'Degraded', reason: health.detail };
    // A first container that never became healthy is as asked and stays: until its check says more, that is what is known.
    const checked = entry?.desired?.health != null && health.state !== 'healthy';
    if (checked && lastResult?.error?.code === 'container/unhealthy') {
      return { phase: 'Failed', reason: lastResult.error.message };
    }
  }
  const problem = entry?.problems.find((candidate) => candidate.severity === 'error');
  if (problem !== undefined) {
    const at = `${problem.path}:${problem.line}:${problem.column}`;
    const kept =
      plan.revision === null ? 'no revision of it was ever valid' : `kept at ${plan.revision.slice(0, 12)}`;
    return { phase: 'Held', reason: `${at}: ${problem.message}; ${kept}` };
  }
  if (plan.changes.length > 0)
    return { phase: 'Progressing', reason: 'Docker is removing a container of it' };
  return { phase: 'InSync', reason: '' };
}
