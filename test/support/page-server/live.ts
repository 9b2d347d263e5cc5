import type { WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../../../web/api/models/live.ts';

/** The browsers' sockets: who wants what, and what is said to them. */
export class FixtureLive {
  readonly #sockets = new Map<WebSocket, Set<string>>();

  /** While it is set, nobody gets a line. */
  away = false;
  /** While it is set, nothing is answered, as on a line that is silently cut. */
  mute = false;

  join(socket: WebSocket): void {
    if (this.away) return socket.terminate();
    const topics = new Set<string>();
    this.#sockets.set(socket, topics);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as ClientMessage;
      if (message.type === 'ping') {
        if (!this.mute) socket.send(JSON.stringify({ type: 'pong' } satisfies ServerMessage));
        return;
      }
      for (const topic of message.topics) {
        if (message.type === 'subscribe') topics.add(topic);
        else topics.delete(topic);
      }
      if (message.type === 'subscribe') this.#welcome(socket, message.topics);
    });
  }

  say(topic: string, message: ServerMessage): void {
    for (const [socket, topics] of this.#sockets) if (topics.has(topic)) socket.send(JSON.stringify(message));
  }

  /** Cuts all lines, as a network does. */
  cut(): void {
    for (const socket of this.#sockets.keys()) socket.terminate();
  }

  /** Ends all lines as the server does for somebody who is to sign in again. */
  signOut(): void {
    for (const socket of this.#sockets.keys()) socket.close(4401, 'sign in again');
  }

  #welcome(socket: WebSocket, topics: readonly string[]): void {
    const answer: ServerMessage = { type: 'subscribed', topics: [...topics] };
    socket.send(JSON.stringify(answer));
    for (const topic of topics.filter((one) => one.startsWith('logs:'))) {
      const tenant = topic.slice('logs:'.length);
      const lines = Array.from({ length: 40 }, (_, index) => ({
        at: new Date(Date.now() - (40 - index) * 1_000).toISOString(),
        stream: index % 9 === 4 ? 'stderr' : 'stdout',
        line:
          index % 9 === 4
            ? 'warn: <b>retrying</b> the upstream in 2 s'
            : `{"level":"info","msg":"answered","ms":${12 + index}}`,
      }));
      socket.send(JSON.stringify({ type: 'log', tenant, lines } satisfies ServerMessage));
    }
  }
}
