import type { Repository } from '../../desired-state/git/port.ts';
import type { DesiredState } from '../../desired-state/model.ts';
import { countCalls } from '../../reconciler/adapters/docker-count.ts';
import { nodeKeyOpener } from '../../reconciler/adapters/node-key.ts';
import type { Log } from '../../reconciler/log.ts';
import { MemoryStore } from '../../reconciler/memory-store.ts';
import type { Plan } from '../../reconciler/plan/plan.ts';
import { describeStep } from '../../reconciler/plan/step.ts';
import type { SecretOpener, StateStore } from '../../reconciler/ports.ts';
import { Reconciler } from '../../reconciler/reconcile.ts';
import { fileSink } from '../../reconciler/report/file-sink.ts';
import type { NodeStatus, StatusSink } from '../../reconciler/report/status.ts';
import { type ReadDesired, Source } from '../../reconciler/source.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeBridge, FakeClock, FakeFiles, FakeProbe, FakeState } from './fake-ports.ts';
import { someRepository } from './some-repository.ts';

export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

/** What a sandbox has in the place of its usual doubles. */
interface SandboxParts {
  readonly secrets?: SecretOpener;
  /** A repository to follow, instead of what `commit` is given. */
  readonly followed?: { readonly repository: Repository; readonly read: ReadDesired };
  /** Who is told, beside the node's own files. */
  readonly sink?: (local: StatusSink) => StatusSink;
  /** Where state is kept, instead of `state`. */
  readonly store?: StateStore;
}

/** A reconciler over doubles: everything but the world is the real code. */
export class Sandbox {
  readonly engine = new FakeEngine();
  readonly files = new FakeFiles();
  readonly state = new FakeState();
  readonly clock = new FakeClock();
  readonly probe = new FakeProbe();
  readonly bridge = new FakeBridge();
  readonly secrets: SecretOpener;
  readonly approved = new Set<string>();
  readonly #store: StateStore;
  readonly #sink: NonNullable<SandboxParts['sink']>;
  readonly #followed: NonNullable<SandboxParts['followed']>;
  #revisions: DesiredState[] = [];
  #reconciler: Reconciler | null = null;

  constructor(parts: SandboxParts = {}) {
    this.secrets = parts.secrets ?? nodeKeyOpener('/nonexistent/node.key');
    this.#store = parts.store ?? this.state;
    this.#sink = parts.sink ?? ((local) => local);
    this.#followed = parts.followed ?? {
      repository: this.#repository(),
      read: async (revision) => this.#revision(revision),
    };
    this.engine.addImage('registry.example.com/runtime:v1.0.0');
    this.engine.registry.add('registry.example.com/runtime:v2.0.0');
  }

  /** Commits a desired state: the next pass sees it. */
  commit(desired: DesiredState): void {
    this.#revisions.push(desired);
  }

  /** Plans without changing anything, and answers the plan. */
  async plan(): Promise<Plan> {
    return (await this.#make(true)).pass('all');
  }

  /**
   * Asks Git, then passes until nothing is under way. Answers the last pass's plan.
   *
   * @param hanging tenants whose steps may never end: they are not waited for
   */
  async converge(hanging: ReadonlySet<string> = new Set()): Promise<Plan> {
    await this.refresh();
    return this.settle(hanging);
  }

  /** Asks Git. */
  async refresh(): Promise<void> {
    this.#reconciler ??= await this.#make(false);
    await this.#reconciler.refresh();
  }

  /** Passes until nothing is under way, without asking Git. Answers the last pass's plan. */
  async settle(hanging: ReadonlySet<string> = new Set()): Promise<Plan> {
    this.#reconciler ??= await this.#make(false);
    const reconciler = this.#reconciler;
    const { workers } = reconciler;
    const waitedFor = (): boolean => !workers.busy.isSubsetOf(hanging);
    let plan = await reconciler.pass('all');
    for (let round = 0; round < 10 && waitedFor(); round += 1) {
      if (hanging.size === 0) await workers.settled();
      else while (waitedFor()) await new Promise((resolve) => setImmediate(resolve));
      plan = await reconciler.pass('all');
    }
    return plan;
  }

  /** As a running reconciler does between its full looks: looks at those that a hint names and at who changed in Git. */
  async follow(hints: ReadonlySet<string>): Promise<Plan> {
    this.#reconciler ??= await this.#make(false);
    const reconciler = this.#reconciler;
    const changed = (await reconciler.refresh()) ?? new Set<string>();
    let plan = await reconciler.pass(hints.union(changed));
    for (let round = 0; round < 10 && reconciler.workers.busy.size > 0; round += 1) {
      const settling = reconciler.workers.busy;
      await reconciler.workers.settled();
      plan = await reconciler.pass(settling);
    }
    return plan;
  }

  /** The reconciler itself, for tests of what drives it. */
  async reconciler(): Promise<Reconciler> {
    this.#reconciler ??= await this.#make(false);
    return this.#reconciler;
  }

  async status(): Promise<NodeStatus> {
    if (this.#reconciler === null) throw new Error('converge first');
    const { monitor, workers } = this.#reconciler;
    await monitor.lookAtAll(workers.busy);
    return this.#reconciler.report(null);
  }

  /** Ends the process in order: what it was writing is written. The next one is another. */
  async stop(): Promise<void> {
    await this.#reconciler?.close();
    this.#reconciler = null;
  }

  /** Another process on the same disk and engine, as after a crash. */
  restart(): void {
    this.#reconciler = null;
  }

  /** Changing calls since the last time, in order. */
  takeCalls(): string[] {
    return this.engine.calls.splice(0);
  }

  async #make(planOnly: boolean): Promise<Reconciler> {
    const { files, clock, probe, bridge, secrets } = this;
    const state = this.#store;
    const memory = await MemoryStore.open(state);
    if (!planOnly) memory.forgetUnanswered();
    const source = await Source.open({
      ...this.#followed,
      state,
      clock,
      log: quiet,
      acceptHistory: null,
    });
    const docker = countCalls(this.engine);
    return new Reconciler(
      {
        docker,
        files,
        probe,
        bridge,
        clock,
        secrets,
        source,
        memory,
        log: quiet,
        sink: this.#sink(fileSink(state)),
        removalApproved: async (_rendered, tenants) => this.approved.has([...tenants].sort().join()),
      },
      {
        platform: 'test',
        node: 'worker-1',
        engine: { id: 'FAKE', version: '20.10.24', apiVersion: '1.41' },
        swapLimit: true,
        planOnly,
        onEvent: () => {},
        onSettled: () => {},
      },
    );
  }

  #revision(oid: string): DesiredState {
    const found = this.#revisions.find((desired) => desired.revision === oid);
    if (found === undefined) throw new Error(`no revision ${oid}`);
    return found;
  }

  /** Only what following a branch needs; reading is replaced as a whole. */
  #repository(): Repository {
    return someRepository({
      fetch: async () => {
        const newest = this.#revisions.at(-1);
        if (newest === undefined) throw new Error('nothing was committed yet');
        return newest.revision;
      },
      resolve: async (name) => name,
      isAncestor: async () => true,
    });
  }
}

/** A plan as the English that people read: one line a step, wave by wave. */
export function sentences(plan: Plan, tenant?: string): string[] {
  const plans = plan.tenants.filter((candidate) => tenant === undefined || candidate.tenant === tenant);
  const steps = plans.flatMap((candidate) => candidate.waves.flat());
  const shared = tenant === undefined ? [...plan.networks, ...plan.cleanup] : [];
  return [...shared, ...steps].map(describeStep);
}
