import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An engine behind a proxy that passes every call and swallows every event. */
export interface EventlessEngine {
  /** `unix://…`, for `connectDocker`. */
  readonly host: string;
  /** How many event streams were asked for. */
  streams(): number;
  close(): Promise<void>;
}

/** @param engineSocket path of the real engine's socket */
export async function openEventlessEngine(engineSocket: string): Promise<EventlessEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-eventless-'));
  const socket = join(folder, 'docker.sock');
  let streams = 0;
  const server = createServer((incoming, outgoing) => {
    if (/^(\/v[\d.]+)?\/events/.test(incoming.url ?? '')) {
      streams += 1;
      // As an engine on which nothing ever happens: the stream is open and stays silent.
      outgoing.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request({ socketPath: engineSocket, method, path, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    host: `unix://${socket}`,
    streams: () => streams,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
