import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Parsed where it is JSON, the text otherwise. */
  readonly body: unknown;
}

/** Speaks to an engine as another hand does: the API as it stands, nothing added and nothing judged. */
export class RawClient {
  readonly #socket: string;
  readonly #agent = new Agent({ keepAlive: true });

  /** @param socket path of the engine's unix socket */
  constructor(socket: string) {
    this.#socket = socket;
  }

  async ask(method: string, path: string, body?: object, headers: object = {}): Promise<RawReply> {
    const reply = await this.open(method, path, body, headers);
    const received = await text(reply);
    return { status: reply.statusCode ?? 0, headers: reply.headers, body: parsed(received) };
  }

  /** A reply that has begun. */
  open(method: string, path: string, body?: object, headers: object = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const options = {
        socketPath: this.#socket,
        agent: this.#agent,
        method,
        path,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      };
      const asked = request(options, resolve).on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parsed(received: string): unknown {
  try {
    return JSON.parse(received);
  } catch {
    return received;
  }
}
