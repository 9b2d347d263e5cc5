import { Bridge } from './bridge.mjs';
import { messageOf } from './durable-json.mjs';
import { loadManagedFiles } from './managed-files.mjs';
import { State } from './state.mjs';

/** @typedef {import('./managed-files.mjs').Loaded} Loaded */

/** All that one runtime process knows. */
export class Runtime {
  /** @type {import('./settings.mjs').Settings} */
  settings;
  state;
  bridge;
  startedAt = new Date();
  /** @type {Loaded} the newest reading that was whole */
  loaded = {
    loadedAt: this.startedAt.toISOString(),
    config: { sha256: null, value: {} },
    prompts: [],
    skills: [],
  };
  loads = 0;
  loadFailures = 0;
  /** @type {string | null} why the newest reading was not taken; null when it was */
  loadError = null;
  /** @type {Promise<void>} */
  #loading = Promise.resolve();

  /** @param {import('./settings.mjs').Settings} settings */
  constructor(settings) {
    this.settings = settings;
    this.state = new State(settings.stateDir);
    this.bridge = new Bridge(settings.sessionDir, settings.bridge);
  }

  /** Reads the managed files anew and takes them as a whole, or keeps the old ones and says why. One at a time. */
  load() {
    this.#loading = this.#loading.then(async () => {
      try {
        this.loaded = await loadManagedFiles(this.settings.filesDir, new Date().toISOString());
        this.loads += 1;
        this.loadError = null;
      } catch (error) {
        this.loadFailures += 1;
        this.loadError = messageOf(error);
      }
    });
    return this.#loading;
  }

  /** @returns {{healthy: boolean, body: Record<string, unknown>}} */
  health() {
    const reason = this.#unhealthyReason();
    return {
      healthy: reason === null,
      body: {
        status: reason === null ? 'ok' : 'unhealthy',
        ...(reason === null ? {} : { reason }),
        tenant: this.settings.tenant,
        version: this.settings.version,
        startedAt: this.startedAt.toISOString(),
        loads: this.loads,
        loadedAt: this.loaded.loadedAt,
        loadError: this.loadError,
      },
    };
  }

  /** @returns {string | null} */
  #unhealthyReason() {
    if (this.settings.unhealthy) return 'UNHEALTHY=1 is set';
    if (this.loaded.config.value['health'] === 'fail') return 'config.json says "health": "fail"';
    if (this.loads === 0) return `no managed files could be loaded: ${this.loadError}`;
    return null;
  }
}
