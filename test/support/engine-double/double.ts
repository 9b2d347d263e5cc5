import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Addresses, lockBlock } from './addresses.ts';
import { Documents } from './documents.ts';
import { type EngineParts, makeEngine } from './engine.ts';
import { History } from './history.ts';
import { addImage, type ImageParts } from './images.ts';
import { Latency } from './latency.ts';
import { Output } from './output.ts';
import { Runtimes } from './runtimes.ts';
import { serveEngine } from './server.ts';
import type { Container } from './shapes.ts';
import { World } from './world.ts';

export interface DoubleOptions {
  /** Times a real engine takes, multiplied by this; default 0: every call is as quick as it can be. */
  readonly latency?: number;
  /** Whether the reference runtime answers on the containers' addresses; default yes. */
  readonly serve?: boolean;
  /** Whether the history is kept; default yes. Without it, only counted. */
  readonly history?: boolean;
  /** Where volumes and the socket are; by default a folder of its own that `close` removes. */
  readonly folder?: string;
}

/**
 * A Docker engine without Docker, over HTTP on a unix socket: the Engine API 1.41 as far as the reconciler and the
 * tests use it, held to the real engine by `test/reconciler/adapters/docker-contract.ts` and `engine-http-contract.ts`.
 */
export class EngineDouble {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  readonly socket: string;
  readonly engine: EngineParts;
  readonly history: History;
  readonly latency: Latency;
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(socket: string, engine: EngineParts, history: History, latency: Latency) {
    this.socket = socket;
    this.host = `unix://${socket}`;
    this.engine = engine;
    this.history = history;
    this.latency = latency;
  }

  static async open(options: DoubleOptions = {}): Promise<EngineDouble> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'tenantry-engine-')));
    const lock = await lockBlock();
    const world = new World({ addresses: new Addresses(lock.block), volumeRoot: join(folder, 'volumes') });
    const engine = makeEngine(world, { waits: true, checksBinds: true, folders: true });
    const documents = new Documents(world);
    const output = new Output();
    const runtimes =
      options.serve === false
        ? null
        : new Runtimes(world, output, (container, action) =>
            history.changed('container', action, container.Id, { name: container.Name.slice(1) }),
          );
    const history: History = new History(world, {
      keep: options.history !== false,
      healthy: (id) =>
        runtimes?.healthy(id) ?? !world.unhealthy.has(world.containers.get(id)?.Config.Image ?? ''),
    });
    const latency = new Latency(options.latency ?? 0);
    const double = new EngineDouble(join(folder, 'docker.sock'), engine, history, latency);
    const server = await serveEngine(
      double.socket,
      { engine: { ...engine, documents, output }, latency },
      history,
    );
    double.#closers.push(
      async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
      async () => engine.containers.runs.close(),
      async () => runtimes?.close(),
      () => lock.release(),
      async () => {
        if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
      },
    );
    return double;
  }

  addImage(ref: string, parts: ImageParts = {}): void {
    addImage(this.engine.world, ref, parts);
  }

  /** @throws when there is no container of that name */
  container(name: string): Container {
    return this.engine.world.container(name);
  }

  /** Ends the engine; everything that it had is gone. */
  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) await close();
  }
}
