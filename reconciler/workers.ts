import type { Owner } from '../renderers/labels.ts';
import type { StepContext } from './apply/context.ts';
import { errorOf, runTenantPlan, type TenantResult } from './apply/run.ts';
import { creates, replacesWhatRuns, stillDiffers, subjectOf } from './attempt.ts';
import { Backoff } from './backoff.ts';
import type { Log } from './log.ts';
import type { MemoryStore } from './memory-store.ts';
import { noPlace, type Place, Places } from './places.ts';
import { filesReadBy, type TenantMemory } from './plan/memory.ts';
import type { TenantPlan } from './plan/plan.ts';
import { describeStep, type Step } from './plan/step.ts';
import type { Bridge, Clock, Docker, Files, Probe, PullProgress } from './ports.ts';
import { filesOf, type Rendered } from './render.ts';
import type { StatusSink } from './report/status.ts';

export interface WorkerPorts {
  readonly docker: Docker;
  readonly files: Files;
  readonly probe: Probe;
  readonly bridge: Bridge;
  readonly clock: Clock;
  readonly memory: MemoryStore;
  readonly sink: StatusSink;
  readonly log: Log;
}

/** What people who watch are told while steps run. */
export type WorkEvent =
  | { readonly type: 'step'; readonly tenant: string; readonly step: Step }
  | { readonly type: 'pull'; readonly tenant: string; readonly progress: PullProgress }
  | { readonly type: 'result'; readonly result: TenantResult };

/**
 * Tenants whose steps are under way at once, those not counted that wait for a pull or for health; what the engine is
 * asked for is limited further at its port. As many again of those who wait for something quick or for their service: a
 * new image of hundreds, good or bad, that all drain for a minute, keeps no repair and no prompt waiting.
 */
const parallelTenants = 64;

/**
 * Carries out tenants' plans side by side, one plan a tenant at a time. A tenant that fails waits by itself; nobody
 * waits for a neighbour.
 */
export class Workers {
  readonly #ports: WorkerPorts;
  readonly #owner: Owner;
  readonly #onEvent: (event: WorkEvent) => void;
  readonly #onSettled: (tenant: string) => void;
  readonly #backoff: Backoff;
  readonly #places = new Places(parallelTenants);
  readonly #inFlight = new Map<string, { readonly plan: TenantPlan; readonly work: Promise<void> }>();
  /** Tenants whose container was made anew and has not been seen in sync since, with what it was made for. */
  readonly #unproven = new Map<string, string>();
  readonly #stop = new AbortController();
  /** Newest result of each tenant. */
  readonly results = new Map<string, TenantResult>();

  constructor(
    ports: WorkerPorts,
    options: { owner: Owner; onEvent: (event: WorkEvent) => void; onSettled: (tenant: string) => void },
  ) {
    this.#ports = ports;
    this.#owner = options.owner;
    this.#onEvent = options.onEvent;
    this.#onSettled = options.onSettled;
    this.#backoff = new Backoff(ports.clock);
  }

