import { Background } from './background.ts';
import { earliest } from './backoff.ts';
import { tenantOf } from './causes.ts';
import { UnwrittenError } from './errors.ts';
import type { LoopOptions, LoopPorts } from './loop-options.ts';
import { lookMs } from './monitor.ts';
import type { EngineEvent } from './ports.ts';
import type { Reconciler } from './reconcile.ts';
import type { NodeStatus } from './report/status.ts';
import { Rest } from './rest.ts';

/** Milliseconds after which a look's news is told though some have not answered yet. */
const healthPatienceMs = 250;

/** The engine's own bookkeeping, and what a health check or `docker exec` causes: nothing that a plan depends on. */
const irrelevant = /^(exec_|attach|top|resize|export|archive-path|extract-to-dir|commit|copy)/;

/**
 * Says when a pass happens: on an engine event, a changed managed file, a new revision, the end of a tenant's steps, a
 * retry that is due, and on the tick. Events are hints: losing them all costs at most one tick. Passes never overlap.
 */
export class Loop {
  readonly #ports: LoopPorts;
  readonly #options: LoopOptions;
  readonly #rest: Rest;
  #reconciler: Reconciler | null = null;
  #dirty: 'all' | Set<string> = 'all';
  #poked: PromiseWithResolvers<void> = Promise.withResolvers();
  #connected: PromiseWithResolvers<void> = Promise.withResolvers();
  #hinted = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | null = null;

  constructor(ports: LoopPorts, options: LoopOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#rest = new Rest(ports.clock);
  }

