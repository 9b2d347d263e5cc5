import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import { sha256 } from '../auth/tokens.ts';
import { WebError } from '../errors.ts';

/** Times every answer by its route, and serves the registry to Prometheus. */
export function serveMetrics(app: FastifyInstance, registry: Registry, token: string | null): void {
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
    if (!mayRead(request, token)) throw needsToken();
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

/** With a token, who has it; without one, who asks from this machine and not through a proxy on it. */
function mayRead({ headers, socket }: FastifyRequest, token: string | null): boolean {
  if (token !== null) {
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(sha256(given), sha256(token));
  }
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some(
    (name) => headers[name] !== undefined,
  );
  return !forwarded && /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '');
}

function needsToken(): WebError {
  const message =
    'Metrics are answered on this machine itself, or with the metrics token as bearer where one is set.';
  return new WebError('metrics/token', 401, message, { headers: { 'www-authenticate': 'Bearer' } });
}
