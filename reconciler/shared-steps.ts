import type { StepContext } from './apply/context.ts';
import { executeStep } from './apply/executors.ts';
import type { Log } from './log.ts';
import { describeStep, type Step } from './plan/step.ts';

/** Carries out steps that concern no single tenant, one by one. Answers what failed, by network name. */
export async function carryOutShared(
  steps: readonly Step[],
  context: () => StepContext,
  log: Log,
): Promise<ReadonlyMap<string, unknown>> {
  const failed = new Map<string, unknown>();
  for (const step of steps) {
    try {
      await executeStep(step, context());
    } catch (error) {
      if (step.action === 'network.create') failed.set(step.network.name, error);
      log.error({ err: error }, `could not ${describeStep(step)}; the next pass tries again`);
    }
  }
  return failed;
}
