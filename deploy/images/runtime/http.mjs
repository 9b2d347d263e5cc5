import { messageOf } from './durable-json.mjs';
import { problem, routes } from './routes.mjs';

/**
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Response
 */

/**
 * Makes the request listener of one runtime.
 *
 * @param {import('./runtime.mjs').Runtime} runtime
 * @returns {(request: Request, response: Response) => void}
 */
export function requestListener(runtime) {
  /** @type {Map<string, number>} */
  const requests = new Map();
  return (request, response) => {
    const { path, key } = match(request.url ?? '/');
    response.once('close', () => {
      const counted = `${path ?? 'other'} ${response.statusCode}`;
      requests.set(counted, (requests.get(counted) ?? 0) + 1);
    });
    answer(runtime, path, { request, response, key, requests }).then(
      (reply) => {
        if (reply !== null) send(response, reply);
      },
      (/** @type {unknown} */ error) => {
        console.error(`${request.method} ${request.url}: ${messageOf(error)}`);
        if (response.headersSent) response.destroy();
        else send(response, problem(500, 'http/failed', messageOf(error)));
      },
    );
  };
}

/**
 * @param {import('./runtime.mjs').Runtime} runtime
 * @param {string | null} path
 * @param {import('./routes.mjs').Call} call
 * @returns {Promise<import('./routes.mjs').Reply>}
 */
async function answer(runtime, path, call) {
  const methods = path === null ? undefined : routes[path];
  if (methods === undefined) return problem(404, 'http/not-found', `There is no ${call.request.url} here.`);
  const route = methods[call.request.method ?? 'GET'];
  if (route !== undefined) return route(runtime, call);
  const allowed = Object.keys(methods).join(', ');
  call.response.setHeader('allow', allowed);
  return problem(405, 'http/method', `${call.request.url} takes ${allowed}.`);
}

/**
 * @param {string} url
 * @returns {{path: string | null, key: string}} the route's own path, null for none
 */
function match(url) {
  const path = url.split('?')[0] ?? '';
  if (Object.hasOwn(routes, path) && !path.endsWith('*')) return { path, key: '' };
  const slash = path.lastIndexOf('/') + 1;
  const pattern = `${path.slice(0, slash)}*`;
  return { path: Object.hasOwn(routes, pattern) ? pattern : null, key: path.slice(slash) };
}

/**
 * @param {Response} response
 * @param {NonNullable<import('./routes.mjs').Reply>} reply
 */
function send(response, { status, body }) {
  const type = typeof body === 'string' ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(typeof body === 'string' ? body : `${JSON.stringify(body)}\n`);
}
