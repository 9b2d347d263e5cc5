import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { foldEmail } from '../../schemas/email.ts';
import { oid, orNull, text, word } from '../api/models/common.ts';
import { type Accepted, accepted, editQuery, type Preview, preview } from '../api/models/edit.ts';
import { accessList } from '../api/models/platform.ts';
import { invite, revokeInvitation } from '../auth/invitations.ts';
import type { RoleRequest } from '../edits/roles.ts';
import { WebError } from '../errors.ts';
import type { Database } from '../ports.ts';
import { callerOf, fields, typed } from '../request.ts';
import { accessListOf } from './people.ts';
import type { RoleBook } from './roles.ts';

export interface AccessParts {
  readonly db: Database;
  readonly roles: () => RoleBook;
  readonly now: () => number;
  /** Makes the commit (or its preview) that gives somebody a role. */
  readonly giveRole: (request: RoleRequest) => Promise<Accepted | Preview>;
}

const email = Type.String({ format: 'email', maxLength: 254 });
/** One person at a time: what a whole list said when somebody read it would take back what others gave since. */
const roleBody = fields({
  base: Type.Optional(oid),
  email,
  role: orNull(word(['platform-admin', 'operator', 'viewer'])),
});
const inviteBody = fields({ email });
const invited = Type.Object({ email: text, token: text, path: text, expires: Type.Number() });

/** Who may do what: read it, invite somebody, and change it by a commit. */
export function accessRoutes(parts: AccessParts): FastifyPluginAsync {
  const { db, roles, now } = parts;
  return async (app) => {
    const routes = typed(app);
    routes.get('/access', { schema: { response: { 200: accessList } } }, () =>
      accessListOf(db, roles(), now()),
    );

    routes.post(
      '/access/invitations',
      { schema: { body: inviteBody, response: { 201: invited } } },
      async (request, reply) => {
        const email = foldEmail(request.body.email);
        request.told.target = email;
        const { token, expires } = await invite(db, {
          email,
          by: callerOf(request).person.email,
          now: now(),
        });
        // Behind the `#`, where it is sent to no server and stands in no log.
        return reply.code(201).send({ email, token, path: `/sign-up#invitation=${token}`, expires });
      },
    );

    // The address is in the body: paths stand in logs.
    routes.delete(
      '/access/invitations',
      { schema: { body: inviteBody, response: { 204: Type.Null() } } },
      async (request, reply) => {
        const email = foldEmail(request.body.email);
        request.told.target = email;
        if (!(await revokeInvitation(db, email))) throw noInvitation(email);
        return reply.code(204).send(null);
      },
    );

    routes.put(
      '/access/roles',
      { schema: { body: roleBody, querystring: editQuery, response: { 200: preview, 202: accepted } } },
      async (request, reply) => {
        const { email: given, role, base = null } = request.body;
        const dryRun = request.query['dry-run'] ?? false;
        const propose = request.query.propose ?? false;
        request.told.target = 'tenantry.yaml';
        const answer = await parts.giveRole({
          caller: callerOf(request),
          email: foldEmail(given),
          role,
          base,
          dryRun,
          propose,
        });
        return reply.code(dryRun ? 200 : 202).send(answer);
      },
    );
  };
}

function noInvitation(email: string): WebError {
  const message = `No invitation of ${email} is open: it has been used, or taken back already.`;
  return new WebError('access/no-invitation', 404, message);
}
