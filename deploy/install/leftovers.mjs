import { readdirSync, readFileSync } from 'node:fs';
import { identify } from './processes.mjs';
import { capture } from './programs.mjs';
import { codeOf } from './user-error.mjs';

/**
 * The processes of an engine whose data lie in `folder`: the daemon, containerd and its shims, which name the folder on
 * their command line, and those of containers, whose root is mounted from it. The one that asks is never among them.
 *
 * @param {string} folder
 * @returns {readonly import('./processes.mjs').ProcessIdentity[]}
 */
export function engineProcesses(folder) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => isDaemonOf(folder, pid) || isContainedIn(folder, pid))
    .map((pid) => identify(Number(pid)))
    .filter((found) => found !== null);
}

/**
 * @param {string} folder
 * @param {string} pid
 */
function isDaemonOf(folder, pid) {
  const [program = '', ...args] = readProc(pid, 'cmdline').split('\0');
  const daemon = /(^|\/)(dockerd|containerd|containerd-shim[\w-]*|docker-proxy)$/.test(program);
  return daemon && args.some((arg) => arg.includes(`${folder}/`));
}

/**
 * @param {string} folder
 * @param {string} pid
 */
function isContainedIn(folder, pid) {
  const rootMount = readProc(pid, 'mountinfo')
    .split('\n')
    .findLast((line) => line.split(' ')[4] === '/');
  return rootMount?.includes(`${folder}/`) ?? false;
}

/**
 * Unmounts everything below a folder, the innermost first.
 *
 * @param {string} folder
 */
export async function unmountBelow(folder) {
  const points = readProc('self', 'mountinfo')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of points.reverse()) {
    const { code, output } = await capture('umount', ['--lazy', point]);
    if (code !== 0) throw new Error(`${point} could not be unmounted: ${output.trim()}`);
  }
}

/**
 * @param {string} pid
 * @param {string} name
 * @returns {string} empty when the process has gone meanwhile
 */
function readProc(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EINVAL', 'EACCES'].includes(codeOf(error) ?? '')) return '';
    throw error;
  }
}