  /** Asks for a pass that looks at these tenants anew. */
  poke(tenants: 'all' | Iterable<string>): void {
    if (tenants === 'all' || this.#dirty === 'all') this.#dirty = 'all';
    else for (const tenant of tenants) this.#dirty.add(tenant);
    this.#poked.resolve();
  }

  /** A tenant's steps have ended. With the last of several there is nothing more to gather. */
  settled(tenant: string): void {
    this.poke([tenant]);
    if (this.#reconciler?.workers.idle === true) this.#rest.hurry();
  }

  /** Runs until `signal` aborts; then lets go of what is under way and returns. */
  async run(reconciler: Reconciler, signal: AbortSignal): Promise<void> {
    this.#reconciler = reconciler;
    const { docker, files } = this.#ports;
    const { repositoryHints, tickMs, pollMs } = this.#options;
    const { every, follow } = new Background(this.#ports, signal);
    const onEvent = (event: EngineEvent): void => this.#onEvent(event);
    const background = [
      follow('engine events', () => docker.watchEvents(onEvent, () => this.#onConnected(), signal)),
      follow('managed files', () => files.watch((tenant) => this.poke([tenant]), signal)),
      every(tickMs, () => this.poke('all')),
      every(pollMs, () => this.#poll()),
      every(lookMs, () => this.#health(signal)),
    ];
    if (repositoryHints !== null)
      background.push(follow('the repository', () => repositoryHints(() => void this.#refresh(), signal)));
    await this.#passes(signal);
    await reconciler.close();
    await Promise.all(background);
  }

  async #passes(signal: AbortSignal): Promise<void> {
    const { record } = this.#ports;
    signal.addEventListener('abort', () => this.#poked.resolve(), { once: true });
    let failures = 0;
    while (!signal.aborted) {
      const dirty = this.#dirty;
      this.#dirty = new Set();
      this.#poked = Promise.withResolvers();
      this.#rest.reset();
      this.#connected = Promise.withResolvers();
      record.began();
      try {
        record.succeeded(await this.#pass(dirty));
        failures = 0;
        await this.#restUntilPoked(this.#options.gatherMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        record.failed(error);
        const waitMs = Math.min(30_000, 500 * 2 ** failures);
        await this.#tellFailure(error, waitMs);
        // What it was about has been looked at and is under way: whatever else happens is not to wait for the disk.
        if (error instanceof UnwrittenError)
          await this.#restUntilPoked(this.#options.gatherMs, signal, waitMs);
        else await this.#waitForEngine(waitMs, signal);
      }
    }
  }

  async #pass(dirty: 'all' | ReadonlySet<string>): Promise<NodeStatus> {
    const reconciler = this.#running();
    await reconciler.pass(dirty);
    reconciler.trouble = null;
    return reconciler.report(process.pid);
  }

  /** Tells what is the matter, as far as it can be told. What the disk does not take is logged once, not at each event. */
  async #tellFailure(error: unknown, waitMs: number): Promise<void> {
    const { clock, log, record } = this.#ports;
    const reconciler = this.#running();
    const message = error instanceof Error ? error.message : String(error);
    const unwritten = error instanceof UnwrittenError;
    if (!unwritten) log.error({ err: error }, `the pass failed and nothing was changed; ${nextTry(waitMs)}`);
    else if (reconciler.trouble?.message !== message)
      log.error({ err: error }, `what the pass did could not be written down; ${nextTry(waitMs)}`);
    reconciler.trouble = { since: reconciler.trouble?.since ?? clock.now(), message };
    try {
      if (record.view.succeeded > 0) await reconciler.report(process.pid);
    } catch (second) {
      if (!unwritten) log.error({ err: second }, 'the status could not be written');
    }
  }

  /** Nothing is known of the node, and all of it is to be looked at. An engine that answers again ends the wait. */
  async #waitForEngine(waitMs: number, signal: AbortSignal): Promise<void> {
    this.#dirty = 'all';
    const stop = new AbortController();
    const slept = this.#ports.clock
      .sleep(waitMs, AbortSignal.any([signal, stop.signal]))
      .catch(() => undefined);
    await Promise.race([slept, this.#connected.promise]);
    stop.abort();
  }

  /**
   * The first hint after a quiet time is followed at once; those that come on its heels are gathered.
   * @param mostMs when nothing happens; null for as long as that is
   */
  async #restUntilPoked(gatherMs: number, signal: AbortSignal, mostMs: number | null = null): Promise<void> {
    const { clock } = this.#ports;
    const ended = clock.monotonic();
    const retry = earliest(this.#running().nextRetryMs(), mostMs);
    const stop = new AbortController();
    const retried = retry === null ? [] : [clock.sleep(retry, stop.signal).catch(() => undefined)];
    await Promise.race([this.#poked.promise, ...retried]);
    stop.abort();
    const rest = gatherMs - (clock.monotonic() - ended);
    if (rest > 0 && !signal.aborted) await this.#rest.take(rest, signal);
  }

  /** Git may have moved: asks it now. Before the loop runs there is nobody to ask. */
  askGit(): void {
    if (this.#reconciler !== null) void this.#refresh();
  }

  async #poll(): Promise<void> {
    const { told } = this.#options;
    const since = this.#ports.clock.monotonic() - this.#askedAt;
    if (told?.now() === true && since < told.pollMs) return;
    await this.#refresh();
  }

  /** Git is asked beside the passes: a repository that hangs keeps no container from being repaired. */
  async #refresh(): Promise<void> {
    this.#hinted = true;
    this.#refreshing ??= this.#ask().finally(() => {
      this.#refreshing = null;
    });
    await this.#refreshing;
  }

  /** A hint that comes while Git answers may be about what it has not answered: then it is asked once more. */
  async #ask(): Promise<void> {
    while (this.#hinted) {
      this.#hinted = false;
      this.#askedAt = this.#ports.clock.monotonic();
      try {
        const changed = await this.#running().refresh();
        if (changed === null) continue;
        this.poke(changed);
        // What another hand does again and again must not have the others' commits wait.
        this.#rest.cut();
      } catch (error) {
        this.#ports.log.error({ err: error }, 'the repository could not be followed');
      }
    }
  }

  /** What answers soon is told at once, what takes longer after a later look: none waits for another's time limit. */
  async #health(signal: AbortSignal): Promise<void> {
    const reconciler = this.#running();
    const looked = reconciler.monitor
      .look(reconciler.workers.busy)
      .catch((error: unknown) => this.#ports.log.error({ err: error }, 'health could not be looked at'));
    const soon = this.#ports.clock.sleep(healthPatienceMs, signal).catch(() => undefined);
    await Promise.race([looked, soon]);
    if (reconciler.monitor.takeNews().length > 0) await reconciler.report(process.pid);
  }

  /** The engine's events are followed from now on: what happened before is not known. */
  #onConnected(): void {
    this.poke('all');
    this.#connected.resolve();
  }

  #onEvent(event: EngineEvent): void {
    if (irrelevant.test(event.action)) return;
    const reconciler = this.#running();
    const tenant = tenantOf(event, reconciler.owner) ?? reconciler.tenantOfContainer(event.id);
    if (tenant === null) return this.#onForeignEvent(event);
    reconciler.happened(tenant, event);
    // The end of a run follows a signal that ends it, and is what there is to see.
    if (event.action === 'kill') return;
    // What our own steps cause is looked at when they end.
    if (!reconciler.workers.isBusy(tenant)) this.poke([tenant]);
  }

  /** Something that went away and is nobody's: a network, which each pass lists, or what stood in a tenant's way. */
  #onForeignEvent({ type, action, id, name, attributes }: EngineEvent): void {
    if (!/^(destroy|rename)$/.test(action)) return;
    if (type === 'network') return this.poke([]);
    const names = [type === 'volume' ? id : name, attributes['oldName']?.replace(/^\//, '')];
    const tenants = names.map((each) => (each == null ? null : this.#running().tenantOfName(each)));
    const met = tenants.filter((tenant) => tenant !== null);
    if (met.length > 0) this.poke(met);
  }

  #running(): Reconciler {
    if (this.#reconciler === null) throw new Error('the loop does not run yet');
    return this.#reconciler;
  }
}

function nextTry(waitMs: number): string {
  return `the next try is in ${waitMs / 1_000} s`;
}
