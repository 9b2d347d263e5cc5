/** Events of one tenant that may come at once, and the milliseconds in which there is room for one more. */
const burst = 300;
const refillMs = 10_000;

interface Share {
  left: number;
  at: number;
  passedOver: number;
}

/**
 * What each tenant may tell: a runtime that crashes or talks without end must not push the others' outcomes and events
 * out of the outbox while nobody takes them.
 */
export class EventShare {
  readonly #monotonic: () => number;
  readonly #shares = new Map<string, Share>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /**
   * An event of a tenant wants to be told.
   *
   * @returns null when it is passed over; otherwise how many were since the last one that was told
   */
  take(tenant: string): number | null {
    const now = this.#monotonic();
    const share = this.#shares.get(tenant) ?? { left: burst, at: now, passedOver: 0 };
    this.#shares.set(tenant, share);
    const more = Math.floor((now - share.at) / refillMs);
    share.left = Math.min(burst, share.left + more);
    share.at = share.left === burst ? now : share.at + more * refillMs;
    if (share.left === 0) {
      share.passedOver += 1;
      return null;
    }
    share.left -= 1;
    const passedOver = share.passedOver;
    share.passedOver = 0;
    return passedOver;
  }
}