  get busy(): ReadonlySet<string> {
    return new Set(this.#inFlight.keys());
  }

  /** Whether nobody's steps run. */
  get idle(): boolean {
    return this.#inFlight.size === 0;
  }

  isBusy(tenant: string): boolean {
    return this.#inFlight.has(tenant);
  }

  /** The plan whose steps run now. */
  underWay(tenant: string): TenantPlan | null {
    return this.#inFlight.get(tenant)?.plan ?? null;
  }

  /** Resolves when no steps are under way. */
  async settled(): Promise<void> {
    while (!this.idle) await Promise.all([...this.#inFlight.values()].map(({ work }) => work));
  }

  /** Milliseconds until a plan may be tried; 0 when now. */
  retryInMs(plan: TenantPlan): number {
    return this.#backoff.size === 0 ? 0 : this.#backoff.wait(plan.tenant, subjectOf(plan));
  }

  /** Milliseconds until the first of these plans that waits after a failure may be tried; null when none waits. */
  nextRetryMs(plans: readonly TenantPlan[]): number | null {
    if (this.#backoff.size === 0) return null;
    const waits = plans
      .filter((plan) => plan.waves.length > 0 && !this.isBusy(plan.tenant))
      .map((plan) => this.retryInMs(plan))
      .filter((wait) => wait > 0);
    return waits.length === 0 ? null : Math.min(...waits);
  }

  inSync(tenants: readonly string[]): void {
    for (const tenant of this.#backoff.size + this.#unproven.size === 0 ? [] : tenants) {
      this.#backoff.succeeded(tenant);
      this.#unproven.delete(tenant);
    }
  }

  /** Of a tenant that is gone nothing is kept. */
  forget(tenant: string): void {
    this.results.delete(tenant);
    this.inSync([tenant]);
  }

  /** Whether a plan can be begun: there is something to do, nothing under way, and no failure to wait after. */
  canBegin(plan: TenantPlan): boolean {
    if (plan.waves.length === 0 || this.#inFlight.has(plan.tenant)) return false;
    return !this.#stop.signal.aborted && this.retryInMs(plan) === 0;
  }

  /** Begins a tenant's plan if it can be begun. Answers whether steps run now. */
  dispatch(plan: TenantPlan, rendered: Rendered): boolean {
    const { tenant } = plan;
    if (!this.canBegin(plan)) return false;
    if (creates(plan) && this.#unproven.get(tenant) === subjectOf(plan)) {
      // Never in a circle: what was just made as asked and differs all the same would differ again.
      this.#unproven.delete(tenant);
      this.fail(plan, stillDiffers(plan));
      return false;
    }
    const work = this.#places
      .run((place) => this.#run(plan, rendered, place), !replacesWhatRuns(plan))
      .catch((error: unknown) => this.#unrecorded(plan, error))
      .finally(() => {
        this.#inFlight.delete(tenant);
        this.#onSettled(tenant);
      });
    this.#inFlight.set(tenant, { plan, work });
    return true;
  }

  /** A plan that cannot even begin, because something that it shares with others failed. */
  fail(plan: TenantPlan, error: unknown): void {
    if (this.#inFlight.has(plan.tenant) || this.retryInMs(plan) > 0) return;
    const at = this.#ports.clock.now();
    const result = {
      tenant: plan.tenant,
      revision: plan.revision,
      steps: [],
      error: errorOf(error),
      at,
      ms: 0,
    };
    this.#took(plan, { ...result, outcome: 'failed' });
  }

  /** Lets steps end where they can; resolves when all have. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('shutting down'));
    await this.settled();
  }

  /** What steps run with. `rendered` is null for steps that concern no tenant; `place` is what they may lend out. */
  contextFor(
    tenant: string,
    revision: string,
    rendered: Rendered | null,
    place: Place = noPlace,
  ): StepContext {
    const { docker, files, probe, bridge, clock, memory } = this.#ports;
    return {
      docker,
      files,
      probe,
      bridge,
      clock,
      tenant,
      revision,
      owner: this.#owner,
      signal: this.#stop.signal,
      managedFiles: rendered === null ? {} : filesOf(rendered, tenant),
      secrets: rendered?.secrets.get(tenant) ?? new Map(),
      record: {
        filesPending: (folderMade) =>
          memory.keep(tenant, { reloadPending: true, ...(folderMade ? { remountBefore: clock.now() } : {}) }),
        filesRead: (by) => this.#note(tenant, filesReadBy[by], 'that the files were read'),
        token: (kind, outcome) => memory.keepBefore(tenant, { [kind]: outcome }),
      },
      onPull: (progress) => this.#onEvent({ type: 'pull', tenant, progress }),
      aside: place.lend,
      created: new Map(),
    };
  }

  async #run(plan: TenantPlan, rendered: Rendered, place: Place): Promise<void> {
    const { clock, log } = this.#ports;
    const revision = plan.revision ?? rendered.desired.revision;
    const context = this.contextFor(plan.tenant, revision, rendered, place);
    const result = await runTenantPlan(plan, context, {
      onStep: (step) => {
        log.info({ tenant: plan.tenant, revision: plan.revision }, describeStep(step));
        this.#onEvent({ type: 'step', tenant: plan.tenant, step });
      },
      quarantine: async (specHash, reason) => {
        const quarantine = { specHash, reason, revision: plan.revision ?? '', at: clock.now() };
        await this.#note(plan.tenant, { quarantine }, 'the quarantine');
      },
    });
    this.#took(plan, result);
    await this.#ports.sink.record(result);
  }

  /**
   * Keeps what holds in memory from now on. A disk that takes no write must not keep the old container from serving again,
   * nor have a start fail; the next pass writes it.
   */
  async #note(tenant: string, facts: Partial<TenantMemory>, what: string): Promise<void> {
    const { memory, log } = this.#ports;
    try {
      await memory.keep(tenant, facts);
    } catch (error) {
      log.error({ tenant, err: error }, `${what} could not be written down; the next pass does`);
    }
  }

  /** The work may be done and only its record be missing: looking again tells. */
  #unrecorded(plan: TenantPlan, error: unknown): void {
    this.#backoff.failed(plan.tenant, subjectOf(plan), false);
    this.#ports.log.error({ tenant: plan.tenant, err: error }, 'the outcome could not be recorded');
  }

  #took(plan: TenantPlan, result: TenantResult): void {
    const { log } = this.#ports;
    this.results.set(plan.tenant, result);
    if (result.outcome === 'done' && creates(plan)) this.#unproven.set(plan.tenant, subjectOf(plan));
    if (result.outcome === 'failed') {
      this.#backoff.failed(plan.tenant, subjectOf(plan), result.error?.retry === 'never');
      log.error({ tenant: plan.tenant, code: result.error?.code }, result.error?.message ?? 'failed');
    }
    if (result.outcome === 'rolled-back') {
      log.warn({ tenant: plan.tenant }, `returned to the old container: ${result.error?.message}`);
    }
    this.#onEvent({ type: 'result', result });
  }
}
