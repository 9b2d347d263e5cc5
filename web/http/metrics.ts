import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import { sha256 } from '../auth/tokens.ts';
import { WebError } from '../errors.ts';

export interface MetricsAccess {
  /** Null: nobody needs one who may read them at all. */
  readonly token: string | null;
  /** Whether others reach the control node through a proxy: then an address says nothing of who asks. */
  readonly isPublic: boolean;
}

/** Times every answer by its route, and serves the registry to Prometheus. */
export function serveMetrics(
  app: FastifyInstance,
  registry: Registry,
  { token, isPublic }: MetricsAccess,
): void {
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'tenantry_http_request_seconds',
    help: 'How long requests took, by route as it is registered.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayRead(request, { token, isPublic })) throw needsToken();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/**
 * With a token, who has it; without one, who asks from this machine for this machine: not through a proxy on it, and not a
 * page of somebody whose name leads here.
 */
function mayRead({ headers, socket, hostname }: FastifyRequest, { token, isPublic }: MetricsAccess): boolean {
  if (token !== null) {
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(sha256(given), sha256(token));
  }
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(
    (name) => headers[name] !== undefined,
  );
  return (
    !isPublic &&
    !forwarded &&
    isLocalHost(hostname) &&
    /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '')
  );
}

/** @param host without its port */
export function isLocalHost(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host);
}

function needsToken(): WebError {
  const message =
    'Metrics are answered on this machine itself while it has no public address, or with the metrics token (TENANTRY_METRICS_TOKEN) as bearer.';
  return new WebError('metrics/token', 401, message, { headers: { 'www-authenticate': 'Bearer' } });
}
