import type { Owner } from '../renderers/labels.ts';
import { own } from '../schemas/own.ts';
import { executeStep } from './apply/executors.ts';
import { BridgeFollower } from './bridge-follower.ts';
import { EventLog } from './causes.ts';
import { HealthMonitor } from './monitor.ts';
import { Observer } from './observe/observer.ts';
import { planNode } from './plan/node.ts';
import { nothingObserved, type ObservedContainer, type ObservedNode } from './plan/observed.ts';
import type { Plan } from './plan/plan.ts';
import { rolesOf } from './plan/roles.ts';
import { describeStep, type Step } from './plan/step.ts';
import type { Docker, SecretOpener } from './ports.ts';
import { explained, remember } from './remember.ts';
import type { Rendered } from './render.ts';
import { RenderedSource } from './rendered-source.ts';
import { nodeStatus } from './report/node-status.ts';
import type { NodeStatus, PassCost, Trouble } from './report/status.ts';
import type { Source } from './source.ts';
import { Vault } from './vault.ts';
import { type WorkEvent, type WorkerPorts, Workers } from './workers.ts';

export interface ReconcilerPorts extends WorkerPorts {
  readonly docker: Docker & { stats(): { readonly reads: number; readonly mutations: number } };
  readonly secrets: SecretOpener;
  readonly source: Source;
  /** Whether the desired-state repository approves that these tenants go. */
  readonly removalApproved: (rendered: Rendered, tenants: readonly string[]) => Promise<boolean>;
}

export interface ReconcilerOptions {
  readonly platform: string;
  readonly node: string;
  readonly engine: NodeStatus['engine'];
  /** Whether the engine can limit swap. */
  readonly swapLimit: boolean;
  /** Only compares: nothing is changed, and secrets need not be at hand. */
  readonly planOnly: boolean;
  readonly onEvent: (event: ProgressEvent) => void;
  /** A tenant's steps ended, or its bridge had news: it should be looked at again. */
  readonly onSettled: (tenant: string) => void;
}

export type ProgressEvent = WorkEvent | { readonly type: 'plan'; readonly plan: Plan };

/**
 * What a pass does: observe, plan, carry out, report. When a pass happens is the loop's business (`loop.ts`). Steps of
 * tenants go on beside later passes.
 */
export class Reconciler {
  readonly events = new EventLog();
  readonly owner: Owner;
  readonly workers: Workers;
  /** Why passes fail; for whoever makes them to say, because a pass that fails reports nothing. */
  trouble: Trouble | null = null;
  readonly #ports: ReconcilerPorts;
  readonly #options: ReconcilerOptions;
  readonly #observer: Observer;
  readonly #source: RenderedSource;
  readonly #monitor: HealthMonitor;
  readonly #follower: BridgeFollower;
  readonly #stop = new AbortController();
  #observed: ObservedNode | null = null;
  #plan: Plan | null = null;
  #status: NodeStatus | null = null;
  #cost: PassCost = { reads: 0, mutations: 0, ms: 0 };

  constructor(ports: ReconcilerPorts, options: ReconcilerOptions) {
    const owner = { platform: options.platform, node: options.node };
    this.owner = owner;
    this.#ports = ports;
    this.#options = options;
    this.#observer = new Observer(ports, owner, options.swapLimit);
    const { platform, node, planOnly } = options;
    const { source, files } = ports;
    const vault = new Vault(ports.secrets);
    this.#source = new RenderedSource({ source, files, vault, platform, node, planOnly });
    this.#monitor = new HealthMonitor(ports.probe, ports.clock);
    this.#follower = new BridgeFollower(ports);
    this.workers = new Workers(ports, { owner, onEvent: options.onEvent, onSettled: options.onSettled });
  }

  /** Asks Git. Answers whether there is something to follow or to report. */
  refresh(): Promise<boolean> {
    return this.#source.refresh(this.#stop.signal);
  }

  /**
   * One pass. With `tenants` other than `all`, only those are read anew in detail; everything is planned.
   *
   * @throws when the node could not be observed: then nothing is planned and nothing is changed
   */
  async pass(tenants: 'all' | ReadonlySet<string>): Promise<Plan> {
    const { clock, docker, memory } = this.#ports;
    const began = clock.monotonic();
    const before = docker.stats();
    const rendered = await this.#source.current(this.#stop.signal);
    // Tenants whose steps run while the node is read are seen halfway: they are planned when those steps have ended.
    const halfway = this.workers.busy;
    const observed = await this.#observer.observe({ tenants, images: rendered.images });
    const planned = await this.#planFor(rendered, observed);
    for (const tenant of remember(planned, rendered, memory, this.events, halfway, clock.now())) {
      this.workers.inSync(tenant);
    }
    // A plan alone remembers nothing: when its differences began is known where the node's own reconciler saw them.
    const plan = this.#options.planOnly ? planned : explained(planned, memory);
    this.#observed = observed;
    this.#plan = plan;
    const whole = plan.tenants.filter(({ tenant }) => !halfway.has(tenant));
    this.#options.onEvent({ type: 'plan', plan: { ...plan, tenants: whole } });
    if (!this.#options.planOnly) await this.#carryOut(plan, rendered, observed, halfway);
    const after = docker.stats();
    this.#cost = {
      reads: after.reads - before.reads,
      mutations: after.mutations - before.mutations,
      ms: Math.round((clock.monotonic() - began) * 10) / 10,
    };
    return plan;
  }

