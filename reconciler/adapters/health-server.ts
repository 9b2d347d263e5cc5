import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ReconcilerError } from '../errors.ts';
import type { Verdict } from '../report/pass-record.ts';
import { prometheusContentType } from '../report/prometheus.ts';
import { errorCode } from './docker-errors.ts';

/** What is asked for when somebody asks. */
export interface HealthAnswers {
  readonly health: () => Verdict;
  readonly readiness: () => Verdict;
  /** In Prometheus' text format. */
  readonly metrics: () => string;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Only this machine reaches it: who else shall read it puts something in front that asks for a password. */
const address = '127.0.0.1';

/**
 * Answers `/healthz`, `/readyz` and `/metrics` on the loopback address.
 *
 * @param port 0 for any that is free
 * @throws ReconcilerError `health/port` when the port cannot be had
 */
export async function startHealthServer(port: number, answers: HealthAnswers): Promise<HealthServer> {
  const server = createServer((request, response) => answer(request, response, answers));
  // A probe asks one short question.
  Object.assign(server, { headersTimeout: 5_000, requestTimeout: 5_000, maxConnections: 32 });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, address, listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    const why = errorCode(error) === 'EADDRINUSE' ? 'another process listens there' : String(error);
    const message = `cannot offer health and metrics at ${address}:${port}: ${why}; choose another --health-port`;
    throw new ReconcilerError('health/port', message, { retry: 'never', cause: error });
  }
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the health server has no port');
  return {
    port: bound.port,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, answers: HealthAnswers): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
  } else if (pathname === '/healthz') tell(response, answers.health());
  else if (pathname === '/readyz') tell(response, answers.readiness());
  else if (pathname === '/metrics') {
    response.writeHead(200, { 'content-type': prometheusContentType }).end(answers.metrics());
  } else response.writeHead(404).end('There are /healthz, /readyz and /metrics.\n');
}

function tell(response: ServerResponse, { good, detail }: Verdict): void {
  response.writeHead(good ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(`${detail}\n`);
}
