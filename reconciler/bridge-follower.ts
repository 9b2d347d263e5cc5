import { stateFrom } from './apply/bridge-token.ts';
import type { Log } from './log.ts';
import type { MemoryStore } from './memory-store.ts';
import type { TokenOutcome } from './plan/memory.ts';
import type { Bridge, BridgeEvent, BridgeTarget, Clock } from './ports.ts';
import { bridgeEvent } from './report/happened.ts';
import type { StatusSink } from './report/status.ts';

const open: ReadonlySet<TokenOutcome['state']> = new Set(['asked', 'waiting-for-scan']);

/**
 * Follows the bridges of runtimes that were asked something until the outcome is known, and writes it down. It only
 * listens: asking is a step of a plan.
 */
export class BridgeFollower {
  readonly #bridge: Bridge;
  readonly #memory: MemoryStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sink: StatusSink;
  readonly #following = new Map<string, AbortController>();

  constructor(options: { bridge: Bridge; memory: MemoryStore; clock: Clock; log: Log; sink: StatusSink }) {
    this.#bridge = options.bridge;
    this.#memory = options.memory;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#sink = options.sink;
  }

  /** Whether a tenant's pairing or disconnect still waits for its outcome. */
  waits(tenant: string): boolean {
    const { pairing, disconnect } = this.#memory.get(tenant);
    return open.has(pairing?.state ?? 'unknown') || open.has(disconnect?.state ?? 'unknown');
  }

  /** Starts to follow a tenant that waits, unless it is followed already. `onOutcome` is called when it is known. */
  follow(tenant: string, target: BridgeTarget, onOutcome: () => void): void {
    if (this.#following.has(tenant) || !this.waits(tenant)) return;
    const controller = new AbortController();
    this.#following.set(tenant, controller);
    this.#listen(tenant, target, controller.signal, onOutcome)
      .catch((error: unknown) =>
        this.#log.warn({ tenant, err: error }, 'the bridge could not be followed; the next pass tries again'),
      )
      .finally(() => this.#following.delete(tenant));
  }

  stop(): void {
    for (const controller of this.#following.values()) controller.abort(new Error('shutting down'));
  }

  async #listen(
    tenant: string,
    target: BridgeTarget,
    signal: AbortSignal,
    onOutcome: () => void,
  ): Promise<void> {
    await this.#catchUp(tenant, target);
    if (!this.waits(tenant)) return onOutcome();
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const onEvent = (event: BridgeEvent): void => {
      this.#sink.event(bridgeEvent(tenant, event, this.#clock.now()));
      if (!this.#apply(tenant, event)) return;
      onOutcome();
      if (!this.waits(tenant)) stop.abort(new Error('the outcome is known'));
    };
    // From the first event that the runtime has kept: what happened since its record was read is among them.
    await this.#bridge.events(target, onEvent, both, 0).catch((error: unknown) => {
      if (!both.aborted) throw error;
    });
    await this.#memory.flush();
  }

  /** What happened while nobody listened is in the runtime's own record. */
  async #catchUp(tenant: string, target: BridgeTarget): Promise<void> {
    const status = await this.#bridge.status(target);
    const lost = 'the runtime has no record of it any more; commit a new token to try again';
    for (const kind of ['pairing', 'disconnect'] as const) {
      const outcome = this.#memory.get(tenant)[kind];
      if (outcome === null || !open.has(outcome.state)) continue;
      const asked = outcome.token === (kind === 'pairing' ? status.lastPairing : status.lastDisconnect);
      this.#set(tenant, kind, outcome, asked ? stateFrom(kind, status) : 'unknown', asked ? '' : lost);
    }
    await this.#memory.flush();
  }

  /** Whether the event said something new about a token that waits. */
  #apply(tenant: string, event: BridgeEvent): boolean {
    const { pairing, disconnect } = this.#memory.get(tenant);
    const detail = typeof event.data['reason'] === 'string' ? event.data['reason'] : '';
    if (
      pairing !== null &&
      open.has(pairing.state) &&
      event.token === pairing.token &&
      event.type !== 'disconnected'
    ) {
      return this.#set(
        tenant,
        'pairing',
        pairing,
        event.type === 'qr' ? 'waiting-for-scan' : event.type,
        detail,
      );
    }
    if (
      disconnect !== null &&
      open.has(disconnect.state) &&
      event.type === 'disconnected' &&
      event.token === disconnect.token
    ) {
      return this.#set(tenant, 'disconnect', disconnect, 'disconnected', detail);
    }
    return false;
  }

  #set(
    tenant: string,
    kind: 'pairing' | 'disconnect',
    outcome: TokenOutcome,
    state: TokenOutcome['state'],
    detail: string,
  ): boolean {
    if (outcome.state === state) return false;
    this.#memory.note(tenant, { [kind]: { ...outcome, state, detail, at: this.#clock.now() } });
    return true;
  }
}
