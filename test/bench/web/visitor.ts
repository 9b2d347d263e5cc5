import { once } from 'node:events';
import WebSocket from 'ws';
import type { SignedIn } from '../../../web/api/models/auth.ts';
import type { ServerMessage } from '../../../web/api/models/live.ts';
import type { Me } from '../../../web/api/models/platform.ts';

const password = 'correct horse battery';

/** Somebody at the page: a browser session, and requests as the page sends them. */
export class Visitor {
  readonly url: string;
  readonly #headers: Record<string, string>;

  private constructor(url: string, headers: Record<string, string>) {
    this.url = url;
    this.#headers = headers;
  }

  /**
   * @param address where he seems to come from: a control node that trusts this machine as its proxy takes it for his, and
   *   limits him by it
   */
  static async signUp(
    url: string,
    who: {
      readonly email: string;
      readonly name: string;
      readonly invitation: string;
      readonly address?: string;
    },
  ): Promise<Visitor> {
    const { address, ...account } = who;
    const visitor = new Visitor(url, address === undefined ? {} : { 'x-forwarded-for': address });
    const reply = await visitor.#send('POST', '/v1/auth/signup', { ...account, password });
    await answerOf<SignedIn>(reply);
    const [cookie = ''] = reply.headers.getSetCookie().map((text) => text.split(';', 1)[0] ?? '');
    visitor.#headers['cookie'] = cookie;
    visitor.#headers['origin'] = url;
    visitor.#headers['x-csrf-token'] = (await visitor.ask<Me>('GET', '/v1/me')).csrf;
    return visitor;
  }

  /** What each of his requests carries. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }

  /** @throws Error with the answer when it is refused */
  async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return answerOf<Answer>(await this.#send(method, path, body));
  }

  #send(method: string, path: string, body?: unknown): Promise<Response> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    return fetch(this.url + path, { method, headers: { ...this.#headers, ...type }, ...json });
  }
}

async function answerOf<Answer>(reply: Response): Promise<Answer> {
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${reply.url} answers ${reply.status}: ${text}`);
  return JSON.parse(text) as Answer;
}

/** The page's socket: opens it, follows topics, and hands over what comes. @throws when it does not stand within 10 s */
export async function openSocket(
  visitor: Visitor,
  topics: readonly string[],
  onMessage: (message: ServerMessage) => void,
): Promise<{ close(): Promise<void> }> {
  const url = `${visitor.url.replace(/^http/, 'ws')}/v1/events/ws`;
  const socket = new WebSocket(url, { headers: { ...visitor.headers }, handshakeTimeout: 10_000 });
  const subscribed = Promise.withResolvers<void>();
  socket.on('error', subscribed.reject);
  socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', topics })));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as ServerMessage;
    if (message.type === 'refused') subscribed.reject(new Error(`${message.topic}: ${message.detail}`));
    if (message.type === 'subscribed') subscribed.resolve();
    onMessage(message);
  });
  await subscribed.promise;
  return {
    async close() {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}
