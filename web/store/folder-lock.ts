import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { StoreError } from './store-error.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Takes a lock file for as long as the process lives or until it is released. The kernel holds it (flock), so it is
 * free however the holder dies, and it is seen from other containers that mount the same folder. Node has no call for
 * it: the program `flock` locks the very file description that it inherits, and ends; the lock stays with ours.
 *
 * @param path the file; made when it is not there, and left behind
 * @param what it guards, for the one who is refused
 * @throws StoreError `store/held` naming the process that has it
 */
export async function lockFolder(path: string, what: string): Promise<FolderLock> {
  // Not a FileHandle: one that nothing refers to any more is closed by the garbage collector, and the lock with it.
  const file = openSync(path, 'a+', 0o600);
  try {
    if (!(await flock(file)))
      throw new StoreError('store/held', `${what} is in use by ${holder(path)}. Stop that one first.`);
    ftruncateSync(file, 0);
    writeSync(file, JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }));
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return { release: () => closeSync(file) };
}

/** @returns whether the lock is ours now */
async function flock(file: number): Promise<boolean> {
  // Short options: they mean the same to util-linux and to busybox.
  const child = spawn('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', file] });
  let code: unknown;
  try {
    [code] = (await once(child, 'exit')) as [number | null];
  } catch (error) {
    const message = 'the program flock (package util-linux) is needed to lock the store, and did not start';
    throw new StoreError('store/unreadable', message, { cause: error });
  }
  return code === 0;
}

function holder(path: string): string {
  const text = readFileSync(path, 'utf8');
  const found = /^\{"pid":(\d+),"host":"([^"]*)","since":"([^"]*)"\}$/.exec(text);
  if (found === null) return 'another process';
  return `process ${found[1]} on ${found[2]} since ${found[3]}`;
}
