import type { FastifyInstance, FastifyTypeProvider } from 'fastify';
import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import type { TableLine } from './access/table.ts';
import type { Session } from './auth/sessions.ts';
import type { Caller } from './ports.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that ask nobody, or that judge for themselves. */
    caller: Caller | null;
    /** The session by which he asks; null where there is none. */
    session: Session | null;
    /**
     * What the audit says of this request beside what it can see itself. A route sets it where the audit would not know:
     * who signed in, which commit a push made. `quiet`: it writes its own entry, or there is nothing to keep. `note`:
     * what is to be known of what was done. `hidden`: what he is told is not there, he may not know of.
     */
    told: {
      who?: string;
      target?: string;
      commit?: string | null;
      quiet?: boolean;
      note?: string;
      hidden?: boolean;
    };
    /** The line of the access table that this request was judged by. */
    line: TableLine | null;
  }
  interface FastifyInstance {
    /** Aborted when the server closes: what streams ends then. */
    closing: AbortSignal;
  }
}

/** Types of `request.body`, `params` and `query` from the TypeBox schemas of the route. */
export interface FromTypeBox extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** The server as routes are registered on it: `const routes = typed(app)`. */
export function typed(app: FastifyInstance) {
  return app.withTypeProvider<FromTypeBox>();
}

/** Who asks, on a route that asks. The access hook has made sure of it. */
export function callerOf(request: { readonly caller: Caller | null }): Caller {
  if (request.caller === null)
    throw new Error('A route that needs a caller is open to anyone in the access table.');
  return request.caller;
}

/** A body or query that refuses what it does not name. */
export function fields<P extends TProperties>(
  properties: P,
  options: { readonly description?: string } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}
