import type { IncomingMessage, ServerResponse } from 'node:http';
import { EngineProblem } from './problem.ts';

export const apiVersion = '1.41';
export const serverVersion = '20.10.24+dfsg1';

const engineHeaders = {
  'Api-Version': apiVersion,
  'Docker-Experimental': 'false',
  Ostype: 'linux',
  Server: `Docker/${serverVersion} (linux)`,
};

/** A reply that Go's server has not sent when the handler ends gets a length; a longer one goes out in chunks. */
const buffered = 2048;

/** Answers with JSON text, or with a status alone. */
export function sendJson(response: ServerResponse, status: number, text: string | null): void {
  if (text === null) {
    response.writeHead(status, { ...engineHeaders }).end();
    return;
  }
  const body = `${text}\n`;
  const length = Buffer.byteLength(body);
  response.writeHead(status, {
    ...engineHeaders,
    'Content-Type': 'application/json',
    ...(length <= buffered ? { 'Content-Length': length } : {}),
  });
  response.end(body);
}

export function sendText(response: ServerResponse, text: string): void {
  const caching = { 'Cache-Control': 'no-cache, no-store, must-revalidate', Pragma: 'no-cache' };
  const type = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length };
  response.writeHead(200, { ...engineHeaders, ...caching, ...type }).end(text);
}

/** Begins a reply that goes on: its head is on the wire at once. */
export function beginStream(response: ServerResponse, type: string | null): void {
  response.writeHead(200, { ...engineHeaders, ...(type === null ? {} : { 'Content-Type': type }) });
  response.flushHeaders();
}

export function sendProblem(response: ServerResponse, problem: EngineProblem): void {
  sendJson(response, problem.status, JSON.stringify({ message: problem.message }));
}

/** Not a word of the engine's own: its router answers. */
export function sendNoPage(response: ServerResponse): void {
  const body = `${JSON.stringify({ message: 'page not found' })}\n`;
  response.writeHead(404, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

/**
 * The JSON body of a request; an empty one is an empty object.
 * @throws EngineProblem 400 for another content type, 500 for what is no JSON
 */
export async function readBody(request: IncomingMessage): Promise<object> {
  const parts: Buffer[] = [];
  const chunks: AsyncIterable<Buffer> = request;
  for await (const chunk of chunks) parts.push(chunk);
  const text = Buffer.concat(parts).toString();
  if (text === '') return {};
  const type = (request.headers['content-type'] ?? '').split(';')[0];
  if (type !== 'application/json') {
    throw new EngineProblem(400, `Content-Type specified (${type}) must be 'application/json'`);
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    throw new EngineProblem(500, 'invalid character in the body, looking for the beginning of a value');
  }
}
