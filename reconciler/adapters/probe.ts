import { type IncomingMessage, request } from 'node:http';
import type { Probe, ProbeResult } from '../ports.ts';
import { errorCode } from './docker-errors.ts';

/** More of an answer is not read. */
const BODY_BYTES = 64 * 1024;

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
};

/**
 * Health requests over HTTP, each on a connection of its own. 2xx and 3xx are healthy, redirects are not followed, and
 * the status line decides: the body is read off, up to 64 KiB, and thrown away.
 */
export function createProbe(): Probe {
  return {
    async http(target, timeoutMs) {
      const began = performance.now();
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const status = await statusOf(target, signal);
        const healthy = status >= 200 && status < 400;
        return { healthy, detail: `HTTP ${status} in ${Math.round(performance.now() - began)} ms` };
      } catch (error) {
        return unhealthy(signal.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error));
      }
    },
  };
}

function statusOf(
  target: { readonly address: string; readonly port: number; readonly path: string },
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: target.address, port: target.port, path: target.path, agent: false, signal };
    const probe = request({ ...options, headers: { 'user-agent': 'tenantry' } }, (reply) => {
      resolve(reply.statusCode ?? 0);
      drain(reply);
    });
    probe.on('error', reject);
    probe.end();
  });
}

function drain(reply: IncomingMessage): void {
  let bytes = 0;
  reply.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) reply.destroy();
  });
  // The verdict is given: how the rest of the body ends changes nothing.
  reply.on('error', () => reply.destroy());
}

function unhealthy(detail: string): ProbeResult {
  return { healthy: false, detail };
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code !== null && WORDS[code] !== undefined) return WORDS[code];
  return error instanceof Error ? error.message : String(error);
}
