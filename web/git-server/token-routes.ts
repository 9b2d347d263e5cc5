import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { gitTokenMade, gitTokens, newGitToken } from '../api/models/git-token.ts';
import { WebError } from '../errors.ts';
import type { Caller, Queryable } from '../ports.ts';
import { callerOf, typed } from '../request.ts';
import { refuseEntry } from './entry.ts';
import { createGitToken, type GitScope, listGitTokens, revokeGitToken } from './tokens.ts';

export interface TokenRoutesParts {
  readonly db: Queryable;
  /** Where a clone comes from; null when the repository is at another host, whose tokens these are not. */
  readonly cloneUrl: () => string | null;
  readonly ownersUseGit: boolean;
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 90;
/** Enough for a person's machines and programs; a store of millions is nobody's need. */
const MOST = 50;
const tags = ['git'];

/** `/git-tokens`: everybody sees, makes and revokes his own. What one is good for is looked up when it is used. */
export function gitTokenRoutes({ db, cloneUrl, ownersUseGit, now }: TokenRoutesParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    routes.get(
      '/git-tokens',
      { schema: { tags, summary: 'Your Git tokens', response: { 200: gitTokens } } },
      async (request) => ({
        cloneUrl: cloneUrl(),
        may: usesOf(callerOf(request), ownersUseGit),
        tokens: [...(await listGitTokens(db, callerOf(request).id, now()))],
      }),
    );
    routes.post(
      '/git-tokens',
      { schema: { tags, summary: 'Make a Git token', body: newGitToken, response: { 201: gitTokenMade } } },
      async (request, reply) => {
        const { name, scopes, days = USUAL_DAYS } = request.body;
        const { id } = callerOf(request);
        request.told.target = `git token ${name}`;
        if (cloneUrl() === null)
          throw new WebError(
            'git/elsewhere',
            409,
            'The repository is at another Git host; make a token there.',
          );
        if ((await listGitTokens(db, id, now())).length >= MOST)
          throw new WebError(
            'git/too-many-tokens',
            409,
            `You have ${MOST} tokens. Revoke one that is not used.`,
          );
        const expiresAt = now() + days * DAY_MS;
        const made = await createGitToken(db, { name, scopes, owner: { account: id }, expiresAt }, now());
        return reply.code(201).send(made);
      },
    );
    routes.delete(
      '/git-tokens/:id',
      {
        schema: {
          tags,
          summary: 'Revoke a Git token',
          params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        request.told.target = `git token ${id}`;
        if (!(await revokeGitToken(db, callerOf(request).id, id)))
          throw new WebError('git/unknown-token', 404, 'You have no such token.');
        return reply.code(204).send(null);
      },
    );
  };
}

/** What a token of a person would be let in with. */
function usesOf(caller: Caller, ownersUseGit: boolean): GitScope[] {
  const user = { kind: 'person', name: '', scopes: ['read', 'push'], caller } as const;
  const services = { read: 'git-upload-pack', push: 'git-receive-pack' } as const;
  return user.scopes.filter((scope) => refuseEntry(user, services[scope], { ownersUseGit }) === null);
}
