import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Log } from '../log.ts';
import type { Verdict } from './push-judge.ts';
import { parseUpdates, type RefUpdate } from './push-rules.ts';

/** What the hook asks. */
export interface PushQuestion {
  readonly push: string;
  /** As Git told the hook. */
  readonly updates: string;
  /** Variables that lead Git to the objects of the push. */
  readonly objects: Readonly<Record<string, string>>;
}

export type Judge = (
  updates: readonly RefUpdate[],
  objects: Readonly<Record<string, string>>,
) => Promise<Verdict>;

export interface PushDesk {
  /** Settings of a git process that takes a push which `judge` judges; `done` when that process has ended. */
  admit(judge: Judge): { readonly env: Readonly<Record<string, string>>; done(): void };
  /** The folder that holds the hook, for `core.hooksPath`. */
  readonly hooks: string;
  close(): Promise<void>;
}

/** A question: as many references as one push may hold, and more. */
const MAX_QUESTION = 1024 * 1024;

/**
 * Answers the hook of pushes that are on their way. Hook and socket lie in a folder that nobody else can enter; each push
 * has a name of its own that only its git process knows.
 *
 * @throws Error when hooks cannot run there: Git would then take every push unjudged
 */
export async function openPushDesk(log: Log): Promise<PushDesk> {
  // A short path: a socket's may have 107 characters.
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-push-'));
  const socketPath = join(dir, 'ask');
  const hooks = dir;
  const pending = new Map<string, Judge>();
  const server = createServer({ allowHalfOpen: true }, (socket) => void answer(socket, pending, log));
  try {
    await installHook(join(dir, 'pre-receive'));
    await listen(server, socketPath);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  return {
    hooks,
    admit(judge) {
      const push = randomUUID();
      pending.set(push, judge);
      return {
        env: { TENANTRY_PUSH: push, TENANTRY_PUSH_SOCKET: socketPath },
        done: () => void pending.delete(push),
      };
    },
    async close() {
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function installHook(path: string): Promise<void> {
  const main = new URL('hook-main.ts', import.meta.url).href;
  await writeFile(path, `#!${process.execPath}\nimport(${JSON.stringify(main)});\n`);
  await chmod(path, 0o700);
  // Git passes over a hook that cannot be run. Without a push in its environment it refuses.
  const { exitCode, stderr } = await execa(path, [], {
    env: {},
    extendEnv: false,
    input: '',
    reject: false,
    timeout: 30_000,
  });
  if (exitCode === 1 && stderr.includes('through its control node')) return;
  throw new Error(
    `Git hooks cannot run in ${fileURLToPath(new URL('.', `file://${path}`))}: ${stderr.slice(0, 500)}. Set TMPDIR to a folder that is not mounted noexec.`,
  );
}

async function answer(socket: Socket, pending: ReadonlyMap<string, Judge>, log: Log): Promise<void> {
  socket.on('error', () => socket.destroy());
  let size = 0;
  socket.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_QUESTION) socket.destroy();
  });
  try {
    const { push, updates, objects } = JSON.parse(await text(socket)) as PushQuestion;
    const judge = pending.get(push);
    if (judge === undefined) throw new Error('a hook asked for a push that is not on its way');
    socket.end(JSON.stringify(await judge(parseUpdates(updates), objects)));
  } catch (error) {
    log.error({ err: error }, 'a push could not be judged, and is refused');
    // The hook says so when it gets no answer.
    socket.destroy();
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
