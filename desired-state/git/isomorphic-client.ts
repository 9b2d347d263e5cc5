import { Worker } from 'node:worker_threads';
import { GitError } from './errors.ts';
import { type Answer, fromFailure, type Method, type Reply, type Request } from './isomorphic-messages.ts';
import { IN_MEMORY } from './limits.ts';
import type { RepositoryOptions } from './options.ts';

/** Milliseconds that the thread has to end a call that was aborted, before it is ended itself. */
const GRACE = 2_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A running thread and the calls that wait for it. */
interface Running {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

/**
 * The thread that isomorphic-git works in. It is started by the first call, and again by the next one after it had to
 * be ended; while nothing is asked of it, it does not keep the program from ending.
 */
export class GitThread {
  readonly #options: RepositoryOptions;
  #running: Running | null = null;
  #lastId = 0;

  constructor(options: RepositoryOptions) {
    this.#options = options;
  }

  /**
   * Has the thread do one thing. When the time is over, or it does not react to the signal, the thread is ended: what
   * it unpacks at that moment would not listen.
   * @param ms milliseconds that the call may take
   * @throws what the call throws; GitError `git/unreachable` when the time is over; the signal's reason when aborted
   */
  async call<M extends Method>(
    method: M,
    args: readonly unknown[],
    ms: number,
    signal?: AbortSignal,
  ): Promise<Answer<M>> {
    signal?.throwIfAborted();
    this.#running ??= this.#start();
    const running = this.#running;
    const { worker, waiting } = running;
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Answer<M>>();
    // The thread runs the method of this name, so that its answer is one of this type.
    waiting.set(id, { resolve: (value) => resolve(value as Answer<M>), reject });
    worker.ref();
    const late = new GitError(
      'git/unreachable',
      `${method} was ended after ${ms / 1000} s without a result.`,
    );
    let force: NodeJS.Timeout | undefined;
    const stop = (reason: unknown): void => {
      worker.postMessage({ id, method: 'abort' } satisfies Request);
      force = setTimeout(() => void this.#end(running, reason), GRACE);
    };
    const deadline = setTimeout(() => stop(late), ms);
    const aborted = (): void => stop(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    worker.postMessage({ id, method, args } satisfies Request);
    try {
      return await promise;
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw force === undefined ? error : late;
    } finally {
      clearTimeout(deadline);
      clearTimeout(force);
      signal?.removeEventListener('abort', aborted);
      waiting.delete(id);
      if (waiting.size === 0) worker.unref();
    }
  }

  /** Ends the thread. Calls that are under way fail. */
  async close(): Promise<void> {
    if (this.#running !== null) {
      await this.#end(this.#running, new GitError('git/unreachable', 'The repository was closed.'));
    }
  }

  async #end(running: Running, reason: unknown): Promise<void> {
    if (this.#running === running) this.#running = null;
    for (const waiter of running.waiting.values()) waiter.reject(reason);
    await running.worker.terminate();
  }

  #start(): Running {
    const worker = new Worker(new URL('./isomorphic-thread.ts', import.meta.url), {
      workerData: this.#options,
      execArgv: [],
      name: 'git',
      resourceLimits: { maxOldGenerationSizeMb: IN_MEMORY.heapMiB },
    });
    const running: Running = { worker, waiting: new Map() };
    worker.unref();
    worker.on('message', (reply: Reply) => {
      const waiter = running.waiting.get(reply.id);
      if ('failure' in reply) waiter?.reject(fromFailure(reply.failure));
      else waiter?.resolve(reply.value);
    });
    worker.on('error', (cause) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      const died = new GitError('git/too-large', `Reading the repository without git failed: ${why}`, {
        cause,
      });
      void this.#end(running, died);
    });
    return running;
  }
}
