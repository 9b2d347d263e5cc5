import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { createDocumentCache } from '../../desired-state/read/document-cache.ts';
import { WebError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../ports.ts';
import { type BackendAnswer, type BackendRequest, runBackend } from './backend.ts';
import { openPushDesk } from './push-desk.ts';
import { judgePush, type MayEdit, type Verdict } from './push-judge.ts';
import { type PushOutcome, refOutcomes } from './push-outcome.ts';
import type { RefUpdate } from './push-rules.ts';
import { Quarantine } from './quarantine.ts';
import { ensureRepository, serverEnvironment } from './repository.ts';

export interface GitServerOptions {
  /** Folder that holds the repository `<name>.git`. */
  readonly folder: string;
  readonly name: string;
  /** The branch that nodes follow. */
  readonly branch: string;
  readonly mayEdit: MayEdit;
  /** Called after a push moved that branch; resolves when the control node has read it. Never rejects. */
  readonly moved: (commit: string) => Promise<void>;
  readonly log: Log;
  readonly limits?: Partial<GitServerLimits>;
}

export interface GitServerLimits {
  /** Bytes of a push, as they are sent. */
  readonly pushBytes: number;
  /** Bytes of what a fetch asks. */
  readonly askBytes: number;
  /** Milliseconds that a request may take. */
  readonly requestMs: number;
  /** Requests that git works on at once, and how many more may wait. */
  readonly atOnce: number;
  readonly waiting: number;
}

const MiB = 1024 * 1024;

const usualLimits: GitServerLimits = {
  pushBytes: 64 * MiB,
  askBytes: 4 * MiB,
  requestMs: 120_000,
  atOnce: 4,
  waiting: 500,
};

export interface GitServer {
  /** The bare repository: what the control node itself reads and commits to. */
  readonly path: string;
  /** `platform.git` */
  readonly repository: string;
  /** The branch that nodes follow. */
  readonly branch: string;
  fetch(request: GitRequest): Promise<BackendAnswer>;
  /** @param told hears what it came to, when git has ended. Not called where it throws. */
  push(request: GitRequest, caller: Caller, told: (outcome: PushOutcome) => void): Promise<BackendAnswer>;
  close(): Promise<void>;
}

export type GitRequest = Pick<BackendRequest, 'method' | 'path' | 'query' | 'headers' | 'body' | 'signal'>;

/** Serves one repository. @throws GitError, Error when it cannot be made or hooks cannot run */
export async function openGitServer(options: GitServerOptions): Promise<GitServer> {
  const { folder, name, branch, log } = options;
  const limits = { ...usualLimits, ...options.limits };
  const path = await ensureRepository(folder, name, branch);
  const desk = await openPushDesk(log);
  const running = pLimit(limits.atOnce);
  // One push is judged after the other: they share the cache of documents, and the second may build on the first.
  const judging = pLimit(1);
  const cache = createDocumentCache();
  const fetchEnv = serverEnvironment([['core.hooksPath', '/dev/null']]);
  const pushEnv = serverEnvironment([
    ['core.hooksPath', desk.hooks],
    ['receive.maxInputSize', String(limits.pushBytes)],
  ]);

  const start = async (request: GitRequest, env: Readonly<Record<string, string>>, maxBytes: number) => {
    if (running.pendingCount > limits.waiting)
      throw new WebError('git/busy', 503, 'Too many are at the repository just now. Try again.', {
        headers: { 'retry-after': '5' },
      });
    const given = { ...request, root: folder, env, maxBytes, timeoutMs: limits.requestMs };
    const { promise, resolve, reject } = Promise.withResolvers<BackendAnswer>();
    // The place is taken until git has ended, not until it began to answer.
    void running(async () => {
      try {
        request.signal.throwIfAborted();
        const answer = await runBackend(given);
        resolve(answer);
        await answer.ended;
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    return promise;
  };

  return {
    path,
    repository: `${name}.git`,
    branch,
    fetch: (request) => start(request, fetchEnv, limits.askBytes),
    async push(request, caller, told) {
      let verdict: Verdict | null = null;
      let asked: readonly RefUpdate[] | null = null;
      const admitted = desk.admit((updates, objects) =>
        judging(async () => {
          asked = updates;
          const quarantine = new Quarantine(path, { ...fetchEnv, ...objects });
          try {
            verdict = await judgePush(quarantine, updates, caller, {
              branch,
              cache,
              mayEdit: options.mayEdit,
            });
          } finally {
            await quarantine.close();
          }
          return verdict;
        }),
      );
      const finish = async (): Promise<void> => {
        admitted.done();
        if (verdict === null) {
          if (asked !== null) return told(unjudged);
          if (!isProbe(request)) told(request.signal.aborted ? givenUp : unheard);
          return;
        }
        const { accepted, lines } = verdict;
        if (!accepted) return told({ kind: 'refused', lines });
        const refs = await refOutcomes(path, asked ?? []);
        const moved = refs.find(({ ref, taken }) => taken && ref === `refs/heads/${branch}`);
        if (moved !== undefined) await options.moved(moved.after);
        told({ kind: 'let-in', refs });
      };
      try {
        // Above git's own bound, so that it is git that tells the client where it can.
        const answer = await start(request, { ...pushEnv, ...admitted.env }, limits.pushBytes + MiB);
        const finished = answer.ended
          .then(finish)
          .catch((error: unknown) => log.error({ err: error }, 'what a push came to could not be told'));
        // Who pushed a node or a tenant may ask for it as soon as his git has ended.
        return { ...answer, body: heldBack(answer.body, finished) };
      } catch (error) {
        admitted.done();
        throw error;
      }
    },
    close: () => desk.close(),
  };
}

const unjudged: PushOutcome = {
  kind: 'broken',
  outcome: 'failed',
  reason: 'It could not be judged; the log of the control node says why.',
};
const givenUp: PushOutcome = {
  kind: 'broken',
  outcome: 'failed',
  reason: 'The client went away before it was judged.',
};
const unheard: PushOutcome = {
  kind: 'broken',
  outcome: 'refused',
  reason: 'Git did not take what was sent: it is too large, damaged, or not as its own checks want it.',
};

/** Before it sends much, git asks with nothing in it whether it may. */
function isProbe({ headers }: GitRequest): boolean {
  return headers['content-length'] === '4';
}

/** Milliseconds that a client waits for the control node to have read what it pushed. */
const HELD_MS = 10_000;

/** The same bytes, whose end comes when `finished` has. */
function heldBack(body: Readable, finished: Promise<void>): Readable {
  const held = new Transform({
    transform: (chunk: Buffer, _encoding, done) => done(null, chunk),
    flush: (done) => {
      const late = sleep(HELD_MS, undefined, { ref: false });
      void Promise.race([finished, late]).then(() => done());
    },
  });
  pipeline(body, held).catch(() => held.destroy());
  return held;
}
