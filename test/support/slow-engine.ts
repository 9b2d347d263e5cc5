import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** An engine behind a proxy that answers late, and some calls never. */
export interface SlowEngine {
  /** `unix://…`, for `connectDocker`. */
  readonly host: string;
  /** How late every call reaches the engine, in milliseconds. */
  delayMs: number;
  /** Calls (`POST /containers/create?name=…`) that are taken and neither passed on nor answered. */
  hangs: (call: string) => boolean;
  /** Calls that hung so far. */
  readonly hung: readonly string[];
  close(): Promise<void>;
}

/** @param engineSocket path of the real engine's socket */
export async function openSlowEngine(engineSocket: string): Promise<SlowEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-slow-'));
  const socket = join(folder, 'docker.sock');
  const hung: string[] = [];
  const server = createServer((incoming, outgoing) => void pass(incoming, outgoing));
  const slow: SlowEngine = {
    host: `unix://${socket}`,
    delayMs: 0,
    hangs: () => false,
    hung,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url: path = '', headers } = incoming;
    const call = `${method} ${decodeURIComponent(path)}`;
    if (slow.hangs(call)) return void hung.push(call);
    await sleep(slow.delayMs);
    const onward = request({ socketPath: engineSocket, method, path, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers).flushHeaders();
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return slow;
}
