import { createHash } from 'node:crypto';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { isObject } from '../../schemas/is-object.ts';
import { ReconcilerError } from '../errors.ts';
import { errorCode } from './docker-errors.ts';

export interface HostLock {
  /** Lets go; the lock is free when this resolves. */
  release(): Promise<void>;
}

const ASK_HOLDER_MS = 500;

/**
 * Takes the one lock of its name on this host, for as long as the process lives or until it is released. It is a
 * listening socket in Linux's abstract namespace: taking it is one atomic call, the kernel frees it however the holder
 * dies, a stopped holder keeps it, and no file is left behind. The namespace belongs to the network namespace, so two
 * reconcilers in different network namespaces do not see each other.
 * @param key what only one process may act on
 * @param what the same in words, for the one who is refused
 * @throws ReconcilerError `lock/held` naming the process that has it
 */
export async function acquireHostLock(key: string, what = key): Promise<HostLock> {
  const name = `tenantry-lock-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
  const since = new Date().toISOString();
  const server = createServer((asker) => {
    asker.on('error', () => asker.destroy());
    asker.end(JSON.stringify({ pid: process.pid, since }));
  });
  try {
    await listen(server, `\0${name}`);
  } catch (error) {
    if (errorCode(error) !== 'EADDRINUSE') throw error;
    throw await heldError(what, name);
  }
  // Holding the lock is no reason for a process to go on.
  server.unref();
  return {
    release: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function heldError(what: string, name: string): Promise<ReconcilerError> {
  const holder = await askHolder(`\0${name}`);
  const who =
    holder === null
      ? `a process that does not answer and may be stopped (find it with: ss -xlp src '@${name}')`
      : `process ${holder.pid} since ${holder.since}`;
  const message = `another reconciler already acts on ${what} on this host: ${who}; end it first`;
  return new ReconcilerError('lock/held', message, { retry: 'never' });
}

/** Null when the holder does not say who it is in time. */
async function askHolder(path: string): Promise<{ readonly pid: number; readonly since: string } | null> {
  const socket = connect({ path });
  const timer = setTimeout(() => socket.destroy(new Error('no answer')), ASK_HOLDER_MS);
  try {
    const answer: unknown = JSON.parse(await text(socket));
    if (!isObject(answer) || typeof answer['pid'] !== 'number' || typeof answer['since'] !== 'string')
      return null;
    return { pid: answer['pid'], since: answer['since'] };
  } catch {
    // Gone, stopped or silent: the lock is held all the same, and the caller says so without a name.
    return null;
  } finally {
    clearTimeout(timer);
  }
}
