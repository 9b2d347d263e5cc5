import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { isNodeError, isRecord, readJson, writeJson } from './durable-json.mjs';

/**
 * What the runtime keeps in its state volume: how often it was started, and notes that anybody may put there. Without
 * a writable volume it lives in memory and says so.
 */
export class State {
  /** @type {string | null} */
  #path;
  #boots;
  /** @type {Readonly<Record<string, string>>} */
  #notes;

  /** @param {string} dir */
  constructor(dir) {
    this.#path = isWritable(dir) ? join(dir, 'state.json') : null;
    const { boots, notes } = parse(this.#path === null ? undefined : readJson(this.#path));
    this.#boots = boots + 1;
    this.#notes = notes;
    this.#save();
  }

  /** @returns {{boots: number, persistent: boolean, notes: Readonly<Record<string, string>>}} */
  get snapshot() {
    return { boots: this.#boots, persistent: this.#path !== null, notes: this.#notes };
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  put(key, value) {
    this.#notes = { ...this.#notes, [key]: value };
    this.#save();
  }

  #save() {
    if (this.#path !== null) writeJson(this.#path, { boots: this.#boots, notes: this.#notes });
  }
}

/**
 * @param {string} dir
 * @returns {boolean} false on a read-only root and where there is no such folder
 */
export function isWritable(dir) {
  try {
    accessSync(dir, constants.W_OK);
    return true;
  } catch (error) {
    if (isNodeError(error) && ['ENOENT', 'EROFS', 'EACCES'].includes(error.code ?? '')) return false;
    throw error;
  }
}

/** @param {unknown} document */
function parse(document) {
  const record = isRecord(document) ? document : {};
  const notes = isRecord(record['notes']) ? record['notes'] : {};
  return {
    boots: typeof record['boots'] === 'number' ? record['boots'] : 0,
    notes: Object.fromEntries(Object.entries(notes).map(([key, value]) => [key, String(value)])),
  };
}
