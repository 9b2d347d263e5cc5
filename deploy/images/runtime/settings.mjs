/**
 * What the runtime is told by its environment. Everything has a default that is right inside the image.
 *
 * @typedef {object} Settings
 * @property {number} port
 * @property {string} tenant
 * @property {string} version
 * @property {string} filesDir managed files
 * @property {string} secretsDir one file a secret
 * @property {string} stateDir
 * @property {string} sessionDir
 * @property {boolean} unhealthy answer 503 whatever happens: makes a bad release for trials
 * @property {number} startDelayMs wait before listening
 * @property {BridgeSettings} bridge
 *
 * @typedef {object} BridgeSettings
 * @property {number} qrIntervalMs how long one QR code is good for
 * @property {number} qrCodes codes shown before pairing expires
 * @property {number} connectAfterMs when the pretended phone scans the code
 * @property {'connected' | 'expired'} outcome
 */

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Settings}
 * @throws {Error} naming the variable that is not what it should be
 */
export function readSettings(env) {
  return {
    port: integer(env, 'PORT', 8080, 0, 65_535),
    tenant: env['TENANTRY_TENANT'] ?? 'unnamed',
    version: env['VERSION'] ?? 'development',
    filesDir: env['TENANTRY_FILES'] ?? '/etc/tenantry',
    secretsDir: env['TENANTRY_SECRETS'] ?? '/run/secrets',
    stateDir: env['STATE_DIR'] ?? '/data/state',
    sessionDir: env['SESSION_DIR'] ?? '/data/session',
    unhealthy: env['UNHEALTHY'] === '1',
    startDelayMs: integer(env, 'START_DELAY_MS', 0, 0, 600_000),
    bridge: {
      qrIntervalMs: integer(env, 'BRIDGE_QR_INTERVAL_MS', 20_000, 10, 600_000),
      qrCodes: integer(env, 'BRIDGE_QR_CODES', 3, 1, 100),
      connectAfterMs: integer(env, 'BRIDGE_CONNECT_AFTER_MS', 1_500, 0, 600_000),
      outcome: outcome(env['BRIDGE_OUTCOME'] ?? 'connected'),
    },
  };
}

/**
 * @param {Readonly<Record<string, string | undefined>>} env
 * @param {string} name
 * @param {number} otherwise
 * @param {number} least
 * @param {number} most
 * @returns {number}
 */
function integer(env, name, otherwise, least, most) {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name} is "${text}": give a whole number from ${least} to ${most}`);
}

/**
 * @param {string} text
 * @returns {'connected' | 'expired'}
 */
function outcome(text) {
  if (text === 'connected' || text === 'expired') return text;
  throw new Error(`BRIDGE_OUTCOME is "${text}": give "connected" or "expired"`);
}
