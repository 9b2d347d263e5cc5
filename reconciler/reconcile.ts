import type { Owner } from '../renderers/labels.ts';
import { tenantOfName } from '../renderers/names.ts';
import { own } from '../schemas/own.ts';
import { earliest } from './backoff.ts';
import { BridgeFollower } from './bridge-follower.ts';
import { EventLog, withoutDifference } from './causes.ts';
import { written } from './errors.ts';
import { HealthMonitor } from './monitor.ts';
import { Observer } from './observe/observer.ts';
import type { ReconcilerOptions, ReconcilerPorts } from './options.ts';
import { planNode } from './plan/node.ts';
import type { ObservedNode } from './plan/observed.ts';
import type { Plan } from './plan/plan.ts';
import { createPlanCache } from './plan/plan-cache.ts';
import type { Step } from './plan/step.ts';
import type { EngineEvent } from './ports.ts';
import { explained, Rememberer } from './remember.ts';
import type { Rendered } from './render.ts';
import { RenderedSource } from './rendered-source.ts';
import { engineEvents } from './report/happened.ts';
import { nodeStatus, type StatusCache } from './report/node-status.ts';
import { costSince } from './report/pass-cost.ts';
import type { NodeStatus, PassCost, Trouble } from './report/status.ts';
import { RunningTenants } from './running.ts';
import { carryOutShared } from './shared-steps.ts';
import { UnreadableTenants } from './unreadable.ts';
import { Vault } from './vault.ts';
import { Workers } from './workers.ts';

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
  /** The health of what runs, between changes. */
  readonly monitor: HealthMonitor;
  readonly #follower: BridgeFollower;
  readonly #rememberer: Rememberer;
  readonly #running: RunningTenants;
  readonly #plans = createPlanCache();
  readonly #statuses: StatusCache = new Map();
  /** Tenants whose steps have begun since they were read last: what is known of them is from halfway or before. */
  readonly #unread = new Set<string>();
  readonly #unreadable: UnreadableTenants;
  readonly #stop = new AbortController();
  #observed: ObservedNode | null = null;
  #plan: Plan | null = null;
  #cost: PassCost = { reads: 0, mutations: 0, ms: 0 };

  constructor(ports: ReconcilerPorts, options: ReconcilerOptions) {
    const { platform, node, planOnly } = options;
    this.owner = { platform, node };
    this.#ports = ports;
    this.#options = options;
    this.#observer = new Observer(ports, this.owner, options.swapLimit);
    const { source, files } = ports;
    const vault = new Vault(ports.secrets);
    this.#source = new RenderedSource({ source, files, vault, platform, node, planOnly });
    this.#unreadable = new UnreadableTenants(ports.clock, ports.log);
    this.monitor = new HealthMonitor(ports.probe, ports.clock);
    this.#running = new RunningTenants((tenant, running) => this.monitor.follow(tenant, running));
    this.#rememberer = new Rememberer(ports.memory, this.events, (tenant) => this.workers.forget(tenant));
    this.#follower = new BridgeFollower(ports);
    this.workers = new Workers(ports, { ...options, owner: this.owner });
  }

  /** The engine told of something that happened to a tenant. */
  happened(tenant: string, event: EngineEvent): void {
    this.events.add(tenant, event);
    for (const told of engineEvents(tenant, event)) this.#ports.sink.event(told);
  }

  /** Asks Git. Answers the tenants that are to be other than before; null when there is nothing to follow or report. */
  refresh(): Promise<ReadonlySet<string> | null> {
    return this.#source.refresh(this.#stop.signal);
  }

  /**
   * One pass. With `tenants` other than `all`, only those are read anew, and whoever something would be done to: nothing
   * is done on an older look. Everything is planned.
   *
   * @throws UnwrittenError after it was carried out; any other error before anything was planned or changed
   */
  async pass(tenants: 'all' | ReadonlySet<string>): Promise<Plan> {
    const { clock, docker, memory } = this.#ports;
    const began = clock.monotonic();
    const before = docker.stats();
    const rendered = await this.#source.current(this.#stop.signal);
    const lookedAt = clock.now();
    const { plan: planned, fresh } = await this.#lookAndPlan(rendered, this.#scopeOf(tenants));
    // Tenants whose steps run while the node is read are seen halfway: they are planned when those steps have ended.
    const unseen = this.#unread.union(this.#unreadable.names);
    this.workers.inSync(this.#rememberer.remember(planned, rendered, unseen, clock.now()));
    // A plan alone remembers nothing: when its differences began is known where the node's own reconciler saw them.
    const plan = this.#options.planOnly ? planned : explained(planned, memory);
    this.#plan = plan;
    this.events.forget(lookedAt, withoutDifference(plan, fresh, unseen));
    const whole =
      this.#unread.size === 0 ? plan.tenants : plan.tenants.filter(({ tenant }) => !this.#unread.has(tenant));
    this.#options.onEvent({ type: 'plan', plan: { ...plan, tenants: whole } });
    if (!this.#options.planOnly) await this.#carryOut({ ...plan, tenants: whole }, rendered, fresh);
    this.#cost = costSince(before, docker.stats(), clock.monotonic() - began);
    if (!this.#options.planOnly) await written(memory.flush());
    return plan;
  }

  /** Milliseconds until a tenant that failed, or could not be looked at, is due again; null when none waits. */
  nextRetryMs(): number | null {
    return earliest(this.workers.nextRetryMs(this.#plan?.tenants ?? []), this.#unreadable.nextMs());
  }

  /** The tenant that a container belongs to, as last observed. */
  tenantOfContainer(id: string): string | null {
    return this.#observer.tenantOf(id);
  }

  /** The tenant of this node in whose name a stranger's container or a volume is called; null for any other name. */
  tenantOfName(name: string): string | null {
    const tenant = tenantOfName(name);
    return tenant !== null && this.#source.rendered?.wanted[tenant] !== undefined ? tenant : null;
  }

  /** Writes the status to where it is read; answers it. @throws UnwrittenError */
  async report(pid: number | null): Promise<NodeStatus> {
    const { source, memory, clock, sink } = this.#ports;
    const { rendered } = this.#source;
    if (rendered === null || this.#plan === null || this.#observed === null)
      throw new Error('no pass was made yet');
    const status = nodeStatus({
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
      healthOf: (tenant) => this.monitor.healthOf(tenant),
      retryInMs: (plan) => this.workers.retryInMs(plan),
      cache: this.#statuses,
      now: clock.now(),
    });
    const basis = { observed: this.#observed, memory: memory.all(), wanted: rendered.wanted };
    await written(sink.publish(status, basis));
    return status;
  }

  /** Ends what can be ended at once and waits for what cannot (a tenant between its stop and its start). */
  async close(): Promise<void> {
    this.#stop.abort(new Error('shutting down'));
    this.#follower.stop();
    await this.workers.close();
    await this.#ports.memory.flush();
  }

  /** Those that were asked for, and those whose steps have ended since they were read. */
  #scopeOf(tenants: 'all' | ReadonlySet<string>): 'all' | Set<string> {
    if (tenants === 'all' || this.#observed === null) return 'all';
    const settled = [...this.#unread].filter((tenant) => !this.workers.isBusy(tenant));
    return new Set([...tenants, ...settled, ...this.#unreadable.due()]);
  }

  /** Looks at what is asked for and plans; then at what the plan would change and was not looked at, and plans again. */
  async #lookAndPlan(
    rendered: Rendered,
    scope: 'all' | Set<string>,
  ): Promise<{ readonly plan: Plan; readonly fresh: 'all' | ReadonlySet<string> }> {
    let observed = await this.#look(rendered, scope);
    let plan = await this.#planFor(rendered, observed);
    if (scope === 'all' || this.#options.planOnly) return { plan, fresh: scope };
    const unseen = plan.tenants.filter((each) => this.workers.canBegin(each) && !scope.has(each.tenant));
    const cleanup = plan.cleanup.length > 0 && this.#mayCleanUp();
    if (unseen.length === 0 && !cleanup) return { plan, fresh: scope };
    const more = new Set(unseen.map(({ tenant }) => tenant));
    observed = await this.#look(rendered, cleanup ? 'all' : more);
    plan = await this.#planFor(rendered, observed);
    return { plan, fresh: cleanup ? 'all' : scope.union(more) };
  }

  async #look(rendered: Rendered, tenants: 'all' | ReadonlySet<string>): Promise<ObservedNode> {
    const { busy } = this.workers;
    const { wanted, images } = rendered;
    const { node: observed, unreadable } = await this.#observer.observe({ tenants, wanted, images });
    this.#unreadable.note(tenants, unreadable);
    for (const tenant of tenants === 'all' ? this.#unread : tenants) {
      if (!busy.has(tenant)) this.#unread.delete(tenant);
    }
    this.#observed = observed;
    this.#running.update(wanted, observed, tenants);
    return observed;
  }

  async #planFor(rendered: Rendered, observed: ObservedNode): Promise<Plan> {
    const { desired, wanted } = rendered;
    const { node } = this.#options;
    const [memory, now] = [this.#ports.memory.all(), this.#ports.clock.now()];
    const refusals = this.#unreadable.withRefusals(rendered.refusals);
    const input = { node, desired, wanted, observed, memory, refusals, now };
    const plan = (removalApproved: boolean): Plan => planNode({ ...input, removalApproved }, this.#plans);
    const first = plan(false);
    const held = first.holds.flatMap((hold) => hold.tenants);
    if (held.length === 0 || !(await this.#ports.removalApproved(rendered, held))) return first;
    return plan(true);
  }

  /** What nobody is seen to need may be needed by whoever is not seen. */
  #mayCleanUp(): boolean {
    return this.workers.idle && this.#unreadable.names.size === 0;
  }

  async #carryOut(plan: Plan, rendered: Rendered, fresh: 'all' | ReadonlySet<string>): Promise<void> {
    const failed = await this.#shared(plan.networks, plan.revision);
    for (const tenant of plan.tenants) {
      if (tenant.waves.length === 0 || !(fresh === 'all' || fresh.has(tenant.tenant))) continue;
      const error = failed.get(own(rendered.wanted, tenant.tenant)?.network.name ?? '');
      if (error !== undefined) this.workers.fail(tenant, error);
      else if (this.workers.dispatch(tenant, rendered)) this.#unread.add(tenant.tenant);
    }
    if (fresh === 'all' && this.#mayCleanUp()) await this.#shared(plan.cleanup, plan.revision);
    for (const tenant of this.#ports.memory.asked) this.#followBridge(tenant, rendered);
  }

  /** Listens for the outcome of what a tenant's runtime was asked. Whoever is asking just now writes it down as well. */
  #followBridge(tenant: string, rendered: Rendered): void {
    if (!this.#follower.waits(tenant) || this.workers.isBusy(tenant)) return;
    const address = this.#running.addressOf(tenant);
    const port = own(rendered.desired.tenants, tenant)?.desired?.whatsapp.port;
    if (address === null || port === undefined) return;
    this.#follower.follow(tenant, { address, port }, () => this.#options.onSettled(tenant));
  }

  #shared(steps: readonly Step[], revision: string): Promise<ReadonlyMap<string, unknown>> {
    return carryOutShared(steps, () => this.workers.contextFor('', revision, null), this.#ports.log);
  }
}
