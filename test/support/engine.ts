import { randomBytes } from 'node:crypto';
import { startPrivateEngine } from '../../deploy/install/private-engine.mjs';

/** The engine that the tests use: `npm test` names it in DOCKER_HOST. */
export function engineHost(): string {
  return process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock';
}

/** A Docker Engine as another node has it. */
export interface SecondEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Path of the same socket. */
  readonly socket: string;
  readonly netns: string;
  /**
   * Begin of a command line that runs a program where the engine's containers can be reached: `[...nsenter, 'node', …]`.
   * The socket itself can be reached from everywhere.
   */
  readonly nsenter: readonly string[];
  /** File with what the daemon has said since it was last started. */
  readonly log: string;
  /** Ends the daemon alone, as a crash or an upgrade does, and waits until it is gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again after `end`, with what it had; resolves when it answers. */
  start(): Promise<void>;
  /** Ends the engine and removes all that it had. */
  close(): Promise<void>;
}

/**
 * Starts another Docker daemon with its own data, in a network namespace of its own. Needs root. What a killed test run
 * leaves of it is removed by the next `npm test`.
 *
 * @param name up to 20 of a-z, 0-9 and -; a random part is added
 * @param settings for its `daemon.json`
 */
export async function secondEngine(
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<SecondEngine> {
  const engine = await startPrivateEngine(`${name}-${randomBytes(4).toString('hex')}`, settings);
  const { host, netns, nsenter, log, end, start, stop } = engine;
  return { host, socket: host.slice('unix://'.length), netns, nsenter, log, end, start, close: stop };
}
