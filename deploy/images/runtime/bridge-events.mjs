/**
 * @typedef {object} BridgeEvent
 * @property {number} id increases, also across restarts
 * @property {'qr' | 'connected' | 'disconnected' | 'expired'} type
 * @property {Readonly<Record<string, unknown>>} data holds `token`
 */

/** The newest events, and who listens. */
export class BridgeEvents {
  /** @type {BridgeEvent[]} */
  #kept = [];
  /** @type {Set<(event: BridgeEvent) => void>} */
  #listeners = new Set();
  #keep;

  /** @param {number} keep how many events a late listener can still have */
  constructor(keep) {
    this.#keep = keep;
  }

  /** @param {BridgeEvent} event */
  publish(event) {
    this.#kept.push(event);
    if (this.#kept.length > this.#keep) this.#kept.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * Hands over what was kept after `lastId`, then each new event, in order and without a gap between the two.
   *
   * @param {number | null} lastId null: only new events
   * @param {(event: BridgeEvent) => void} listener
   * @returns {() => void} ends it
   */
  subscribe(lastId, listener) {
    if (lastId !== null) for (const event of this.#kept) if (event.id > lastId) listener(event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * @param {BridgeEvent} event
 * @returns {string} as server-sent events want it
 */
export function formatEvent({ id, type, data }) {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
