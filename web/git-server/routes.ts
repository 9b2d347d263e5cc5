import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { WebError, webErrorOf } from '../errors.ts';
import { fromOf } from '../http/trail.ts';
import type { Audit } from '../ports.ts';
import type { BackendAnswer } from './backend.ts';
import { type GitService, refuseEntry } from './entry.ts';
import type { GitRequest, GitServer } from './git-server.ts';
import { type GitUser, type IdentifyParts, identify } from './identify.ts';
import { type PushOutcome, pushEntries } from './push-outcome.ts';

export interface GitRoutesParts extends IdentifyParts {
  readonly server: GitServer;
  readonly audit: Audit;
  /** Whether owners of tenants may clone, and so see all tenants' files. */
  readonly ownersUseGit: boolean;
}

interface Ask {
  Params: { repository: string };
  Querystring: { service?: string };
}

/** `/git/<name>.git`, as `git clone`, `fetch` and `push` speak it. There is no dumb protocol: no file is served as it is. */
export function gitRoutes(parts: GitRoutesParts): FastifyPluginAsync {
  return async (app) => {
    // Bodies flow through; each is counted where it is read.
    for (const service of ['git-upload-pack', 'git-receive-pack'])
      app.addContentTypeParser(`application/x-${service}-request`, (_request, _body, done) => done(null));
    app.setErrorHandler((error, request, reply) => answerGit(error, request, reply));
    app.get<Ask>('/git/:repository/info/refs', { schema: { hide: true } }, async (request, reply) => {
      const service = serviceOf(request.query.service);
      return serve(parts, request, reply, service, 'info/refs', `service=${service}`);
    });
    for (const service of ['git-upload-pack', 'git-receive-pack'] as const)
      app.post<Ask>(`/git/:repository/${service}`, { schema: { hide: true } }, async (request, reply) =>
        serve(parts, request, reply, service, service, ''),
      );
  };
}

async function serve(
  parts: GitRoutesParts,
  request: FastifyRequest<Ask>,
  reply: FastifyReply,
  service: GitService,
  below: string,
  query: string,
): Promise<FastifyReply> {
  const { server } = parts;
  const user = await identify(parts, request.headers.authorization);
  const refusal = refuseEntry(user, service, parts);
  if (user !== null) request.told.who = whoIs(user);
  request.told.target = request.params.repository;
  // Every client asks without a password first; and what a push came to is known when git has ended, not here.
  request.told.quiet = user === null ? request.headers.authorization === undefined : refusal === null;
  if (refusal !== null) throw refusal;
  if (request.params.repository !== server.repository)
    throw new WebError(
      'git/unknown',
      404,
      `There is no repository ${request.params.repository}; there is ${server.repository}.`,
    );
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const asked: GitRequest = {
    method: request.method === 'GET' ? 'GET' : 'POST',
    path: `/${server.repository}/${below}`,
    query,
    headers: {
      'content-type': request.headers['content-type'],
      'content-length': request.headers['content-length'],
      'content-encoding': request.headers['content-encoding'],
      'git-protocol': request.headers['git-protocol'] as string | undefined,
    },
    body: request.raw,
    signal: gone.signal,
  };
  const pushes = service === 'git-receive-pack' && request.method === 'POST' && user?.kind === 'person';
  const answer = pushes ? await push(parts, request, user, asked) : await server.fetch(asked);
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

/** What keeps a push from git is told as of any request; what git made of it, when that has ended. */
async function push(
  { server, audit }: GitRoutesParts,
  request: FastifyRequest<Ask>,
  user: Extract<GitUser, { kind: 'person' }>,
  asked: GitRequest,
): Promise<BackendAnswer> {
  const about = {
    who: whoIs(user),
    action: 'git.push',
    target: server.repository,
    from: fromOf(request),
  };
  const record = async (outcome: PushOutcome): Promise<void> => {
    for (const entry of pushEntries(outcome, server.branch)) await audit.record({ ...about, ...entry });
  };
  request.told.quiet = false;
  const answer = await server.push(asked, user.caller, (outcome) => {
    record(outcome).catch((err: unknown) => request.log.error({ err }, 'an audit entry was not written'));
  });
  request.told.quiet = true;
  return answer;
}

function serviceOf(service: string | undefined): GitService {
  if (service === 'git-upload-pack' || service === 'git-receive-pack') return service;
  throw new WebError('git/too-old', 403, 'Only the smart protocol is spoken here. Use a newer git.');
}

const whoIs = (user: GitUser): string =>
  user.kind === 'node' ? `node ${user.name}` : user.caller.person.email;

/** In words: git shows a text that comes with an error, and no JSON. */
function answerGit(given: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = webErrorOf(given, request.id);
  request.refusal = error;
  if (error.status >= 500) request.log.error({ err: given }, 'a git request failed');
  // What is left of a body that nobody wants to read ends with the connection.
  if (!request.raw.readableEnded) void reply.header('connection', 'close');
  return reply
    .code(error.status)
    .headers({ ...error.extra.headers })
    .type('text/plain; charset=utf-8')
    .send(`${error.message}\n`);
}
