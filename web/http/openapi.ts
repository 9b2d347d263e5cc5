import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { isObject } from '../../schemas/is-object.ts';
import { lineOf, type TableLine } from '../access/table.ts';
import { problemJson } from '../api/models/common.ts';

const PROBLEM = 'Problem';

/** OpenAPI 3.1 of all that is registered after it, from the schemas of the routes. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  app.addSchema({ $id: PROBLEM, ...problemJson });
  await app.register(swagger, {
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, index) =>
        typeof $id === 'string' ? $id : `def-${index}`,
    },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tenantry',
        version: '1',
        description: 'The control node. Every change is a commit to the desired-state repository.',
      },
      components: {
        securitySchemes: {
          accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-tenantry' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      if (!url.startsWith('/v1/')) return { schema: { ...schema, hide: true }, url };
      const line = lineOf(String(route.method), url);
      const open = line === null || typeof line.who === 'string';
      const asks = open ? 'Open.' : `For ${line.who.join(', ')}.`;
      const security =
        line?.who === 'anyone' || line?.who === 'self' ? [] : [{ accessToken: [] }, { session: [] }];
      const tags = [url.split('/')[2] ?? 'v1'];
      const response = responsesOf(schema, line, { method: String(route.method), url });
      return { schema: { tags, description: asks, security, ...schema, response }, url };
    },
  });
  app.get('/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** What each route may answer beside what it says itself, and why. */
const refusals = {
  400: 'What was sent is not as this describes it.',
  401: 'Nobody is signed in, or what was presented does not hold.',
  403: 'It is not for who asks.',
  404: 'It is not there, or who asks may not know of it.',
  429: 'Too many requests; `retry-after` says when to try again.',
  503: 'The control node cannot answer just now.',
} as const;

/** The answers of a route as they are sent: whatever went wrong is a problem, whose kind is `code`. */
function responsesOf(
  schema: { readonly response?: unknown; readonly body?: unknown; readonly querystring?: unknown } = {},
  line: TableLine | null,
  { method, url: path }: { readonly method: string; readonly url: string },
): Record<string, unknown> {
  const own = isObject(schema.response) ? schema.response : {};
  const takes = schema.body !== undefined || schema.querystring !== undefined || path.includes('/:');
  const open = method === 'GET' && line?.who === 'anyone';
  const refused = Object.entries(refusals).filter(([status]) => {
    if (status === '400') return takes;
    if (status === '404') return path.includes('/:');
    return !open || (status !== '401' && status !== '403');
  });
  const answers: Record<string, unknown> = {};
  for (const [status, why] of refused) answers[status] = problem(why);
  for (const [status, answer] of Object.entries(own))
    answers[status] = Number(status) < 400 ? answer : problem(described[status] ?? 'It was refused.');
  return answers;
}

const described: Readonly<Record<string, string>> = {
  ...refusals,
  409: 'It was made from what is not the newest any more; `conflict` has both texts.',
  422: 'It would leave problems, or cannot be done; `problems` says where.',
};

function problem(description: string): object {
  return { description, content: { 'application/problem+json': { schema: { $ref: `${PROBLEM}#` } } } };
}
