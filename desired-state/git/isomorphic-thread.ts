import { parentPort, workerData } from 'node:worker_threads';
import { type Reply, type Request, type ThreadOptions, toFailure } from './isomorphic-messages.ts';
import { openIsomorphicHere } from './isomorphic-repository.ts';
import type { Repository } from './port.ts';

/**
 * The thread in which isomorphic-git works for one repository. Unpacking is done in JavaScript and in one go: here it
 * keeps nobody waiting, and it can be ended.
 */
function serve(port: NonNullable<typeof parentPort>, options: ThreadOptions): void {
  const opening = openIsomorphicHere(options);
  // Each call awaits it and tells; this keeps a failure from being an unhandled one before the first.
  opening.catch(() => undefined);
  const running = new Map<number, AbortController>();
  port.on('message', (request: Request) => {
    if (request.method === 'abort') {
      running.get(request.id)?.abort();
      return;
    }
    const stop = new AbortController();
    running.set(request.id, stop);
    void perform(opening, request, stop.signal)
      .then(
        (value): Reply => ({ id: request.id, value }),
        (error: unknown): Reply => ({ id: request.id, failure: toFailure(error) }),
      )
      .then((reply) => {
        running.delete(request.id);
        port.postMessage(reply);
      });
  });
}

async function perform(
  opening: Promise<Repository>,
  { method, args }: Exclude<Request, { method: 'abort' }>,
  signal: AbortSignal,
): Promise<unknown> {
  const repository = await opening;
  if (method === 'open') return undefined;
  const call: (...args: never[]) => Promise<unknown> = repository[method].bind(repository);
  return Reflect.apply(call, repository, [...args, signal]);
}

if (parentPort === null) throw new Error('isomorphic-thread.ts runs as a worker thread only');
const options: unknown = workerData;
// `GitThread` starts it, with nothing else.
serve(parentPort, options as ThreadOptions);
