import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Where an edit is on its way, in the order in which it gets there. */
export const moments = ['sent', 'committed', 'told', 'fetched', 'planned', 'begun', 'done', 'shown'] as const;
/** `accepted`: the page has its 202; `page`: its socket says that the commit has converged. Both lie beside the way. */
export type Moment = (typeof moments)[number] | 'accepted' | 'page';

const boundMs = 60_000;

/** When each commit came to each place, by this process's monotonic clock in milliseconds. The first time counts. */
export class Moments {
  readonly #seen = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();

  mark(commit: string, moment: Moment, at = performance.now()): void {
    const key = `${moment} ${commit}`;
    if (this.#seen.has(key)) return;
    this.#seen.set(key, at);
    this.#waiting.get(key)?.(at);
  }

  /** @throws when it does not come within a minute */
  at(commit: string, moment: Moment): Promise<number> {
    const key = `${moment} ${commit}`;
    const seen = this.#seen.get(key);
    if (seen !== undefined) return Promise.resolve(seen);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#waiting.set(key, resolve);
    const late = (): void =>
      reject(new Error(`the commit ${commit} was not ${moment} within ${boundMs / 1000} s`));
    const timer = setTimeout(late, boundMs);
    return promise.finally(() => clearTimeout(timer));
  }

  /** Marks each commit that a branch comes to, from the file that git keeps it in. Answers how to stop. */
  follow(ref: string, moment: Moment): () => void {
    const look = (): void => {
      const commit = commitIn(ref);
      if (commit !== null) this.mark(commit, moment);
    };
    // The folder: git replaces the file.
    const watcher: FSWatcher = watch(dirname(ref), (_, name) => {
      if (name === basename(ref)) look();
    });
    return () => watcher.close();
  }
}

function commitIn(ref: string): string | null {
  try {
    return /^[0-9a-f]{40}/.exec(readFileSync(ref, 'utf8'))?.[0] ?? null;
  } catch (error) {
    // Between two renames it may be away; what comes then is told too.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
