import type { FastifyRequest } from 'fastify';
import { WebError } from '../errors.ts';

/** Whether a method may change something. */
export const changes = (method: string): boolean =>
  method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

/**
 * Refuses what a browser sends for another site: changes, and WebSockets, which no other rule of browsers keeps to their
 * site. Programs send neither header, and carry no cookies that they did not put there themselves.
 *
 * @throws WebError `csrf/foreign-origin`
 */
export function refuseForeign(request: FastifyRequest, origins: readonly string[]): void {
  const upgrade = request.headers.upgrade !== undefined;
  if (!changes(request.method) && !upgrade) return;
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  // `none`: the person typed the address or opened a bookmark; a change never comes so.
  const foreignSite = site !== undefined && site !== 'same-origin';
  const foreignOrigin = origin !== undefined && !isOwn(origin, request, origins);
  const silentSocket = upgrade && origin === undefined && request.headers.cookie !== undefined;
  if (!foreignSite && !foreignOrigin && !silentSocket) return;
  throw new WebError(
    'csrf/foreign-origin',
    403,
    'Another site sent this request. Changes and sockets are taken from this page alone; if this is the page, the control node has to be told its public address.',
  );
}

function isOwn(origin: string, { headers }: FastifyRequest, origins: readonly string[]): boolean {
  if (origins.length > 0) return origins.includes(origin);
  const host = headers.host ?? '';
  return host !== '' && (origin === `https://${host}` || origin === `http://${host}`);
}
