import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineHost } from './engine.ts';

/** A byte proxy in front of a real engine, which can lose what the engine answers. */
export interface DockerProxy {
  /** `unix://…`, for `connectDocker`. */
  readonly host: string;
  /**
   * `pass` everything; `refuse`: connections end at once; `hang`: requests reach the engine, answers do not come back; `cut`: the connection ends after
   * the first `bytes` of an answer.
   */
  behave(how: 'pass' | 'refuse' | 'hang' | { readonly cut: number }): void;
  /** Ends all connections that are open now. */
  drop(): void;
  /** How many connections were made. */
  connections(): number;
  close(): Promise<void>;
}

/** @param engineSocket path of the real engine's socket; by default of the one that the tests use */
export async function openDockerProxy(
  engineSocket = engineHost().replace('unix://', ''),
): Promise<DockerProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-proxy-'));
  const path = join(folder, 'docker.sock');
  const open = new Set<Socket>();
  let how: 'pass' | 'refuse' | 'hang' | { readonly cut: number } = 'pass';
  let connections = 0;

  const server = createServer((client) => {
    connections += 1;
    if (how === 'refuse') {
      client.destroy();
      return;
    }
    const engine = connect(engineSocket);
    for (const socket of [client, engine]) {
      open.add(socket);
      // Either end may go away at any time: that is what the proxy is for.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        // An engine that hangs does not end connections either.
        if (socket === client || how !== 'hang') {
          client.destroy();
          engine.destroy();
        }
      });
    }
    client.pipe(engine);
    engine.on('data', (chunk) => {
      if (how === 'hang') return;
      if (how === 'pass') client.write(chunk);
      else if (how !== 'refuse') client.end(chunk.subarray(0, how.cut));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const drop = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    host: `unix://${path}`,
    behave: (next) => void (how = next),
    drop,
    connections: () => connections,
    async close() {
      drop();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
