import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { judge } from '../access/judge.ts';
import { lineOf, type TableLine } from '../access/table.ts';
import { WebError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import type { Limiter } from './limits.ts';
import { refuseForeign } from './origin.ts';

/** Says who asks; null when nobody is named. @throws WebError 401 for what is presented and does not hold */
export type Authenticate = (request: FastifyRequest) => Promise<Caller | null>;

export interface GateParts {
  readonly authenticate: Authenticate;
  readonly limiter: Limiter;
  /** Origins that the page is served from; none: whatever host the request names. */
  readonly origins: readonly string[];
}

/**
 * What every request passes before its route sees it: how many there were, that no token stands in the address, that no
 * other site sent it, who asks, and whether he may.
 */
export function guardRoutes(app: FastifyInstance, parts: GateParts): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('session', null);
  app.decorateRequest('line', null);
  app.addHook('onRoute', refuseUnlisted);
  app.addHook('onRequest', async (request) => {
    request.told = {};
    const line = request.is404 ? null : lineOf(request.method, request.routeOptions.url ?? '');
    request.line = line;
    await parts.limiter.address(request);
    refuseTokenInAddress(request);
    if (request.is404) return;
    if (line === null)
      throw new Error(`${request.method} ${request.routeOptions.url} is not in the access table.`);
    refuseForeign(request, parts.origins);
    await admit(request, line, parts);
  });
}

async function admit(request: FastifyRequest, line: TableLine, parts: GateParts): Promise<void> {
  if (line.who === 'anyone' || line.who === 'self') return;
  request.caller = await parts.authenticate(request);
  if (request.caller !== null) await parts.limiter.account(request);
  const refusal = judge(line, request.caller, tenantOf(request));
  if (refusal !== null) throw refusal;
}

/** The tenant that a path names; null when it names none. */
export function tenantOf({ params }: FastifyRequest): string | null {
  const tenant: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, 'tenant') : undefined;
  return typeof tenant === 'string' ? tenant : null;
}

/** A route that nobody decided about must not be served. */
function refuseUnlisted({ method, url }: RouteOptions): void {
  for (const one of [method].flat()) {
    if (lineOf(one, url) === null) {
      throw new Error(`${one} ${url} is not in web/access/table.ts: say there who may ask for it.`);
    }
  }
}

/** Addresses end up in histories and logs. */
function refuseTokenInAddress({ url }: FastifyRequest): void {
  const query = url.split('?')[1] ?? '';
  const names = [...new URLSearchParams(query)];
  const found = names.some(
    ([name, value]) => /^(access_|refresh_|id_)?token$|^jwt$/i.test(name) || /^eyJ|^tnt_/.test(value),
  );
  if (!found) return;
  throw new WebError(
    'auth/token-in-address',
    400,
    'A token stands in the address, where it is kept in histories and logs. Send it in the Authorization header, and sign out: this one may have been seen.',
  );
}
