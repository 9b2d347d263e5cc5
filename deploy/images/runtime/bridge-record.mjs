import { join } from 'node:path';
import { isRecord, readJson, writeJson } from './durable-json.mjs';
import { isWritable } from './state.mjs';

/**
 * What the bridge remembers on the session volume.
 *
 * @typedef {object} BridgeRecord
 * @property {'disconnected' | 'pairing' | 'connected'} state
 * @property {string | null} account
 * @property {Request | null} pairing the last one asked for
 * @property {Request | null} disconnect the last one asked for
 * @property {number} lastEventId
 *
 * @typedef {{readonly token: string, readonly outcome: Outcome}} Request
 * @typedef {'pending' | 'connected' | 'expired' | 'superseded' | 'cancelled' | 'interrupted' | 'disconnected'} Outcome
 */

/** @type {BridgeRecord} */
const fresh = { state: 'disconnected', account: null, pairing: null, disconnect: null, lastEventId: 0 };

/** @type {readonly Outcome[]} */
const outcomes = [
  'pending',
  'connected',
  'expired',
  'superseded',
  'cancelled',
  'interrupted',
  'disconnected',
];

/** The record's place. A change is on the disk before `update` returns, so what follows it happens at most once. */
export class BridgeStore {
  #path;
  #record = fresh;

  /** @param {string} dir the session volume */
  constructor(dir) {
    this.#path = isWritable(dir) ? join(dir, 'bridge.json') : null;
    if (this.#path !== null) this.#record = parse(readJson(this.#path));
  }

  /** False without a writable session volume: then nothing can be promised across a restart, and nothing is begun. */
  get writable() {
    return this.#path !== null;
  }

  /** @returns {Readonly<BridgeRecord>} */
  get record() {
    return this.#record;
  }

  /** @param {Partial<BridgeRecord>} change */
  update(change) {
    const next = { ...this.#record, ...change };
    if (this.#path !== null) writeJson(this.#path, next);
    this.#record = next;
  }
}

/**
 * @param {unknown} document
 * @returns {BridgeRecord}
 */
function parse(document) {
  if (!isRecord(document)) return fresh;
  const { state, account, lastEventId } = document;
  return {
    state: state === 'pairing' || state === 'connected' ? state : 'disconnected',
    account: typeof account === 'string' ? account : null,
    pairing: parseRequest(document['pairing']),
    disconnect: parseRequest(document['disconnect']),
    lastEventId: typeof lastEventId === 'number' ? lastEventId : 0,
  };
}

/**
 * @param {unknown} value
 * @returns {Request | null}
 */
function parseRequest(value) {
  if (!isRecord(value) || typeof value['token'] !== 'string') return null;
  const outcome = outcomes.find((known) => known === value['outcome']);
  return { token: value['token'], outcome: outcome ?? 'interrupted' };
}
