import type { FastifyInstance } from 'fastify';

/** `/healthz`: the process answers. `/readyz`: what it needs is there, or 503 with what is missing. */
export function answerHealth(app: FastifyInstance, waitingFor: () => Promise<readonly string[]>): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const missing = app.closing.aborted ? ['the control node is going down'] : await waitingFor();
    return reply
      .code(missing.length === 0 ? 200 : 503)
      .send({ status: missing.length === 0 ? 'ok' : 'waiting', missing });
  });
}
