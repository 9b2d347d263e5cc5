import { type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from './docker-errors.ts';

/** Milliseconds after which others have their turn: beginning to watch one folder is done in a moment, 40,000 are not. */
const turnMs = 10;

/** What comes and goes while it is looked at is told by its parent. */
const gone: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

export interface FolderWatchOptions {
  /** Called with the folder and the name in it that came, went or changed. */
  readonly onChange: (folder: string, name: string) => void;
  /** Whether a folder below the root is watched. */
  readonly within: (folder: string) => boolean;
  /** Called once, with what the kernel says: then nothing is watched any more. */
  readonly onError: (error: unknown) => void;
}

/**
 * Watches a folder and all folders in it, links not followed: one watch of the kernel a folder, and nothing kept of the
 * files. (chokidar keeps a dozen objects an entry: 109 MiB more resident at 1,000 tenants, where this takes 4.)
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  /** The watched folders in a folder, where there are any. */
  readonly #inside = new Map<string, Set<string>>();
  #closed = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Begins to watch all that is there. Others have their turn in between. */
  async open(root: string): Promise<void> {
    let began = performance.now();
    const found = [root];
    for (let folder = found.pop(); folder !== undefined && !this.#closed; folder = found.pop()) {
      found.push(...this.#begin(folder));
      if (performance.now() - began < turnMs) continue;
      await setImmediate();
      began = performance.now();
    }
  }

  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#inside.clear();
  }

  /** Watches one folder. Answers the folders in it; what comes after this look is told. */
  #begin(folder: string): string[] {
    try {
      const watcher = watch(folder, (event, name) => {
        if (name !== null) this.#onEvent(folder, event, name);
      });
      watcher.on('error', (error) => this.#fail(error));
      this.#watchers.set(folder, watcher);
      const found = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(folder, name))
        .filter(this.#options.within);
      if (found.length > 0) this.#inside.set(folder, new Set(found));
      return found;
    } catch (error) {
      this.#end(folder);
      if (!gone.has(errorCode(error) ?? '')) this.#fail(error);
      return [];
    }
  }

  #onEvent(folder: string, event: string, name: string): void {
    if (this.#closed) return;
    const path = join(folder, name);
    try {
      if (event === 'rename' && this.#options.within(path)) this.#renew(folder, path);
    } catch (error) {
      // Nobody else would catch it here: the process would end.
      return this.#fail(error);
    }
    this.#options.onChange(folder, name);
  }

  /** What has this name is another now, or gone: the watch that there was has stayed with what went away. */
  #renew(folder: string, path: string): void {
    this.#end(path);
    const inside = this.#inside.get(folder) ?? new Set();
    inside.delete(path);
    if (isFolder(path)) {
      inside.add(path);
      const found = [path];
      for (let next = found.pop(); next !== undefined; next = found.pop()) found.push(...this.#begin(next));
    }
    if (inside.size > 0) this.#inside.set(folder, inside);
    else this.#inside.delete(folder);
  }

  /** No longer watches a folder nor what is in it. */
  #end(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    for (const path of this.#inside.get(folder) ?? []) this.#end(path);
    this.#inside.delete(folder);
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#options.onError(error);
  }
}

/** A folder that tells of its own end is a file by now, maybe: then nothing is in it. */
function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch (error) {
    if (gone.has(errorCode(error) ?? '')) return false;
    throw error;
  }
}
