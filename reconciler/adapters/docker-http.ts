import { type AgentOptions, Agent as HttpAgent, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import DockerModem from 'docker-modem';
import { errorCode, replyError, transportError } from './docker-errors.ts';
import type { EngineAddress } from './docker-host.ts';

/** One request to the Engine API. `path` has no version in front: the engine then speaks its own newest. */
export interface EngineRequest {
  /** What is being done, for messages: `start container acme`. */
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  /** Value of `X-Registry-Auth`. */
  readonly registryAuth?: string;
}

export interface EngineHttp {
  readonly host: string;
  /** The parsed JSON reply (null when it is empty), within `ms`. @throws ReconcilerError `docker/…` */
  call(request: EngineRequest, ms: number): Promise<unknown>;
  /** A reply that has begun (within `ms`) and goes on until `signal` aborts. @throws ReconcilerError `docker/…` */
  stream(request: EngineRequest, ms: number, signal: AbortSignal): Promise<IncomingMessage>;
}

/**
 * dockerode's transport, with every reply taken as a stream: its own way to gather a reply waits for ever when the
 * connection is cut in the middle of one. Reads share kept-alive connections; a change and a stream have one of their
 * own, so that a change never fails for a connection that had died before.
 */
export function engineHttp(address: EngineAddress): EngineHttp {
  // No cap on sockets: calls that hang would then starve those that do not. `limitParallel` is the place for bounds.
  const kept = modemOf(address, { keepAlive: true, maxFreeSockets: 16 });
  const fresh = modemOf(address, { keepAlive: false });
  const host = address.text;

  const call = async (request: EngineRequest, ms: number, attempt: number): Promise<unknown> => {
    // Not `AbortSignal.timeout`: what listens to one is kept in memory until its time is over, long after the reply.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), ms);
    const { signal } = deadline;
    try {
      const modem = request.method === 'GET' && attempt === 0 ? kept : fresh;
      const reply = addAbortSignal(signal, await dial(modem, request, signal));
      const body = await text(reply);
      if (isFailure(reply)) throw replyError(request.what, reply.statusCode ?? 0, body);
      return body === '' ? null : JSON.parse(body);
    } catch (error) {
      // A kept connection that the engine has just closed; reading again, on a new one, changes nothing.
      const died = ['ECONNRESET', 'EPIPE'].includes(errorCode(error) ?? '');
      const stale = attempt === 0 && request.method === 'GET' && died;
      if (stale && !signal.aborted) return call(request, ms, 1);
      throw transportError(request.what, host, error, { signal, ms });
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    host,
    call: (request, ms) => call(request, ms, 0),
    async stream(request, ms, signal) {
      const begun = new AbortController();
      const deadline = setTimeout(() => begun.abort(), ms);
      try {
        const either = AbortSignal.any([signal, begun.signal]);
        const reply = await dial(fresh, request, either);
        if (isFailure(reply)) {
          throw replyError(request.what, reply.statusCode ?? 0, await text(addAbortSignal(either, reply)));
        }
        // A silent stream over TCP may be a dead one; the kernel then finds out.
        reply.socket.setKeepAlive(true, 30_000);
        return addAbortSignal(signal, reply);
      } catch (error) {
        signal.throwIfAborted();
        throw transportError(request.what, host, error, { signal: begun.signal, ms });
      } finally {
        clearTimeout(deadline);
      }
    },
  };
}

interface Modem {
  dial(options: object, callback: (error: Error | null, reply: unknown) => void): void;
}

function modemOf(address: EngineAddress, agentOptions: AgentOptions): Modem {
  const agent =
    address.options.protocol === 'https' ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  // docker-modem prints each request for its debug log, whether that is on or not, and with it the agent and all of
  // its connections: 40 inspections at a time took 100 times as long as one after the other.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' });
  const options = { ...address.options, agent };
  const modem: unknown = new DockerModem(options);
  if (!isModem(modem)) throw new TypeError('this docker-modem has no dial');
  return modem;
}

function isModem(value: unknown): value is Modem {
  return typeof value === 'object' && value !== null && 'dial' in value && typeof value.dial === 'function';
}

/** All are let through: statuses are judged here, with the engine's own message at hand. */
const ANY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index + 100, true]));

function dial(modem: Modem, request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const options = {
    method: request.method,
    // docker-modem appends the query when the path ends with a question mark.
    path: request.query === undefined ? request.path : `${request.path}?`,
    // Without `_body` it would send the query as the body of a POST.
    options: { _query: request.query ?? {}, _body: request.body ?? {} },
    ...(request.registryAuth === undefined ? {} : { authconfig: { base64: request.registryAuth } }),
    isStream: true,
    statusCodes: ANY_STATUS,
    abortSignal: signal,
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, reply) => {
      if (error !== null) reject(error);
      else if (reply instanceof IncomingMessage) resolve(reply);
      else reject(new TypeError('docker-modem answered without a reply'));
    });
  });
}

/** 304 says that the container is in the asked state already. */
function isFailure(reply: IncomingMessage): boolean {
  return (reply.statusCode ?? 0) >= 400;
}
