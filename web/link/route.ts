import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { verifyNodeToken } from '../auth/node-tokens.ts';
import { WebError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import { enrolledKey } from './enrolment.ts';
import type { Hub } from './hub.ts';

export interface LinkRouteParts {
  readonly db: Queryable;
  readonly hub: Hub;
  readonly now: () => number;
}

/** How long a token is remembered: longer than it is good for. */
const rememberMs = 120_000;

/** Where nodes dial in. A token comes in the header alone, and opens one link. */
export function linkRoute({ db, hub, now }: LinkRouteParts): FastifyPluginAsync {
  const used = new Map<string, number>();
  const linking = new WeakMap<object, string>();
  return async (app) => {
    app.get(
      '/link',
      {
        websocket: true,
        schema: { hide: true },
        preValidation: async (request) => {
          const token = bearerOf(request);
          const at = now();
          const node = await verifyNodeToken(token, (name) => enrolledKey(db, name), at);
          for (const [old, since] of used) if (at - since > rememberMs) used.delete(old);
          if (used.has(token)) throw new WebError('link/token', 401, "The node's token was used before.");
          used.set(token, at);
          linking.set(request, node);
        },
      },
      (socket, request) => {
        const node = linking.get(request);
        if (node === undefined) return socket.close(1011);
        hub.add(node, socket);
      },
    );
  };
}

function bearerOf({ headers }: FastifyRequest): string {
  const [, token] = /^Bearer ([\w.~+/-]+=*)$/.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) {
    throw new WebError('link/token', 401, "A node's token is missing from the Authorization header.");
  }
  return token;
}
