import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isObject } from '../../schemas/is-object.ts';
import type { WebError } from '../errors.ts';
import type { Audit, AuditEntry } from '../ports.ts';
import { tenantOf } from './gate.ts';
import { changes } from './origin.ts';
import { repeats } from './repeats.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What it was answered with instead of what it asked for; null while nothing went wrong. */
    refusal: WebError | null;
  }
}

/**
 * Writes the audit of what goes through the API: every change and every sign-in with its outcome and its commit, and the
 * refusals of questions too. An entry is in the store before the answer leaves; a change that is made stays made when the
 * entry cannot be written, and the log says so. Who is refused the same thing again within a minute is written down once:
 * nobody fills the store by knocking.
 */
export function keepTrail(app: FastifyInstance, audit: Audit): void {
  app.decorateRequest('refusal', null);
  const isRepeated = repeats();
  app.addHook('preSerialization', async (request, _reply, payload) => {
    if (isObject(payload) && typeof payload['commit'] === 'string') request.told.commit ??= payload['commit'];
    const proposal = isObject(payload) ? payload['proposal'] : null;
    if (isObject(proposal) && typeof proposal['branch'] === 'string')
      request.told.note ??= `proposed as ${proposal['branch']}`;
    return payload;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const entry = entryOf(request, reply);
    if (entry === null || isRepeated(entry, Date.now())) return payload;
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

/** What changes nothing that anybody would look for, although it is sent as a change is: kept only when it is refused. */
const unremarkable = new Set(['plan', 'git.fetch', 'webhook', 'auth.refresh']);

/**
 * What the audit keeps of a request; null for what it does not: questions that were answered, or asked by nobody (a page
 * that finds out that one has to sign in, a git that finds out that it needs a password), and dry runs.
 */
export function entryOf(request: FastifyRequest, reply: FastifyReply): AuditEntry | null {
  const { line, refusal, told } = request;
  if (line === null || told.quiet === true) return null;
  const failed = reply.statusCode >= 400;
  if (!failed && unremarkable.has(line.action)) return null;
  const refused = failed && reply.statusCode < 500;
  const isChange = changes(request.method) && !isDryRun(request);
  if (!isChange && !(refused && isRefusal(request))) return null;
  return {
    who: told.who ?? request.caller?.person.email ?? 'anonymous',
    action: line.action,
    target: told.target ?? tenantOf(request) ?? (request.url.split('?')[0] ?? '').slice(0, 200),
    outcome: failed ? (refused ? 'refused' : 'failed') : 'done',
    ...reasonOf(refusal === null ? told.note : `${refusal.code}: ${refusal.message}`),
    from: fromOf(request),
    commit: failed ? null : (told.commit ?? null),
  };
}

function reasonOf(text: string | undefined): Pick<AuditEntry, 'reason'> {
  return text === undefined ? {} : { reason: text.slice(0, 500) };
}

/** Of questions, those that were refused for who asked, not those that were asked wrongly or for what is not there. */
function isRefusal({ refusal, headers, told }: FastifyRequest): boolean {
  if (refusal === null) return false;
  if (told.hidden === true) return true;
  const { status, code } = refusal;
  const presents = headers.authorization !== undefined || headers.cookie !== undefined;
  return status === 403 || status === 429 || code === 'tenant/unknown' || (status === 401 && presents);
}

function isDryRun({ query }: FastifyRequest): boolean {
  return isObject(query) && (query['dry-run'] === true || query['dry-run'] === 'true');
}

/** Address and what the client calls itself, without characters that would play with a terminal. */
export function fromOf({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): string {
  const agent = (headers['user-agent'] ?? '').replaceAll(/\p{C}/gu, '').slice(0, 200);
  return agent === '' ? ip : `${ip} ${agent}`;
}
