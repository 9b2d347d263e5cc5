/**
 * Loaded before a program (`node --import`): its writes below some folders are counted, and the one that a test names
 * fails, or is the last thing that the process does. Reads pass. What to watch comes from the environment; see
 * `control.ts`.
 */
import child from 'node:child_process';
import { existsSync, writeSync } from 'node:fs';
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { DiskControl, type DiskFaultsSetup, diskFaultsVariable } from './control.ts';
import { actionAt, type DiskVerb, diskPath } from './keys.ts';

const setup = JSON.parse(process.env[diskFaultsVariable] ?? 'null') as DiskFaultsSetup | null;
if (setup === null) throw new Error(`${diskFaultsVariable} does not say what to watch`);
const control = new DiskControl(setup.control);
const { roots } = setup;

let round = -1;
let counts = new Map<string, number>();

/** The key of this call, counted. Calls of an earlier process of the same round count, too. */
function next(call: string): { readonly key: string; readonly action: string | null } {
  const order = control.order();
  if (order.round !== round) {
    round = order.round;
    counts = new Map();
    for (const key of control.seen(round)) count(key.replace(/#\d+$/, ''));
  }
  const key = `${call}#${count(call)}`;
  control.meet(round, key);
  const { fault } = order;
  if (fault === null) return { key, action: null };
  const fired = control.fired(fault);
  const action = actionAt(fault, key, fired);
  if (action !== null && !fired) control.fire(fault);
  return { key, action };
}

function count(call: string): number {
  const found = (counts.get(call) ?? 0) + 1;
  counts.set(call, found);
  return found;
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing may happen before it arrives.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function diskError(code: 'ENOSPC' | 'EIO', key: string): Error {
  const message = code === 'ENOSPC' ? 'no space left on device' : 'i/o error';
  const errno = code === 'ENOSPC' ? -28 : -5;
  return Object.assign(new Error(`${code}: ${message}, ${key}`), { code, errno, syscall: key.split(' ')[0] });
}

/** Does the call, or what is to happen instead of it. `half` does a part of it, where there is such a thing. */
async function at<T>(
  verb: DiskVerb,
  path: string | null,
  work: () => Promise<T>,
  half: () => void = () => {},
): Promise<T> {
  const watched = path === null ? null : diskPath(path, roots);
  if (watched === null) return work();
  const { key, action } = next(`${verb} ${watched}`);
  switch (action) {
    case null:
      return work();
    case 'kill-before':
      return die();
    case 'kill-half':
      half();
      return die();
    case 'kill-after':
      await work();
      return die();
    case 'enospc':
      half();
      throw diskError('ENOSPC', key);
    case 'full':
      // What is there already needs no room to be opened.
      if ((verb === 'open' || verb === 'mkdir') && existsSync(path ?? '')) return work();
      throw diskError('ENOSPC', key);
    case 'eio':
      throw diskError('EIO', key);
    default:
      throw new Error(`the disk knows no ${action}`);
  }
}

type Call = (...args: never[]) => Promise<unknown>;

/** Wraps a function whose path is one of its arguments. */
function watch<F extends Call>(call: F, verb: DiskVerb, pathOf: (args: Parameters<F>) => unknown): F {
  return new Proxy(call, {
    apply: (target, self, args: Parameters<F>) =>
      at(verb, String(pathOf(args)), async () => Reflect.apply(target, self, args)),
  });
}

const paths = new WeakMap<FileHandle, string>();
const open = fs.open;

/** Wraps a method of every open file. */
function watchHandles(
  prototype: object,
  name: 'write' | 'writeFile' | 'sync' | 'datasync' | 'truncate' | 'chmod',
  verb: DiskVerb,
): void {
  const method = Reflect.get(prototype, name) as (...args: unknown[]) => Promise<unknown>;
  const watched = new Proxy(method, {
    apply: (target, self: FileHandle, args: unknown[]) =>
      at(
        verb,
        paths.get(self) ?? null,
        () => Reflect.apply(target, self, args),
        () => {
          if (verb === 'write') writeHalf(self.fd, args);
        },
      ),
  });
  Reflect.set(prototype, name, watched);
}

/** @param args of `writeFile` (all of the data), or of `write`: a part of a buffer, at a place */
function writeHalf(fd: number, [data, offset, length, place]: readonly unknown[]): void {
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw new Error('only bytes can be halved');
  const from = typeof offset === 'number' ? offset : 0;
  const all = Buffer.from(data).subarray(from, typeof length === 'number' ? from + length : undefined);
  const half = all.subarray(0, Math.floor(all.length / 2));
  writeSync(fd, half, 0, half.length, typeof place === 'number' ? place : null);
}

const nowhere = await open('/dev/null', 'r');
const handles = Object.getPrototypeOf(nowhere) as object;
watchHandles(handles, 'write', 'write');
watchHandles(handles, 'writeFile', 'write');
watchHandles(handles, 'chmod', 'chmod');
watchHandles(handles, 'sync', 'sync');
watchHandles(handles, 'datasync', 'sync');
watchHandles(handles, 'truncate', 'truncate');
await nowhere.close();

fs.open = new Proxy(open, {
  async apply(target, self, args: Parameters<typeof open>) {
    const path = String(args[0]);
    const reads = args[1] === undefined || args[1] === 'r' || typeof args[1] === 'number';
    const opened = () => Reflect.apply(target, self, args);
    const handle = reads ? await opened() : await at('open', path, opened);
    paths.set(handle, path);
    return handle;
  },
});
fs.writeFile = watch(fs.writeFile, 'write', ([path]) => path);
fs.appendFile = watch(fs.appendFile, 'write', ([path]) => path);
fs.truncate = watch(fs.truncate, 'truncate', ([path]) => path);
fs.chmod = watch(fs.chmod, 'chmod', ([path]) => path);
fs.rename = watch(fs.rename, 'rename', ([, to]) => to);
fs.rm = watch(fs.rm, 'remove', ([path]) => path);
fs.mkdir = watch(fs.mkdir, 'mkdir', ([path]) => path);
fs.mkdtemp = watch(fs.mkdtemp, 'mkdir', ([prefix]) => prefix);

/** Git writes its mirror in a process of its own, which outlives ours. */
child.spawn = new Proxy(child.spawn, {
  apply(target, self, args: unknown[]) {
    const [program, list] = args;
    const start = () => Reflect.apply(target, self, args) as ReturnType<typeof child.spawn>;
    if (program !== 'git' || !Array.isArray(list)) return start();
    const command = list.find((arg) => /^[a-z][a-z-]+$/.test(String(arg)));
    const { action } = next(`git ${String(command)}`);
    if (action === 'kill-before') return die();
    const git = start();
    if (action === 'kill-half') git.once('spawn', die);
    if (action === 'kill-after') git.prependOnceListener('exit', die);
    return git;
  },
});
syncBuiltinESMExports();
