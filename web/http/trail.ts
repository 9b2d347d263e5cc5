import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebError } from '../errors.ts';
import type { Audit, AuditEntry } from '../ports.ts';
import { tenantOf } from './gate.ts';
import { changes } from './origin.ts';
import { isObject } from './plain.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What it was answered with instead of what it asked for; null while nothing went wrong. */
    refusal: WebError | null;
  }
}

/**
 * Writes the audit of what goes through the API: every change and every sign-in with its outcome and its commit, and every
 * refusal of a question too. An entry is in the store before the answer leaves; a change that is made stays made when the
 * entry cannot be written, and the log says so.
 */
export function keepTrail(app: FastifyInstance, audit: Audit): void {
  app.decorateRequest('refusal', null);
  app.addHook('preSerialization', async (request, _reply, payload) => {
    if (isObject(payload) && typeof payload['commit'] === 'string') request.told.commit ??= payload['commit'];
    return payload;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const entry = entryOf(request, reply);
    if (entry === null) return payload;
    await audit.record(entry).catch((err: unknown) => {
      request.log.error(
        { err, action: entry.action, target: entry.target },
        'an audit entry was not written',
      );
    });
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions, caller } = request;
    const route = routeOptions.url ?? 'none';
    const line = {
      method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      caller: caller?.id,
    };
    request.log.debug({ ...line, address: request.ip }, 'answered');
  });
}

/** What the audit keeps of a request; null for what it does not: questions that were answered, dry runs, health. */
export function entryOf(request: FastifyRequest, reply: FastifyReply): AuditEntry | null {
  const { line, refusal, told } = request;
  if (line === null || line.action === 'plan' || told.quiet === true) return null;
  const failed = reply.statusCode >= 400;
  const refused = failed && reply.statusCode < 500;
  const isChange = changes(request.method) && !isDryRun(request);
  if (!isChange && !(refused && isRefusal(request))) return null;
  return {
    who: told.who ?? request.caller?.person.email ?? 'anonymous',
    action: line.action,
    target: told.target ?? tenantOf(request) ?? (request.url.split('?')[0] ?? '').slice(0, 200),
    outcome: failed ? (refused ? 'refused' : 'failed') : 'done',
    ...(refusal === null ? {} : { reason: `${refusal.code}: ${refusal.message}`.slice(0, 500) }),
    from: fromOf(request),
    commit: failed ? null : (told.commit ?? null),
  };
}

/** Of questions, those that were refused for who asked, not those that were asked wrongly or for what is not there. */
const isRefusal = ({ refusal }: FastifyRequest): boolean =>
  refusal !== null && ([401, 403, 429].includes(refusal.status) || refusal.code === 'tenant/unknown');

function isDryRun({ query }: FastifyRequest): boolean {
  return isObject(query) && (query['dry-run'] === true || query['dry-run'] === 'true');
}

/** Address and what the client calls itself, without characters that would play with a terminal. */
export function fromOf({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): string {
  const agent = (headers['user-agent'] ?? '').replaceAll(/\p{C}/gu, '').slice(0, 200);
  return agent === '' ? ip : `${ip} ${agent}`;
}
