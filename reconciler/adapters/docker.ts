import { hash } from 'node:crypto';
import { isGone, ReconcilerError } from '../errors.ts';
import type { ContainerFilter, Docker, InspectUnless } from '../ports.ts';
import { transportError } from './docker-errors.ts';
import { watchEvents } from './docker-events.ts';
import { engineAddress } from './docker-host.ts';
import { type EngineRequest, engineHttp } from './docker-http.ts';
import { readLogs } from './docker-logs.ts';
import { pullImage } from './docker-pull.ts';
import * as replies from './docker-replies.ts';
import { isContainerInspect, isContainerSummary } from './docker-shapes.ts';
import { DeadlinePassed, plainReads } from './plain-reads.ts';

/** How long calls may take, in milliseconds. */
export interface Deadlines {
  /** Calls that only read, and the beginning of a stream. */
  readonly read: number;
  /** Calls that change something. */
  readonly change: number;
  /** Added to the seconds that a container is given to stop. */
  readonly stopGrace: number;
  /** A pull that shows no progress for so long is given up. */
  readonly pullIdle: number;
}

const DEADLINES: Deadlines = { read: 10_000, change: 60_000, stopGrace: 15_000, pullIdle: 120_000 };

export interface ConnectOptions {
  /** `unix:///path` or `tcp://host:port`; default `DOCKER_HOST`, else `/var/run/docker.sock`. */
  readonly host?: string;
  readonly deadlines?: Partial<Deadlines>;
}

/**
 * The Docker Engine at `host`, API 1.41 and newer. Nothing is sent before the first call.
 * @throws ReconcilerError `docker/invalid` when `host` does not name an engine
 */
