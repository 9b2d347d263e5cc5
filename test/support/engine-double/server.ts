import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { History } from './history.ts';
import { now } from './history.ts';
import { EngineProblem } from './problem.ts';
import { apiVersion, readBody, sendJson, sendNoPage, sendProblem } from './reply.ts';
import type { Asked, Handler } from './routes.ts';
import { containerRoutes } from './routes-containers.ts';
import { otherRoutes } from './routes-others.ts';

interface Route {
  readonly method: string;
  readonly template: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

// What has no part in braces comes first: `/containers/create` is no container.
const routes: readonly Route[] = Object.entries({ ...containerRoutes, ...otherRoutes })
  .map(([key, handler]) => {
    const [method = '', template = ''] = key.split(' ');
    // The name of an image has slashes.
    const inside = template.startsWith('/images/') ? '(.+)' : '([^/]+)';
    return { method, template, pattern: new RegExp(`^${template.replace(/\{\w+\}/, inside)}$`), handler };
  })
  .toSorted((a, b) => Number(a.template.includes('{')) - Number(b.template.includes('{')));

/** Serves an engine over HTTP on a unix socket, as dockerd does. */
export async function serveEngine(
  socket: string,
  parts: Pick<Asked, 'engine' | 'latency'>,
  history: History,
): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, parts, history).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else sendProblem(response, error instanceof EngineProblem ? error : new EngineProblem(500, message));
      // An engine says so in its own log; here it is a defect of the double, and must be seen.
      if (!(error instanceof EngineProblem)) console.error(error);
    });
  });
  // The engine keeps idle connections for as long as the client likes.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: Pick<Asked, 'engine' | 'latency'>,
  history: History,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  const version = /^\/v(\d+)\.(\d+)(?=\/)/.exec(url.pathname);
  const path = decodeURIComponent(url.pathname.slice(version?.[0].length ?? 0));
  const method = request.method ?? 'GET';
  const route = routes.find((one) => one.method === method && one.pattern.test(path));
  const query = Object.fromEntries(url.searchParams);
  const body = method === 'POST' ? readBody(request) : Promise.resolve({});
  // It is waited for below; until then a refusal is nobody's.
  body.catch(() => {});
  const template = route?.template ?? path;
  const record = history.request({ method, template, path, query, body: null });
  response.once('finish', () => {
    record.status = response.statusCode;
    record.answeredAt = now();
  });
  if (route === undefined) return sendNoPage(response);
  if (version !== null && Number(version[1]) * 1000 + Number(version[2]) > 1041) {
    const asked = version[0].slice(2);
    const message = `client version ${asked} is too new. Maximum supported API version is ${apiVersion}`;
    throw new EngineProblem(400, message);
  }
  const sent = await body;
  if (method === 'POST') record.body = sent;
  const ref = route.pattern.exec(path)?.[1] ?? '';
  const reply = await route.handler({ ...parts, ref, query, body: sent, request, response });
  if (reply !== null) sendJson(response, reply.status, reply.json);
}
