import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { own } from '../../schemas/own.ts';
import { WebError } from '../errors.ts';
import { type NodeViewParts, nodeView, nodeViews } from '../fleet/node-view.ts';
import { enrol, makeJoinToken, revoke } from '../link/enrolment.ts';
import type { Branch, Database } from '../ports.ts';
import { callerOf, fields, typed } from '../request.ts';
import { at, orNull, text } from './models/common.ts';
import { nodeList, nodeView as nodeModel } from './models/platform.ts';

export interface NodeRouteParts extends NodeViewParts {
  readonly db: Database;
  readonly branch: Pick<Branch, 'desired' | 'head' | 'refresh'>;
  readonly now: () => number;
  /** Where the embedded repository is cloned from; null when the repository is at another host. */
  readonly cloneUrl: () => string | null;
  /** Where nodes reach the control node; null: as whoever asks for a join token does. */
  readonly publicUrl: string | null;
  /** A node was given a token, has enrolled, or its key is not accepted any more. */
  readonly onEnrolled: (node: string, enrolled: boolean) => void;
  /** Ends the link of a node whose key is another one now, or none. */
  readonly drop: (node: string) => void;
}

const name = Type.String({ pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: 63 });
const params = Type.Object({ node: name });
const joinToken = Type.Object({
  token: text,
  expires: at,
  command: Type.String({ description: 'What to run on the node.' }),
});
const enrolment = fields({
  token: Type.String({ maxLength: 200 }),
  node: name,
  publicKey: Type.String({ description: 'Ed25519, as the `x` of its JWK.', pattern: '^[A-Za-z0-9_-]{43}$' }),
  proof: Type.String({ description: 'A token as for the node link, signed by that key.', maxLength: 1_000 }),
});
const enrolled = Type.Object({
  node: text,
  gitToken: orNull(
    Type.String({
      description:
        'For reading the repository; null where that is at another host. It takes the place of the one before.',
    }),
  ),
});

/** Nodes: what they say of themselves, and how one joins. */
export function nodeRoutes(parts: NodeRouteParts): FastifyPluginAsync {
  const { db, branch, now, onEnrolled, drop, cloneUrl } = parts;
  return async (app) => {
    const routes = typed(app);
    routes.get('/nodes', { schema: { response: { 200: nodeList } } }, async () => ({
      items: nodeViews(parts),
      revision: branch.head(),
    }));

    routes.get(
      '/nodes/:node',
      { schema: { params, response: { 200: nodeModel } } },
      async ({ params: { node } }) => {
        const found = nodeView(parts, node);
        if (found === null) throw noSuchNode(node);
        return found;
      },
    );

    routes.post(
      '/nodes/:node/join-token',
      { schema: { params, response: { 201: joinToken } } },
      async (request, reply) => {
        const { node } = request.params;
        request.told.target = node;
        // It may have been added at a Git host just now.
        if (!isInGit(branch, node)) await branch.refresh();
        if (!isInGit(branch, node)) throw noSuchNode(node);
        const by = callerOf(request).person.email;
        const made = await makeJoinToken(db, { node, by, now: now() });
        const control = parts.publicUrl ?? `${request.protocol}://${request.host}`;
        const command = `tenantry node join --control ${control} --node ${node} --token ${made.token}`;
        return reply.code(201).send({ ...made, command });
      },
    );

    routes.post(
      '/nodes/enrol',
      { schema: { body: enrolment, response: { 200: enrolled } } },
      async (request) => {
        const { node } = request.body;
        request.told = { who: `node ${node}`, target: node };
        const options = { now: now(), servesGit: cloneUrl() !== null };
        const { replaced, gitToken } = await enrol(db, request.body, options);
        if (replaced) drop(node);
        onEnrolled(node, true);
        return { node, gitToken };
      },
    );

    routes.delete(
      '/nodes/:node/key',
      { schema: { params, response: { 204: Type.Null() } } },
      async (request, reply) => {
        const { node } = request.params;
        request.told.target = node;
        const isSeen = parts.fleet.node(node) !== null;
        // One that was given a join token and has not come yet has no key, and is to get none.
        if (!(await revoke(db, node)) && !isSeen) throw noSuchNode(node);
        drop(node);
        if (isSeen) onEnrolled(node, false);
        return reply.code(204).send(null);
      },
    );
  };
}

function isInGit(branch: Pick<Branch, 'desired'>, node: string): boolean {
  return own(branch.desired()?.nodes ?? {}, node) !== undefined;
}

const noSuchNode = (node: string): WebError =>
  new WebError(
    'node/unknown',
    404,
    `There is no node "${node}": nodes/${node}.yaml is not in the repository.`,
  );
