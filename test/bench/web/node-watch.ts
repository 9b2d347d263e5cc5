import type { ProgressEvent } from '../../../reconciler/options.ts';
import type { Step } from '../../../reconciler/plan/step.ts';
import type { Moments } from './moments.ts';

type CreateStep = Extract<Step, { action: 'container.create' }>;

/** Marks when a node has planned a commit for a tenant, begins with its steps, and has carried them out. */
export class NodeWatch {
  readonly #tenant: string;
  readonly #moments: Moments;
  #revision = '';
  /** The newest creation of the tenant's container. */
  created: CreateStep | null = null;

  constructor(tenant: string, moments: Moments) {
    this.#tenant = tenant;
    this.#moments = moments;
  }

  told(event: ProgressEvent): void {
    const at = performance.now();
    if (event.type === 'plan') {
      this.#revision = event.plan.revision;
      const plan = event.plan.tenants.find(({ tenant }) => tenant === this.#tenant);
      if ((plan?.waves.length ?? 0) > 0) this.#moments.mark(this.#revision, 'planned', at);
    } else if (event.type === 'step' && event.tenant === this.#tenant) {
      this.#moments.mark(this.#revision, 'begun', at);
      if (event.step.action === 'container.create') this.created = event.step;
    } else if (event.type === 'result' && event.result.tenant === this.#tenant) {
      const { outcome, error } = event.result;
      if (outcome !== 'done') throw new Error(`the edit was ${outcome}: ${error?.message}`);
      this.#moments.mark(this.#revision, 'done', at);
    }
  }
}
