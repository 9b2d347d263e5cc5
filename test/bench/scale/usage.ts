import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';

/** What a process has used so far. */
export interface Usage {
  /** Milliseconds of processor time of the process itself, all its threads, user and system. */
  readonly ownMs: number;
  /** The same of its children (git), ended ones and those that run, to 10 ms. */
  readonly childrenMs: number;
  /** Resident memory, and the most that it ever was, MiB. */
  readonly rssMiB: number;
  readonly peakMiB: number;
  /** JavaScript objects that are in use, MiB; with what V8 has compiled. */
  readonly heapMiB: number;
  /** Of that, what V8 has compiled: it goes on to compile for hours, function after function. */
  readonly codeMiB: number;
}

/** Linux counts processor time in `/proc` in hundredths of a second. */
const tickMs = 10;

/**
 * Lets the garbage go, in a process that was started with `--expose-gc`. What a finaliser lets go of is garbage only
 * after it has run, in a turn of its own; then it is collected as well.
 */
export async function collectGarbage(): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    globalThis.gc?.();
    await turn();
  }
  globalThis.gc?.();
}

/** This process's own usage. */
export function usageOfSelf(): Usage {
  const { user, system } = process.cpuUsage();
  const status = readFileSync('/proc/self/status', 'utf8');
  return {
    ownMs: (user + system) / 1000,
    childrenMs: childrenMs(process.pid),
    rssMiB: kibOf(status, 'VmRSS') / 1024,
    peakMiB: kibOf(status, 'VmHWM') / 1024,
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    codeMiB: codeBytes() / 2 ** 20,
  };
}

/** Machine code, and in the trusted spaces bytecode and what belongs to both. */
function codeBytes(): number {
  return getHeapSpaceStatistics()
    .filter(({ space_name: name }) => /code|trusted/.test(name))
    .reduce((sum, { space_used_size: used }) => sum + used, 0);
}

function kibOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN);
}

function childrenMs(pid: number): number {
  const ended = statOf(String(pid));
  const running = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat?.parent === pid);
  const alive = running.reduce((sum, stat) => sum + (stat?.own ?? 0) + (stat?.children ?? 0), 0);
  return ((ended?.children ?? 0) + alive) * tickMs;
}

/** @returns null for a process that has just ended */
function statOf(pid: string): { parent: number; own: number; children: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The program's name stands in brackets and may hold anything; state is the first field after it.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const at = (position: number): number => fields[position] ?? 0;
  return { parent: at(1), own: at(11) + at(12), children: at(13) + at(14) };
}
