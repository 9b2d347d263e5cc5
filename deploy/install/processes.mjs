import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './user-error.mjs';

/**
 * One process, told from a later one with the same number by when it began.
 *
 * @typedef {{readonly pid: number, readonly startTicks: string}} ProcessIdentity
 */

/**
 * @param {number} pid
 * @returns {ProcessIdentity | null} null when there is none, or it has ended and only waits to be collected
 */
export function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything: the fields are counted from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return { pid, startTicks: fields[19] ?? '' };
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return null;
    throw error;
  }
}

/** @param {ProcessIdentity} process */
export function isAlive({ pid, startTicks }) {
  return identify(pid)?.startTicks === startTicks;
}

/**
 * Ends a process: SIGTERM, and SIGKILL when it is still there after `graceMs`.
 *
 * @param {ProcessIdentity} target
 * @param {number} graceMs
 */
export async function endProcess(target, graceMs) {
  if (signal(target, 'SIGTERM') && (await goneWithin(target, graceMs))) return;
  if (signal(target, 'SIGKILL') && !(await goneWithin(target, 5_000))) {
    throw new Error(`process ${target.pid} did not end on SIGKILL`);
  }
}

/**
 * @param {ProcessIdentity} target
 * @param {NodeJS.Signals} name
 * @returns {boolean} false when it is gone already
 */
function signal(target, name) {
  if (!isAlive(target)) return false;
  try {
    process.kill(target.pid, name);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    throw error;
  }
}

/**
 * @param {ProcessIdentity} target
 * @param {number} ms
 */
async function goneWithin(target, ms) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if (!isAlive(target)) return true;
    await sleep(50);
  }
  return !isAlive(target);
}
