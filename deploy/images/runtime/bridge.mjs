import { randomBytes, randomInt } from 'node:crypto';
import { BridgeEvents } from './bridge-events.mjs';
import { BridgeStore } from './bridge-record.mjs';

/**
 * @typedef {import('./bridge-record.mjs').Outcome} Outcome
 * @typedef {import('./bridge-events.mjs').BridgeEvent} BridgeEvent
 * @typedef {{readonly token: string, readonly outcome: Outcome, readonly repeated: boolean}} Answer
 * @typedef {{readonly code: string, readonly expiresAt: string}} QrCode
 */

/**
 * The pairing bridge of BRIDGE.md with a pretended phone: it shows QR codes and, after a while, connects (or lets
 * them expire). Each request is recorded before anything is done about it.
 */
export class Bridge {
  #store;
  #settings;
  #events = new BridgeEvents(64);
  /** @type {QrCode | null} */
  #qr = null;
  /** @type {NodeJS.Timeout[]} */
  #timers = [];

  /**
   * @param {string} sessionDir
   * @param {import('./settings.mjs').BridgeSettings} settings
   */
  constructor(sessionDir, settings) {
    this.#store = new BridgeStore(sessionDir);
    this.#settings = settings;
    // A restart in the middle of pairing ends it: its QR codes died with the process that showed them.
    if (this.#store.record.state === 'pairing') this.#endPairing('interrupted', 'interrupted');
  }

  get ready() {
    return this.#store.writable;
  }

  get status() {
    const { state, account, pairing, disconnect, lastEventId } = this.#store.record;
    return {
      state,
      account,
      lastPairing: pairing?.token ?? null,
      pairingOutcome: pairing?.outcome ?? null,
      lastDisconnect: disconnect?.token ?? null,
      disconnectOutcome: disconnect?.outcome ?? null,
      qr: this.#qr,
      lastEventId,
    };
  }

  /**
   * @param {string} token
   * @returns {Answer}
   */
  pair(token) {
    const { pairing, state } = this.#store.record;
    if (pairing?.token === token) return { ...pairing, repeated: true };
    if (state === 'pairing') this.#endPairing('superseded', 'superseded');
    this.#store.update({ state: 'pairing', account: null, pairing: { token, outcome: 'pending' } });
    if (state === 'connected') this.#emit('disconnected', { token, reason: 'paired-again' });
    this.#showCode(token, 1);
    if (this.#settings.outcome === 'connected')
      this.#after(this.#settings.connectAfterMs, () => this.#connect(token));
    return { token, outcome: 'pending', repeated: false };
  }

  /**
   * @param {string} token
   * @returns {Answer}
   */
  disconnect(token) {
    const { disconnect, state } = this.#store.record;
    if (disconnect?.token === token) return { ...disconnect, repeated: true };
    if (state === 'pairing') this.#endPairing('cancelled', 'disconnected');
    this.#store.update({
      state: 'disconnected',
      account: null,
      disconnect: { token, outcome: 'disconnected' },
    });
    this.#emit('disconnected', { token, reason: 'requested' });
    return { token, outcome: 'disconnected', repeated: false };
  }

  /**
   * @param {number | null} lastId
   * @param {(event: BridgeEvent) => void} listener
   * @returns {() => void} ends it
   */
  subscribe(lastId, listener) {
    return this.#events.subscribe(lastId, listener);
  }

  /** Ends timers; the record stays as it is. */
  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  /**
   * @param {string} token
   * @param {number} number which code of this pairing
   */
  #showCode(token, number) {
    const { qrIntervalMs, qrCodes } = this.#settings;
    this.#qr = {
      code: `tenantry-reference@${randomBytes(48).toString('base64url')}`,
      expiresAt: new Date(Date.now() + qrIntervalMs).toISOString(),
    };
    this.#emit('qr', { token, ...this.#qr });
    this.#after(qrIntervalMs, () => {
      if (number < qrCodes) this.#showCode(token, number + 1);
      else this.#endPairing('expired', 'not-scanned');
    });
  }

  /** @param {string} token */
  #connect(token) {
    const account = `+49150${String(randomInt(10_000_000)).padStart(7, '0')}`;
    this.close();
    this.#qr = null;
    this.#store.update({ state: 'connected', account, pairing: { token, outcome: 'connected' } });
    this.#emit('connected', { token, account });
  }

  /**
   * @param {Outcome} outcome
   * @param {string} reason
   */
  #endPairing(outcome, reason) {
    const token = this.#store.record.pairing?.token ?? null;
    this.close();
    this.#qr = null;
    this.#store.update({
      state: 'disconnected',
      account: null,
      pairing: token === null ? null : { token, outcome },
    });
    this.#emit('expired', { token, reason });
  }

  /**
   * @param {BridgeEvent['type']} type
   * @param {Readonly<Record<string, unknown>>} data
   */
  #emit(type, data) {
    // The number is on the disk first: no two events ever have the same one.
    const id = this.#store.record.lastEventId + 1;
    this.#store.update({ lastEventId: id });
    this.#events.publish({ id, type, data });
  }

  /**
   * @param {number} ms
   * @param {() => void} act
   */
  #after(ms, act) {
    this.#timers.push(setTimeout(act, ms));
  }
}