export function connectDocker(options: ConnectOptions = {}): Docker {
  const deadlines = { ...DEADLINES, ...options.deadlines };
  const address = engineAddress(options.host);
  const engine = engineHttp(address);
  const plain = plainReads(address);

  const read = async <T>(
    what: string,
    path: string,
    check: (reply: unknown) => reply is T,
    query?: Readonly<Record<string, string | number | boolean>>,
  ): Promise<T> => {
    const request: EngineRequest = { what, method: 'GET', path, ...(query === undefined ? {} : { query }) };
    return replies.expectReply(what, await engine.call(request, deadlines.read), check);
  };
  /** A read that a full look makes by the thousand or whose answer is large; null when the ordinary client must ask. */
  const readPlainly = async <T>(what: string, path: string, take: (body: Buffer) => T): Promise<T | null> => {
    try {
      return (await plain?.get(path, deadlines.read, take)) ?? null;
    } catch (error) {
      if (!(error instanceof DeadlinePassed)) throw error;
      const deadline = { signal: AbortSignal.abort(), ms: deadlines.read };
      throw transportError(what, engine.host, error, deadline);
    }
  };
  const readLarge: typeof read = async (what, path, check, query = {}) => {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) asked.set(name, String(value));
    const take = (body: Buffer) => replies.expectReply(what, parseJson(body), check);
    return (await readPlainly(what, `${path}?${asked}`, take)) ?? read(what, path, check, query);
  };
  const post = (
    what: string,
    path: string,
    parts: Pick<EngineRequest, 'query' | 'body'> = {},
    ms = deadlines.change,
  ) => engine.call({ what, method: 'POST', path, ...parts }, ms);
  const container = (id: string, verb: string) => `/containers/${encodeURIComponent(id)}/${verb}`;
  const network = (id: string) => `/networks/${encodeURIComponent(id)}`;
  const inspectContainer: Docker['inspectContainer'] = (id) =>
    read(`inspect container ${id}`, container(id, 'json'), isContainerInspect);
  const stopping = (timeoutSeconds: number) => timeoutSeconds * 1000 + deadlines.stopGrace;

  return {
    async info() {
      const [info, version] = await Promise.all([
        read('ask the engine who it is', '/info', replies.isInfo),
        read('ask the engine for its version', '/version', replies.isVersion),
      ]);
      const { ID, ServerVersion, SwapLimit } = info;
      return { ID, ServerVersion, ApiVersion: version.ApiVersion, SwapLimit };
    },
    listContainers: (only) =>
      readLarge('list containers', '/containers/json', replies.isListOf(isContainerSummary), {
        all: true,
        ...(only === undefined ? {} : { filters: filtersOf(only) }),
      }),
    inspectContainer,
    async inspectContainerUnless(id, digest) {
      const what = `inspect container ${id}`;
      const quick = await readPlainly(what, container(id, 'json'), (body) => inspectFrom(what, body, digest));
      return quick ?? { digest: null, inspect: await inspectContainer(id) };
    },
    async createContainer(name, body) {
      const what = `create container ${name}`;
      const reply = await post(what, '/containers/create', { query: { name }, body });
      return { id: replies.expectReply(what, reply, replies.isCreated).Id };
    },
    async startContainer(id) {
      await post(`start container ${id}`, container(id, 'start'));
    },
    async stopContainer(id, timeoutSeconds) {
      const query = { t: timeoutSeconds };
      await post(`stop container ${id}`, container(id, 'stop'), { query }, stopping(timeoutSeconds));
    },
    async restartContainer(id, timeoutSeconds) {
      const query = { t: timeoutSeconds };
      // A restart is a stop and a start, each with its own allowance.
      const ms = stopping(timeoutSeconds) + deadlines.change;
      await post(`restart container ${id}`, container(id, 'restart'), { query }, ms);
    },
    async removeContainer(id, { force }) {
      const what = `remove container ${id}`;
      const path = `/containers/${encodeURIComponent(id)}`;
      try {
        // `v` is never sent: with it the engine would delete the container's anonymous volumes.
        await engine.call({ what, method: 'DELETE', path, query: { force } }, deadlines.change);
      } catch (error) {
        if (isGone(error)) return;
        if (!isBeingRemoved(error)) throw error;
        // Another hand is at it: its name is free only when it is done.
        const gone = { condition: 'removed' };
        await post(what, container(id, 'wait'), { query: gone }).catch(unlessGone);
      }
    },
    async renameContainer(id, name) {
      await post(`rename container ${id} to ${name}`, container(id, 'rename'), { query: { name } });
    },
    async updateContainer(id, body) {
      await post(`update container ${id}`, container(id, 'update'), { body });
    },
    async unpauseContainer(id) {
      await post(`unpause container ${id}`, container(id, 'unpause'));
    },
    async signalContainer(id, signal) {
      await post(`send ${signal} to container ${id}`, container(id, 'kill'), { query: { signal } });
    },
    async connectNetwork(id, containerId) {
      const what = `connect container ${containerId} to network ${id}`;
      await post(what, `${network(id)}/connect`, { body: { Container: containerId } });
    },
    async disconnectNetwork(id, containerId) {
      const what = `disconnect container ${containerId} from network ${id}`;
      // Forced, so that a container which is not running is let go of as well.
      await post(what, `${network(id)}/disconnect`, { body: { Container: containerId, Force: true } });
    },
    listNetworks: () => read('list networks', '/networks', replies.isListOf(replies.isNetwork)),
    async createNetwork(body) {
      const what = `create network ${body.Name}`;
      const reply = await post(what, '/networks/create', { body });
      return { id: replies.expectReply(what, reply, replies.isCreated).Id };
    },
    async removeNetwork(id) {
      const request: EngineRequest = { what: `remove network ${id}`, method: 'DELETE', path: network(id) };
      await engine.call(request, deadlines.change).catch(unlessGone);
    },
    async listVolumes() {
      return (await readLarge('list volumes', '/volumes', replies.isVolumeList)).Volumes ?? [];
    },
    inspectVolume: (name) =>
      read(`inspect volume ${name}`, `/volumes/${encodeURIComponent(name)}`, replies.isVolume).catch(
        nullIfGone,
      ),
    async createVolume(body) {
      const what = `create volume ${body.Name}`;
      return replies.expectReply(what, await post(what, '/volumes/create', { body }), replies.isVolume);
    },
    inspectImage: (ref) =>
      // Slashes stay: the engine takes the whole rest of the path for the name.
      read(`inspect image ${ref}`, `/images/${encodeURI(ref)}/json`, replies.isImage).catch(nullIfGone),
    pullImage: (ref, onProgress, signal) => pullImage(engine, deadlines, ref, onProgress, signal),
    watchEvents: (onEvent, onGap, signal) => watchEvents(engine, deadlines.read, onEvent, onGap, signal),
    logs(id, logOptions, signal) {
      const tty = async () => (await inspectContainer(id)).Config['Tty'] === true;
      return readLogs(engine, deadlines.read, { id, tty, ...logOptions }, signal);
    },
  };
}

function filtersOf({ labels }: ContainerFilter): string {
  return JSON.stringify({ label: labels });
}

/** Only an answer that is not known yet is read. @throws ReconcilerError `docker/failed` when it is not an inspect's */
function inspectFrom(what: string, body: Buffer, known: string | null): InspectUnless {
  const digest = hash('sha256', body, 'base64');
  if (digest === known) return { digest, inspect: null };
  return { digest, inspect: replies.expectReply(what, parseJson(body), isContainerInspect) };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    // Judged as a reply of another form.
    return null;
  }
}

function nullIfGone(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}

function unlessGone(error: unknown): void {
  if (!isGone(error)) throw error;
}

function isBeingRemoved(error: unknown): boolean {
  return error instanceof ReconcilerError && error.message.includes('already in progress');
}
