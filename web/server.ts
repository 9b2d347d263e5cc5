import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { problemJsonOf, WebError, webErrorOf } from './errors.ts';
import { type Authenticate, guardRoutes } from './http/gate.ts';
import { secureHeaders } from './http/headers.ts';
import { answerHealth } from './http/health.ts';
import { type Limits, limitRates, usualLimits } from './http/limits.ts';
import { isLocalHost, serveMetrics } from './http/metrics.ts';
import { describeApi } from './http/openapi.ts';
import { serializeBySchemas, validateBySchemas } from './http/schemas.ts';
import { serveSockets } from './http/shutdown.ts';
import { keepTrail } from './http/trail.ts';
import type { Audit } from './ports.ts';

export interface ServerParts {
  /** Made by `webLog`, which redacts. */
  readonly log: Logger;
  readonly authenticate: Authenticate;
  readonly audit: Audit;
  readonly registry: Registry;
  /** What is not ready yet, in words; empty when all is. */
  readonly waitingFor: () => Promise<readonly string[]>;
  /** Routes below `/v1`. */
  readonly v1: readonly FastifyPluginAsync[];
  /** Routes outside of it: the Git server, the page. */
  readonly outside: readonly FastifyPluginAsync[];
  /** Origins that the page is served from (`https://control.example.com`); none: whatever host a request names. */
  readonly origins?: readonly string[];
  /** Addresses and ranges of proxies whose `X-Forwarded-*` is believed; none: nobody's. */
  readonly trustedProxies?: readonly string[];
  /** Bearer token for `/metrics`; none: it is answered on this machine alone, and only while nobody else reaches it. */
  readonly metricsToken?: string | null;
  readonly limits?: Partial<Limits>;
  /** Holds answers to their schemas: for tests. */
  readonly checkAnswers?: boolean;
}

/** The largest body of a request: two files of 1 MiB, or one that JSON makes twice as large. */
const BODY_BYTES = 2 * 1024 * 1024;
/** A client that sends slower than this is let go: headers within 15 s, all of a request within 5 minutes. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 300_000;

/** The HTTP server with all its routes, not listening yet. `close()` ends its sockets and streams as well. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { trustedProxies: proxies = [], origins = [] } = parts;
  const app: FastifyInstance = fastify({
    loggerInstance: parts.log,
    // One line an answer, below: fastify's own would hold whole addresses.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    http: { headersTimeout: HEADERS_MS },
    trustProxy: proxies.length === 0 ? false : [...proxies],
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    exposeHeadRoutes: false,
    return503OnClosing: true,
  }) as unknown as FastifyInstance;
  // What a form of another site can send without asking.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) => {
    const error = new WebError('request/no-route', 404, `There is no ${request.method} ${pathOf(request)}.`);
    return answerError(error, request, reply);
  });
  validateBySchemas(app);
  serializeBySchemas(app, parts.checkAnswers ?? false);
  await secureHeaders(app);
  await app.register(cookie);
  // Before the gate: it closes the connection of an upgrade that the gate refuses.
  await serveSockets(app);
  const limiter = await limitRates(app, { ...usualLimits, ...parts.limits });
  app.decorate('limiter', limiter);
  keepTrail(app, parts.audit);
  guardRoutes(app, { authenticate: parts.authenticate, limiter, origins });
  await describeApi(app);
  serveMetrics(app, parts.registry, {
    token: parts.metricsToken ?? null,
    isPublic: proxies.length > 0 || origins.some((origin) => !isLocalHost(new URL(origin).hostname)),
  });
  answerHealth(app, parts.waitingFor);
  for (const routes of parts.v1) await app.register(routes, { prefix: '/v1' });
  for (const routes of parts.outside) await app.register(routes);
  return app;
}

function answerError(given: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = webErrorOf(given, request.id);
  request.refusal = error;
  if (error.status >= 500) request.log.error({ err: given }, 'a request failed');
  void reply
    .code(error.status)
    .headers({ ...error.extra.headers })
    .type('application/problem+json');
  // Of a text that is a schema's or a caller's, nothing is to be made but what is answered here.
  return reply.serializer(JSON.stringify).send(problemJsonOf(error));
}

const pathOf = ({ url }: FastifyRequest): string => (url.split('?')[0] ?? '').slice(0, 200);
