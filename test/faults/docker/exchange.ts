import { Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** An answer of the engine as a whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks the engine what the reconciler asked. */
export class Upstream {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** The answer as it begins; `body` is what was sent. */
  open(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method, url, headers } = request;
    return new Promise((resolve, reject) => {
      const asked = send(
        {
          socketPath: this.#socket,
          method: method ?? 'GET',
          path: url ?? '/',
          headers: { ...headers, connection: 'keep-alive' },
          agent: this.#agent,
        },
        resolve,
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async ask(request: IncomingMessage, body: Buffer): Promise<Reply> {
    const reply = await this.open(request, body);
    return { status: reply.statusCode ?? 502, headers: reply.headers, body: await buffer(reply) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Delivers a reply; resolves when it has left. */
export async function deliver(response: ServerResponse, reply: Reply): Promise<void> {
  response.writeHead(reply.status, withLength(reply));
  await new Promise<void>((resolve) => {
    response.once('finish', resolve);
    response.once('close', resolve);
    response.end(reply.body);
  });
}

/** The first half of a reply, and then the end of the connection. */
export function cut(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, withLength(reply));
  const half = reply.body.subarray(0, Math.floor(reply.body.length / 2));
  if (half.length === 0) response.socket?.destroy();
  else response.write(half, () => response.socket?.destroy());
}

/** What an engine says when it refuses. */
export function refusal(status: number, subject: string | null): Reply {
  const said: Readonly<Record<number, string>> = {
    404: `No such object: ${subject ?? 'page'}`,
    409: `Conflict. ${subject ?? 'It'} is in use`,
    500: 'a fault of the engine',
  };
  const body = Buffer.from(`${JSON.stringify({ message: said[status] ?? 'fault' })}\n`);
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function withLength({ status, headers, body }: Reply): Record<string, string | string[]> {
  const kept = Object.entries(headers).filter(
    ([name, value]) =>
      value !== undefined && !['transfer-encoding', 'content-length', 'connection'].includes(name),
  ) as [string, string | string[]][];
  const length = status === 204 || status === 304 ? [] : [['content-length', String(body.length)] as const];
  return Object.fromEntries([...kept, ...length]);
}
