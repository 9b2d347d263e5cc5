import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { requestListener } from '../../../deploy/images/runtime/http.mjs';
import { Runtime } from '../../../deploy/images/runtime/runtime.mjs';
import { readSettings } from '../../../deploy/images/runtime/settings.mjs';
import { heldPath, hostPath } from './mounts.ts';
import type { Output } from './output.ts';
import type { Container, RawEvent } from './shapes.ts';
import type { World } from './world.ts';

/** The reference runtime of one running container, in this process. */
interface Served {
  readonly runtime: Runtime;
  server: Server;
  /** Where it listens; empty until it does. */
  address: string;
  /** Requests that came while the container was paused. */
  readonly waiting: (() => void)[];
  readonly delay: NodeJS.Timeout | null;
  paused: boolean;
  ready: boolean;
}

/**
 * The processes inside the containers: for each running one the reference runtime itself listens on the container's
 * address, with its environment, and with its mounts read from the host.
 */
export class Runtimes {
  readonly #world: World;
  readonly #output: Output;
  readonly #onReady: (container: Container, action: 'ready' | 'reload') => void;
  readonly #served = new Map<string, Served>();
  readonly #unsubscribe: () => void;

  constructor(
    world: World,
    output: Output,
    onReady: (container: Container, action: 'ready' | 'reload') => void,
  ) {
    this.#world = world;
    this.#output = output;
    this.#onReady = onReady;
    this.#unsubscribe = world.events.subscribe((event) => this.#follow(event));
  }

  /** Whether a health request would be answered with yes now. */
  healthy(id: string): boolean {
    const served = this.#served.get(id);
    return served !== undefined && served.ready && !served.paused && served.runtime.health().healthy;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    const servers = [...this.#served.values()].map(({ server }) => server);
    for (const id of [...this.#served.keys()]) this.#end(id);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  #follow({ Type, Action, Actor: { ID, Attributes } }: RawEvent): void {
    if (Type === 'network' && Action === 'connect') this.#moved(Attributes['container'] ?? '');
    if (Type !== 'container') return;
    const served = this.#served.get(ID);
    if (Action === 'start') this.#begin(ID);
    else if (Action === 'die' || Action === 'destroy') this.#end(ID);
    else if (served === undefined) return;
    else if (Action === 'pause') served.paused = true;
    else if (Action === 'unpause') resume(served);
    else if (Action === 'kill' && Attributes['signal'] === '1') void this.#reload(ID, served);
  }

  #begin(id: string): void {
    const container = this.#world.containers.get(id);
    if (container === undefined || this.#world.crashing.has(container.Config.Image)) return;
    const env = Object.fromEntries((container.Config.Env ?? []).map(splitOnce));
    const settings = readSettings(env);
    const nowhere = (path: string) => join(this.#world.volumeRoot, 'not-mounted', id, path);
    const at = (path: string) => hostPath(container.Mounts, path) ?? nowhere(path);
    const files = heldPath(container.Mounts, settings.filesDir, nowhere(settings.filesDir));
    const runtime = new Runtime({
      ...settings,
      get filesDir() {
        return files();
      },
      secretsDir: at(settings.secretsDir),
      stateDir: at(settings.stateDir),
      sessionDir: at(settings.sessionDir),
      unhealthy: settings.unhealthy || this.#world.unhealthy.has(container.Config.Image),
    });
    const server = this.#serverFor(id, runtime);
    const listen = () => void this.#listen(container, runtime, server);
    const delay = settings.startDelayMs > 0 ? setTimeout(listen, settings.startDelayMs) : null;
    this.#served.set(id, { runtime, server, address: '', waiting: [], delay, paused: false, ready: false });
    if (delay === null) listen();
  }

  #serverFor(id: string, runtime: Runtime): Server {
    const listener = requestListener(runtime);
    const server = createServer((request, response) => {
      this.#answer(id, listener, request, response);
    });
    // A second double could use the address only if it had not locked a block of its own.
    server.on('error', (error) => this.#output.print(id, 2, error.message));
    return server;
  }

  async #listen(container: Container, runtime: Runtime, server: Server): Promise<void> {
    await runtime.load();
    const served = this.#served.get(container.Id);
    if (served?.server !== server) return;
    // Another hand may have moved it since it began.
    const address = addressOf(container);
    served.address = address;
    const { tenant, version, port } = runtime.settings;
    const ready = () => {
      this.#output.print(container.Id, 1, `tenant ${tenant}, version ${version}, listens on port ${port}`);
      served.ready = true;
      this.#onReady(container, 'ready');
    };
    // Without a network nobody could ask it.
    if (address === '') ready();
    else server.listen(port, address, ready);
  }

  /** A runtime listens on every address that its container has, also on one that came later. */
  #moved(id: string): void {
    const served = this.#served.get(id);
    const container = this.#world.containers.get(id);
    const address = container === undefined ? '' : addressOf(container);
    if (served?.ready !== true || address === '' || served.address === address) return;
    served.address = address;
    served.server.close();
    served.server.closeIdleConnections();
    served.server = this.#serverFor(id, served.runtime);
    served.server.listen(served.runtime.settings.port, address);
  }

  async #reload(id: string, { runtime }: Served): Promise<void> {
    await runtime.load();
    const container = this.#world.containers.get(id);
    if (container !== undefined && this.#served.get(id)?.runtime === runtime)
      this.#onReady(container, 'reload');
  }

  #answer(
    id: string,
    listener: (request: IncomingMessage, response: ServerResponse) => void,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const served = this.#served.get(id);
    const answer = () => listener(request, response);
    // A paused process takes connections and says nothing.
    if (served?.paused === true) served.waiting.push(answer);
    else answer();
  }

  #end(id: string): void {
    const served = this.#served.get(id);
    if (served === undefined) return;
    this.#served.delete(id);
    if (served.delay !== null) clearTimeout(served.delay);
    served.runtime.bridge.close();
    served.server.close();
    served.server.closeAllConnections();
  }
}

function resume(served: Served): void {
  served.paused = false;
  for (const answer of served.waiting.splice(0)) answer();
}

function addressOf({ NetworkSettings }: Container): string {
  const endpoints = Object.values(NetworkSettings.Networks);
  return endpoints.find(({ IPAddress }) => IPAddress !== '')?.IPAddress ?? '';
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
