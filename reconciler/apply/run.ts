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
 * the next pass observes and plans anew. During a shutdown no pass follows, so that a tenant which is down then gets its
 * old container back as well.
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
  const rollBack = async (outcome: 'interrupted' | 'rolled-back', error: unknown): Promise<TenantResult> => {
    try {
      for (const step of plan.rollback) await run(step);
      return result(outcome, error);
    } catch (second) {
      return result('failed', neitherServes(error, second));
    }
  };
  const at = { down: false };
  try {
    await runWaves(plan.waves, run, context.signal, at);
    return result('done', null);
  } catch (error) {
    if (context.signal.aborted)
      return at.down ? rollBack('interrupted', error) : result('interrupted', error);
    if (!(error instanceof UnhealthyError) || plan.rollback.length === 0 || plan.specHash === null) {
      return result('failed', error);
    }
    await hooks.quarantine(plan.specHash, error.message);
    return rollBack('rolled-back', error);
  }
}

function neitherServes(error: unknown, second: unknown): ReconcilerError {
  const [first, then] = [error, second].map((each) => (each instanceof Error ? each.message : String(each)));
  const message = `${first}; returning to the old container failed too: ${then}`;
  return new ReconcilerError('rollback/failed', message, { retry: 'backoff', cause: second });
}

/**
 * Between a stop and the start that ends it the tenant is down: a shutdown waits for that, and only for that.
 *
 * @param at where the plan is; told as it goes on
 */
async function runWaves(
  waves: readonly (readonly Step[])[],
  run: (step: Step) => Promise<void>,
  signal: AbortSignal,
  at: { down: boolean },
): Promise<void> {
  for (const [index, wave] of waves.entries()) {
    if (!at.down) signal.throwIfAborted();
    const results = await Promise.allSettled(wave.map(run));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const startsLater = waves
      .slice(index + 1)
      .some((later) => later.some((step) => step.action === 'container.start'));
    if (wave.some((step) => step.action === 'container.stop')) at.down = startsLater;
    if (wave.some((step) => step.action === 'container.start')) at.down = false;
  }
}

/** An error as plain data. What is not the reconciler's own is worth another try. */
export function errorOf(error: unknown): NonNullable<TenantResult['error']> {
  if (error instanceof ReconcilerError)
    return { code: error.code, message: error.message, retry: error.retry };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, retry: 'backoff' };
}
