import { ReconcilerError } from './errors.ts';
import type { TenantPlan } from './plan/plan.ts';

/** What a failure is about: another spec or revision of the tenant may be tried at once. */
export function subjectOf(plan: TenantPlan): string {
  return `${plan.revision ?? 'gone'} ${plan.specHash ?? ''}`;
}

/** Whether a plan makes a container. */
export function creates(plan: TenantPlan): boolean {
  return plan.waves.some((wave) => wave.some((step) => step.action === 'container.create'));
}

/** Whether a plan takes a container away that runs; others repair, begin, tidy up, or change in place. */
export function replacesWhatRuns({ waves }: TenantPlan): boolean {
  return waves.flat().some(({ action }) => action === 'container.stop' || action === 'container.restart');
}

/** Why a plan that was just carried out is not begun again. */
export function stillDiffers({ tenant, changes }: TenantPlan): ReconcilerError {
  const fields =
    changes.flatMap((change) => change.fields.map((field) => field.path)).join(', ') || 'it is gone';
  return new ReconcilerError(
    'apply/differs',
    `the container of ${tenant} was made as asked and differs at once (${fields}); somebody else changes it, or the engine does not keep what it is told`,
    { retry: 'backoff' },
  );
}
