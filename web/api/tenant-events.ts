import { once } from 'node:events';
import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { WebError } from '../errors.ts';
import { eventKinds, eventsOf } from '../fleet/events.ts';
import { placeOf } from '../fleet/place.ts';
import { OpenByAccount, type WatchParts, watchCaller } from '../live/watch-caller.ts';
import type { Branch, Fleet, Queryable } from '../ports.ts';
import { callerOf, typed } from '../request.ts';
import { word } from './models/common.ts';
import { eventPage } from './models/tenant.ts';

export interface TenantEventParts extends WatchParts {
  readonly db: Queryable;
  readonly fleet: Pick<Fleet, 'logs'>;
  readonly branch: Pick<Branch, 'desired' | 'onMoved'>;
}

const params = Type.Object({ tenant: Type.String({ maxLength: 63 }) });
const query = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  kind: Type.Optional(word(eventKinds)),
});

/** A comment this often keeps proxies from closing a log in which nothing is written. */
const aliveMs = 15_000;

/** What happened to a tenant, and what it writes. Who may ask is judged before. */
export function tenantEventRoutes(parts: TenantEventParts): FastifyPluginAsync {
  const { db, fleet, branch } = parts;
  const streams = new OpenByAccount();
  return async (app) => {
    const routes = typed(app);
    routes.get(
      '/tenants/:tenant/events',
      { schema: { params, querystring: query, response: { 200: eventPage } } },
      async ({ params: { tenant }, query: { limit = 50, before = null, kind = null } }) => {
        const place = placeOf(branch.desired(), tenant);
        const { items, next } = await eventsOf(db, tenant, { limit, before, kind, place });
        return { items, next: next === null ? null : String(next) };
      },
    );

    routes.get(
      '/tenants/:tenant/logs',
      {
        schema: {
          params,
          response: {
            200: {
              description: 'Lines as they are written: each `data:` is a list of them, as JSON.',
              content: { 'text/event-stream': { schema: Type.String() } },
            },
          },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const giveBack = streams.take(caller.id);
        if (giveBack === null) throw tooManyStreams();
        const gone = new AbortController();
        reply.raw.on('close', () => gone.abort(new Error('the client went away')));
        // He may have gone while it was looked up who he is.
        if (reply.raw.destroyed) gone.abort(new Error('the client went away'));
        const stop = watchCaller(parts, request, caller, () => gone.abort(new Error('he may not any more')));
        const signal = AbortSignal.any([gone.signal, app.closing]);
        reply.hijack();
        for (const [header, value] of Object.entries(reply.getHeaders())) {
          if (value !== undefined) reply.raw.setHeader(header, value);
        }
        reply.raw.writeHead(200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        });
        reply.raw.write(': lines follow as they are written\n\n');
        const alive = setInterval(() => reply.raw.write(': still here\n\n'), aliveMs);
        try {
          for await (const lines of fleet.logs(request.params.tenant, signal)) {
            const sent = reply.raw.write(`data: ${JSON.stringify(lines)}\n\n`);
            // Whoever reads slowly is waited for; what comes meanwhile is passed over where it is gathered.
            if (!sent) await once(reply.raw, 'drain', { signal });
          }
        } catch (error) {
          if (!signal.aborted) request.log.error({ err: error }, 'a log could not be streamed');
        } finally {
          clearInterval(alive);
          stop();
          giveBack();
          reply.raw.end();
        }
      },
    );
  };
}

function tooManyStreams(): WebError {
  const message = 'Too many logs are followed by this account at once: close one of them.';
  return new WebError('limit/streams', 429, message, { headers: { 'retry-after': '5' } });
}
