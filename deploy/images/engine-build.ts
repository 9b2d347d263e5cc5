import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import Dockerode from 'dockerode';
import { engineAddress } from '../../reconciler/adapters/docker-host.ts';
import { packContext } from './context.ts';
import type { ImageDefinition } from './definition.ts';

/** Longest silence of the engine during a build, in milliseconds. */
const idleMs = 120_000;

/**
 * The engine at `host`, by dockerode.
 *
 * @param host `unix:///path` or `tcp://host:port`; undefined: `DOCKER_HOST`, else the default socket
 */
export function engineAt(host: string | undefined): Dockerode {
  const { options } = engineAddress(host);
  return new Dockerode(
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  );
}

/** @returns the image's id, null when the engine does not have it */
export async function imageId(engine: Dockerode, ref: string): Promise<string | null> {
  try {
    return (await engine.getImage(ref).inspect()).Id;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/**
 * Builds one image with the engine's own builder and tags it.
 *
 * @param log called with each line that the builder says
 * @throws Error with the builder's message; also when it says nothing for two minutes
 */
export async function buildImage(
  engine: Dockerode,
  definition: ImageDefinition,
  log: (line: string) => void,
): Promise<void> {
  const watchdog = new AbortController();
  const timer = setTimeout(
    () =>
      watchdog.abort(
        new Error(`the engine said nothing for ${idleMs / 1000} s while building ${definition.ref}`),
      ),
    idleMs,
  );
  try {
    await packContext(definition.entries, async (archive) => {
      const reply = await engine.buildImage(archive, {
        t: definition.ref,
        buildargs: { ...definition.buildArguments },
        labels: { 'dev.tenantry.image': definition.ref },
        rm: true,
        forcerm: true,
        abortSignal: watchdog.signal,
      });
      await readBuildOutput(reply, (line) => {
        timer.refresh();
        log(line);
      });
    });
  } catch (cause) {
    watchdog.signal.throwIfAborted();
    throw new Error(`${definition.ref} could not be built: ${messageOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Reads the builder's JSON lines. The engine answers 200 before it knows the outcome; a failure is a line.
 *
 * @throws Error with the builder's message, or when a line is not JSON
 */
export async function readBuildOutput(
  output: NodeJS.ReadableStream | Readable,
  log: (line: string) => void,
): Promise<void> {
  for await (const line of createInterface({ input: output })) {
    if (line.trim() === '') continue;
    const message: unknown = JSON.parse(line);
    if (typeof message !== 'object' || message === null) continue;
    if ('error' in message) throw new Error(String(message.error));
    if ('stream' in message && typeof message.stream === 'string' && message.stream.trim() !== '') {
      log(message.stream.trim());
    }
  }
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