  /** Asks the runtimes whose health check is due. Answers whether any answered otherwise than before. */
  async lookAtHealth(): Promise<boolean> {
    return (await this.#monitor.look(this.#runningTenants(), this.workers.busy)).length > 0;
  }

  /** Milliseconds until a tenant that failed is due again; null when none waits. */
  nextRetryMs(): number | null {
    const waits = (this.#plan?.tenants ?? [])
      .filter((plan) => plan.waves.length > 0 && !this.workers.busy.has(plan.tenant))
      .map((plan) => this.workers.retryInMs(plan))
      .filter((wait) => wait > 0);
    return waits.length === 0 ? null : Math.min(...waits);
  }

  /** The tenant that a container belongs to, as last observed. */
  tenantOfContainer(id: string): string | null {
    for (const [name, tenant] of Object.entries(this.#observed?.tenants ?? {})) {
      if (tenant.containers.some((container) => container.id === id)) return name;
    }
    return null;
  }

  /** Writes the status to where it is read; answers it. */
  async report(pid: number | null): Promise<NodeStatus> {
    const { source, memory, clock, sink } = this.#ports;
    const { rendered } = this.#source;
    if (rendered === null || this.#plan === null || this.#observed === null) {
      throw new Error('no pass was made yet');
    }
    this.#status = nodeStatus({
      plan: this.#plan,
      desired: rendered.desired,
      observed: this.#observed,
      engine: this.#options.engine,
      pid,
      source: source.status,
      cost: this.#cost,
      trouble: this.trouble,
      memory: memory.all(),
      underWay: (tenant) => this.workers.underWay(tenant),
      results: this.workers.results,
      healthOf: (tenant) => this.#monitor.healthOf(tenant),
      retryInMs: (plan) => this.workers.retryInMs(plan),
      before: this.#status,
      now: clock.now(),
    });
    await sink.publish(this.#status);
    return this.#status;
  }

  /** Ends what can be ended at once and waits for what cannot (a tenant between its stop and its start). */
  async close(): Promise<void> {
    this.#stop.abort(new Error('shutting down'));
    this.#follower.stop();
    await this.workers.close();
    await this.#ports.memory.flush();
  }

  async #planFor(rendered: Rendered, observed: ObservedNode): Promise<Plan> {
    const plan = (removalApproved: boolean): Plan =>
      planNode({
        node: this.#options.node,
        desired: rendered.desired,
        wanted: rendered.wanted,
        observed,
        memory: this.#ports.memory.all(),
        refusals: rendered.refusals,
        removalApproved,
        now: this.#ports.clock.now(),
      });
    const first = plan(false);
    const held = first.holds.flatMap((hold) => hold.tenants);
    if (held.length === 0 || !(await this.#ports.removalApproved(rendered, held))) return first;
    return plan(true);
  }

  async #carryOut(
    plan: Plan,
    rendered: Rendered,
    observed: ObservedNode,
    halfway: ReadonlySet<string>,
  ): Promise<void> {
    const failed = await this.#shared(plan.networks, plan.revision);
    for (const tenant of plan.tenants.filter((each) => !halfway.has(each.tenant))) {
      const error = failed.get(own(rendered.wanted, tenant.tenant)?.network.name ?? '');
      if (error !== undefined && tenant.waves.length > 0) this.workers.fail(tenant, error);
      else this.workers.dispatch(tenant, rendered);
    }
    if (this.workers.busy.size === 0) await this.#shared(plan.cleanup, plan.revision);
    await this.#ports.memory.flush();
    for (const { tenant, container } of this.#runningTenants()) {
      const address = Object.values(container.addresses).find((candidate) => candidate !== '');
      const port = own(rendered.desired.tenants, tenant)?.desired?.whatsapp.port;
      if (address === undefined || port === undefined || own(observed.tenants, tenant) === undefined)
        continue;
      // Whoever is asking just now also writes down what comes of it.
      if (this.workers.busy.has(tenant)) continue;
      this.#follower.follow(tenant, { address, port }, () => this.#options.onSettled(tenant));
    }
  }

  /** Steps that concern no single tenant, one by one. Answers what failed, by network name. */
  async #shared(steps: readonly Step[], revision: string): Promise<ReadonlyMap<string, unknown>> {
    const failed = new Map<string, unknown>();
    for (const step of steps) {
      try {
        await executeStep(step, this.workers.contextFor('', revision, null, []));
      } catch (error) {
        if (step.action === 'network.create') failed.set(step.network.name, error);
        this.#ports.log.error({ err: error }, `could not ${describeStep(step)}; the next pass tries again`);
      }
    }
    return failed;
  }

  /** Tenants that are to run and have a container in place. */
  #runningTenants(): {
    tenant: string;
    health: Rendered['wanted'][string]['health'];
    container: ObservedContainer;
  }[] {
    return Object.values(this.#source.rendered?.wanted ?? {}).flatMap(
      ({ tenant, health, container: wanted }) => {
        const { main } = rolesOf(tenant, own(this.#observed?.tenants ?? {}, tenant) ?? nothingObserved);
        return wanted.running && main !== null ? [{ tenant, health, container: main }] : [];
      },
    );
  }
}
