import { join, resolve } from 'node:path';
import { openRepository } from '../desired-state/git/open.ts';
import { isRemovalApproved } from '../desired-state/read/approvals.ts';
import { createReadCache, readDesired } from '../desired-state/read/last-good.ts';
import { createBridge } from './adapters/bridge.ts';
import { systemClock } from './adapters/clock.ts';
import { connectDocker, type Deadlines } from './adapters/docker.ts';
import { type CallStats, countCalls } from './adapters/docker-count.ts';
import { limitParallel } from './adapters/docker-limit.ts';
import { signalByKernel } from './adapters/docker-signal.ts';
import { openFiles } from './adapters/files.ts';
import { acquireHostLock } from './adapters/host-lock.ts';
import { nodeKeyOpener } from './adapters/node-key.ts';
import { createProbe } from './adapters/probe.ts';
import { localRepositoryHints } from './adapters/repository-hints.ts';
import { openState } from './adapters/state.ts';
import type { ControlOptions } from './link/open-link.ts';
import type { Log } from './log.ts';
import { Loop } from './loop.ts';
import { MemoryStore } from './memory-store.ts';
import { offerHealth } from './offer-health.ts';
import type { ProgressEvent } from './options.ts';
import type { Plan } from './plan/plan.ts';
import type { Repository, StateStore } from './ports.ts';
import { Reconciler } from './reconcile.ts';
import { fileSink } from './report/file-sink.ts';
import { PassRecord } from './report/pass-record.ts';
import type { NodeStatus } from './report/status.ts';
import { type ReadDesired, Source } from './source.ts';

export interface StartOptions {
  /** Path or URL of the desired-state repository. */
  readonly repo: string;
  readonly branch: string;
  readonly token?: string;
  /** Name of this node: its `nodes/<node>.yaml`. */
  readonly node: string;
  /** `unix://…` or `tcp://…`; by default `DOCKER_HOST` or the engine's usual socket. */
  readonly dockerHost?: string;
  /** How long calls to the engine may take, where it is not the usual. */
  readonly dockerDeadlines?: Partial<Deadlines>;
  /** Where the mirror, the managed files and the reconciler's memory are kept. */
  readonly dataDir: string;
  /** Folder on a tmpfs for decrypted secrets. */
  readonly secretsDir: string;
  readonly pollMs: number;
  readonly tickMs: number;
  /** The control node that this one tells what it does, and that tells it of new revisions; by default there is none. */
  readonly control?: ControlOptions;
  /** Port on the loopback address for health and metrics, 0 for any that is free; by default there is none. */
  readonly healthPort?: number;
  readonly log: Log;
  /** A rewritten branch's head that a person accepts. */
  readonly acceptHistory?: string;
  /** A commit to use instead of the branch's head, and the name by which the remote knows it; for plans. */
  readonly revision?: { readonly oid: string; readonly name: string };
  readonly onEvent: (event: ProgressEvent) => void;
}

export interface OnceResult {
  readonly status: NodeStatus;
  readonly plan: Plan;
  /** Docker calls that only read, and that asked for a change. */
  readonly reads: number;
  readonly mutations: number;
  readonly ms: number;
}

export interface RunningReconciler {
  /** Reconciles until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Converges and returns: passes until nothing is left that can be done now. */
  once(signal: AbortSignal): Promise<OnceResult>;
  /** Compares and changes nothing. */
  plan(): Promise<{ readonly plan: Plan; readonly status: NodeStatus }>;
  close(): Promise<void>;
}

/** More passes than any state needs: a plan, its verification, what a verified tenant is asked for, and once more. */
const mostRounds = 10;

/** How often Git is asked by a node that is told of new revisions: in case that one day it is not. */
const toldPollMs = 5 * 60_000;

/** A first clone may be large; afterwards the running reconciler asks beside its passes. */
const firstFetchMs = 120_000;

/**
 * Opens everything a node's reconciler needs. One that changes things takes the host's lock first.
 *
 * @param mode `plan` compares only, takes no lock, and does without the node's key
 * @throws ReconcilerError `lock/held`, `docker/unreachable`; GitError; when there is no revision to enforce
 */
