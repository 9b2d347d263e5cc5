import { streamEvents } from './event-stream.mjs';
import { secretNames } from './managed-files.mjs';
import { renderMetrics } from './metrics.mjs';

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {import('./runtime.mjs').Runtime} Runtime
 *
 * What a route answers: JSON, or text as it stands. `null`: it answers by itself, for as long as it likes.
 * @typedef {{readonly status: number, readonly body: Readonly<Record<string, unknown>> | string} | null} Reply
 *
 * @typedef {object} Call
 * @property {Request} request
 * @property {Response} response
 * @property {string} key what stood for `*` in the path
 * @property {ReadonlyMap<string, number>} requests answered so far, by `route status`
 *
 * @typedef {(runtime: Runtime, call: Call) => Reply | Promise<Reply>} Route
 */

const noteLimit = 64 * 1024;

/** Path, then method. @type {Readonly<Record<string, Readonly<Record<string, Route>>>>} */
export const routes = {
  '/api/health': {
    GET: (runtime) => {
      const { healthy, body } = runtime.health();
      return { status: healthy ? 200 : 503, body };
    },
  },
  '/api/prompts': { GET: ({ loaded }) => ok({ loadedAt: loaded.loadedAt, prompts: loaded.prompts }) },
  '/api/skills': { GET: ({ loaded }) => ok({ loadedAt: loaded.loadedAt, skills: loaded.skills }) },
  '/api/config': {
    GET: ({ loaded: { loadedAt, config } }) => ok({ loadedAt, sha256: config.sha256, config: config.value }),
  },
  '/api/secrets': { GET: async ({ settings }) => ok({ names: await secretNames(settings.secretsDir) }) },
  '/api/state': { GET: ({ state }) => ok(state.snapshot) },
  '/api/state/*': { PUT: putNote },
  '/bridge/status': { GET: ({ bridge }) => ok(bridge.status) },
  '/bridge/pair': { POST: ({ bridge }, call) => once(bridge, call, (token) => bridge.pair(token)) },
  '/bridge/disconnect': {
    POST: ({ bridge }, call) => once(bridge, call, (token) => bridge.disconnect(token)),
  },
  '/bridge/events': { GET: ({ bridge }, { request, response }) => streamEvents(bridge, request, response) },
  '/metrics': { GET: (runtime, { requests }) => ({ status: 200, body: renderMetrics(runtime, requests) }) },
};

/**
 * @param {Runtime} runtime
 * @param {Call} call
 * @returns {Promise<Reply>}
 */
async function putNote({ state }, { request, key }) {
  if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(key)) {
    return problem(
      400,
      'state/bad-key',
      'A key has 1 to 63 of a-z, 0-9, - and _, and begins with a letter or digit.',
    );
  }
  const text = await readText(request, noteLimit);
  if (text === null) return problem(413, 'state/too-large', `A note has at most ${noteLimit} bytes.`);
  state.put(key, text);
  return ok({ ...state.snapshot });
}

/**
 * Does what an `Idempotency-Key` asks for: 202 the first time, 200 when it was asked for before.
 *
 * @param {import('./bridge.mjs').Bridge} bridge
 * @param {Call} call
 * @param {(token: string) => import('./bridge.mjs').Answer} act
 * @returns {Reply}
 */
function once(bridge, { request }, act) {
  const token = request.headers['idempotency-key'];
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(token)) {
    return problem(
      400,
      'bridge/no-token',
      'Send a header Idempotency-Key of 1 to 128 visible ASCII characters.',
    );
  }
  if (!bridge.ready) {
    return problem(
      503,
      'bridge/no-session',
      'The session folder is not writable: give the tenant a session volume.',
    );
  }
  const { repeated, ...answer } = act(token);
  return { status: repeated ? 200 : 202, body: answer };
}

/**
 * @param {Request} request
 * @param {number} limit bytes
 * @returns {Promise<string | null>} null when there is more
 */
async function readText(request, limit) {
  /** @type {Buffer[]} */
  const parts = [];
  let size = 0;
  for await (const part of /** @type {AsyncIterable<Buffer>} */ (request)) {
    size += part.length;
    if (size > limit) return null;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/**
 * @param {Readonly<Record<string, unknown>>} body
 * @returns {Reply}
 */
function ok(body) {
  return { status: 200, body };
}

/**
 * @param {number} status
 * @param {string} code
 * @param {string} message what is wrong and what to do
 * @returns {{status: number, body: {error: {code: string, message: string}}}}
 */
export function problem(status, code, message) {
  return { status, body: { error: { code, message } } };
}
