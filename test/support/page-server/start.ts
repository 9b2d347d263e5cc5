import { pino } from 'pino';
import { Registry } from 'prom-client';
import Type from 'typebox';
import { WebError } from '../../../web/errors.ts';
import { servePage } from '../../../web/http/page.ts';
import type { Caller } from '../../../web/ports.ts';
import { typed } from '../../../web/request.ts';
import { createServer } from '../../../web/server.ts';
import { fixtureAccounts } from './accounts.ts';
import { fixtureEdits } from './edits.ts';
import { fixturePlatform } from './platform.ts';
import { fixtureReads } from './reads.ts';
import { FixtureState } from './state.ts';

export interface PageServer extends AsyncDisposable {
  readonly url: string;
  readonly state: FixtureState;
  readonly email: string;
  readonly password: string;
}

const email = 'ada@example.com';
const password = 'correct horse battery staple';

/** The control node's own HTTP server, with the page, and with fixtures instead of its parts behind it. */
export async function startPageServer(options: {
  readonly folder: string;
  readonly tenants?: number;
  readonly port?: number;
}): Promise<PageServer> {
  const state = new FixtureState(options.tenants ?? 44);
  const caller = (): Caller => {
    // An owner is acme's.
    const owns = new Set(state.role === 'tenant-owner' ? ['acme'] : []);
    return {
      id: state.person,
      person: { name: 'Ada Lovelace', email },
      role: state.role,
      tenants: state.role === 'tenant-owner' ? owns : null,
      owns,
      via: 'session',
    };
  };
  const app = await createServer({
    log: pino({ level: 'error' }),
    authenticate: async ({ headers }) => (/(^|; )fixture=1/.test(headers.cookie ?? '') ? caller() : null),
    audit: { record: () => Promise.resolve() },
    registry: new Registry(),
    waitingFor: () => Promise.resolve([]),
    checkAnswers: true,
    v1: [
      fixtureDoor,
      fixtureReads(state),
      fixturePlatform(state),
      fixtureAccounts(state),
      fixtureEdits(state),
      async (server) => {
        server.get('/events/ws', { websocket: true }, (socket) => state.live.join(socket));
      },
    ],
    outside: [servePage(options.folder)],
  });
  const url = await app.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return { url, state, email, password, [Symbol.asyncDispose]: () => app.close() };
}

/** In and out, by one cookie. */
const fixtureDoor: Parameters<typeof createServer>[0]['v1'][number] = async (app) => {
  const routes = typed(app);
  const body = Type.Object({ email: Type.String(), password: Type.String() });
  routes.post('/auth/login', { schema: { body } }, async (request, reply) => {
    if (request.body.email !== email || request.body.password !== password)
      throw new WebError('auth/bad-credentials', 401, 'E-mail or password is wrong.');
    return reply.header('set-cookie', 'fixture=1; Path=/; SameSite=Strict; HttpOnly').send({});
  });
  routes.post('/auth/refresh', {}, async () => {
    throw new WebError('auth/no-session', 401, 'There is no session to renew.');
  });
  routes.post('/auth/logout', {}, async (_request, reply) =>
    reply.header('set-cookie', 'fixture=; Path=/; Max-Age=0').send({}),
  );
};
