import { once } from 'node:events';
import websocket from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { link } from '../../schemas/link/messages.ts';

/** A message of a node: its entries are the largest. What anybody else says is short. */
const LARGEST_ENTRY = 8 * 1024 * 1024;
const LARGEST_MESSAGE = 16 * 1024;
/** Milliseconds that answers and sockets get to end by themselves. */
const PATIENCE = 3_000;

/**
 * WebSockets, and an end of the server that ends: sockets are told to go away, what streams is told through
 * `app.closing`, and whoever has not gone after a while is cut off.
 */
export async function serveSockets(app: FastifyInstance): Promise<void> {
  const closing = new AbortController();
  app.decorate('closing', closing.signal);
  await app.register(websocket, {
    options: { maxPayload: LARGEST_MESSAGE },
    preClose: (done) => {
      closing.abort();
      const { clients } = app.websocketServer;
      for (const client of clients) client.close(1001, 'The control node is going down.');
      const timer = setTimeout(() => {
        for (const client of clients) client.terminate();
        app.server.closeAllConnections();
      }, PATIENCE);
      app.server.once('close', () => clearTimeout(timer));
      void Promise.all([...clients].map(closed)).then(() => done());
    },
  });
  const { options } = app.websocketServer;
  // The last that is told of an upgrade before its socket is made, with these options.
  app.websocketServer.on('headers', (_headers, { url }) => {
    options.maxPayload = url?.split('?')[0] === link.path ? LARGEST_ENTRY : LARGEST_MESSAGE;
  });
}

const closed = (client: WebSocket): Promise<unknown> =>
  client.readyState === client.CLOSED ? Promise.resolve() : once(client, 'close');