export async function startReconciler(
  options: StartOptions,
  mode: 'reconcile' | 'plan',
): Promise<RunningReconciler> {
  const { node, log, dataDir } = options;
  const clock = systemClock;
  const { dockerHost, dockerDeadlines: deadlines = {} } = options;
  const engine = connectDocker({ ...(dockerHost === undefined ? {} : { host: dockerHost }), deadlines });
  const docker = countCalls(signalByKernel(limitParallel(engine), log));
  const info = await docker.info();
  // What is opened here is closed in reverse order, also when opening the rest fails.
  await using opened = new AsyncDisposableStack();
  const lock = async (key: string, what: string): Promise<void> => {
    if (mode === 'plan') return;
    const held = await acquireHostLock(key, what);
    opened.defer(() => held.release());
  };
  await lock(`data ${resolve(dataDir)}`, `the data folder ${dataDir}`);
  const record = new PassRecord(clock);
  if (options.healthPort !== undefined) {
    const calls = (): CallStats => docker.stats();
    opened.use(await offerHealth(options.healthPort, { record, calls, log }));
  }
  const repository = await openRepository({
    url: options.repo,
    branch: options.branch,
    // A plan may be made while the node's own reconciler is at work: each has a mirror of its own.
    dir: join(dataDir, mode === 'plan' ? 'git-plan' : 'git'),
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  opened.defer(() => repository.close());
  const stored = openState(join(dataDir, 'state'), (damage) =>
    log.warn({ damage }, 'a damaged state file was set aside'),
  );
  const state = mode === 'plan' ? readOnly(stored) : stored;
  const acceptHistory = options.acceptHistory ?? null;
  // Asking for the name brings a commit of another branch into the mirror.
  if (options.revision !== undefined) await repository.resolve(options.revision.name);
  const read = reader(repository, options.revision?.oid);
  const source = await Source.open({ repository, read, state, clock, log, acceptHistory });
  const { platform } = await source.refresh(AbortSignal.timeout(firstFetchMs));
  await lock(`${info.ID} ${platform.name} ${node}`, `the node ${node} of ${platform.name}`);
  const memory = await MemoryStore.open(state);
  if (mode === 'reconcile') memory.forgetUnanswered();
  const files = openFiles({ dataDir, secretsDir: options.secretsDir });
  const loop = new Loop(
    { docker, files, clock, log, record },
    {
      tickMs: options.tickMs,
      pollMs: options.pollMs,
      gatherMs: 100,
      told: { pollMs: toldPollMs, now: () => link?.linked() ?? false },
      repositoryHints: localRepositoryHints(options.repo, options.branch),
    },
  );
  const local = fileSink(state);
  const link =
    options.control === undefined
      ? null
      : // Loaded by nodes that have a control node alone: the link's messages and keys need more than all the rest.
        await (await import('./link/open-link.ts')).openLink({
          control: options.control,
          node,
          platform: platform.name,
          dataDir,
          secretsDir: options.secretsDir,
          swapLimit: info.SwapLimit,
          docker,
          clock,
          log,
          local,
          onRevision: () => loop.askGit(),
        });
  opened.defer(async () => link?.close());
  const reconciler = new Reconciler(
    {
      docker,
      files,
      probe: createProbe(),
      bridge: createBridge(),
      clock,
      secrets: nodeKeyOpener(join(dataDir, 'node.key')),
      source,
      memory,
      sink: link?.sink ?? local,
      log,
      removalApproved: ({ desired }, tenants) => isRemovalApproved(repository, desired, node, [...tenants]),
    },
    {
      platform: platform.name,
      node,
      engine: { id: info.ID, version: info.ServerVersion, apiVersion: info.ApiVersion },
      swapLimit: info.SwapLimit,
      planOnly: mode === 'plan',
      onEvent: options.onEvent,
      onSettled: (tenant) => loop.settled(tenant),
    },
  );
  opened.defer(() => reconciler.close());
  const kept = opened.move();
  return {
    run: async (signal) => {
      await Promise.all([loop.run(reconciler, signal), link?.run(signal)]);
    },
    once: (signal) => once(reconciler, docker, signal),
    plan: async () => {
      const plan = await reconciler.pass('all');
      return { plan, status: await reconciler.report(null) };
    },
    close: () => kept.disposeAsync(),
  };
}

async function once(
  reconciler: Reconciler,
  docker: ReturnType<typeof countCalls>,
  signal: AbortSignal,
): Promise<OnceResult> {
  const began = systemClock.monotonic();
  const before = docker.stats();
  const close = (): void => void reconciler.close();
  signal.addEventListener('abort', close, { once: true });
  let plan = await reconciler.pass('all');
  for (let round = 1; round < mostRounds && !reconciler.workers.idle; round += 1) {
    const touched = reconciler.workers.busy;
    await reconciler.workers.settled();
    signal.throwIfAborted();
    plan = await reconciler.pass(touched);
  }
  await reconciler.monitor.lookAtAll(reconciler.workers.busy);
  const status = await reconciler.report(null);
  signal.removeEventListener('abort', close);
  const after = docker.stats();
  return {
    status,
    plan,
    reads: after.reads - before.reads,
    mutations: after.mutations - before.mutations,
    ms: Math.round(systemClock.monotonic() - began),
  };
}

/** Reads the revision that the branch is at, or always the one that was asked for. */
function reader(repository: Repository, revision: string | undefined): ReadDesired {
  const cache = createReadCache();
  return (head) => readDesired(repository, revision ?? head, cache);
}

/** A plan leaves no trace in what the node's reconciler remembers. */
function readOnly(state: StateStore): StateStore {
  const nothing = () => Promise.resolve();
  return { ...state, write: nothing, remove: nothing, append: nothing };
}
