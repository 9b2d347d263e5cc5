import { ReconcilerError } from '../errors.ts';
import type { TenantPlan } from '../plan/plan.ts';
import { describeStep, type Step } from '../plan/step.ts';
import { UnhealthyError } from './await-healthy.ts';
import type { StepContext } from './context.ts';
import { executeStep } from './executors.ts';

/** What became of a tenant's plan. "Done" is not "in sync": only a later empty plan is. */
export interface TenantResult {
  readonly tenant: string;
  readonly revision: string | null;
  readonly outcome: 'done' | 'failed' | 'rolled-back' | 'interrupted';
  /** Sentences of the steps that were carried out, in order. */
  readonly steps: readonly string[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly retry: 'backoff' | 'never';
  } | null;
  /** Milliseconds since the epoch, and how long it took. */
  readonly at: number;
  readonly ms: number;
}

export interface RunHooks {
  readonly onStep: (step: Step) => void;
  /** Called before the rollback begins, so that a crash during it does not try the bad spec again. */
  readonly quarantine: (specHash: string, reason: string) => Promise<void>;
}

/**
 * Carries out a tenant's waves in order. When the new container is to blame (`UnhealthyError`) and the plan holds a
 * rollback, the spec is quarantined and the old container serves again. Any other failure leaves things as they are:
 * the next pass observes and plans anew.
 */
export async function runTenantPlan(
  plan: TenantPlan,
  context: StepContext,
  hooks: RunHooks,
): Promise<TenantResult> {
  const began = context.clock.monotonic();
  const steps: string[] = [];
  const run = async (step: Step): Promise<void> => {
    hooks.onStep(step);
    await executeStep(step, context);
    steps.push(describeStep(step));
  };
  const result = (outcome: TenantResult['outcome'], error: unknown): TenantResult => ({
    tenant: plan.tenant,
    revision: plan.revision,
    outcome,
    steps,
    error: error === null ? null : errorOf(error),
    at: context.clock.now(),
    ms: Math.round(context.clock.monotonic() - began),
  });
  try {
    await runWaves(plan.waves, run, context.signal);
    return result('done', null);
  } catch (error) {
    if (context.signal.aborted) return result('interrupted', error);
    if (!(error instanceof UnhealthyError) || plan.rollback.length === 0 || plan.specHash === null) {
      return result('failed', error);
    }
    await hooks.quarantine(plan.specHash, error.message);
    try {
      for (const step of plan.rollback) await run(step);
    } catch (second) {
      const why = second instanceof Error ? second.message : String(second);
      return result(
        'failed',
        new ReconcilerError(
          'rollback/failed',
          `${error.message}; returning to the old container failed too: ${why}`,
          { retry: 'backoff', cause: second },
        ),
      );
    }
    return result('rolled-back', error);
  }
}

/** Between a stop and the start that ends it the tenant is down: a shutdown waits for that, and only for that. */
async function runWaves(
  waves: readonly (readonly Step[])[],
  run: (step: Step) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let down = false;
  for (const [index, wave] of waves.entries()) {
    if (!down) signal.throwIfAborted();
    const results = await Promise.allSettled(wave.map(run));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const startsLater = waves
      .slice(index + 1)
      .some((later) => later.some((step) => step.action === 'container.start'));
    if (wave.some((step) => step.action === 'container.stop')) down = startsLater;
    if (wave.some((step) => step.action === 'container.start')) down = false;
  }
}

/** An error as plain data. What is not the reconciler's own is worth another try. */
export function errorOf(error: unknown): NonNullable<TenantResult['error']> {
  if (error instanceof ReconcilerError)
    return { code: error.code, message: error.message, retry: error.retry };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, retry: 'backoff' };
}
