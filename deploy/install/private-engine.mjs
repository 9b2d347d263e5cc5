import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from './dockerd.mjs';
import { engineProcesses, unmountBelow } from './leftovers.mjs';
import { endProcess, identify, isAlive } from './processes.mjs';
import { capture, findProgram } from './programs.mjs';
import { codeOf, messageOf, UserError } from './user-error.mjs';

/** Private engines keep their data here: a disk, because the engine's overlays want one. */
const home = '/var/lib/tenantry-test';

/** A daemon that stops gives each container ten seconds, and all of them at once. */
const daemonEndMs = 60_000;

/** One that is started again restores its containers before it answers: hundreds take a busy machine a minute. */
const restoreMs = 300_000;

/**
 * A Docker Engine beside the machine's own: its own data, its own processes, and a network namespace of its own, so
 * that bridges and packet filter rules of the two cannot meet.
 *
 * @typedef {object} PrivateEngine
 * @property {string} host for DOCKER_HOST; the socket is reached from everywhere on the machine
 * @property {string} netns name of the network namespace: its containers' addresses are reached only from in there
 * @property {readonly string[]} nsenter begin of a command line that runs a program in that namespace
 * @property {string} log what the daemon has said since it was last started
 * @property {(signal: 'SIGTERM' | 'SIGKILL') => Promise<void>} end ends the daemon alone and waits until it is gone: what
 *   becomes of its containers is for its settings to say
 * @property {() => Promise<void>} start starts it again after `end`, with the same data
 * @property {() => Promise<void>} stop ends it and removes all of it
 */

/**
 * @param {string} name unique on the machine; up to 40 of a-z, 0-9 and -
 * @param {Readonly<Record<string, unknown>>} [settings] for its `daemon.json`, as `{'live-restore': true}`
 * @returns {Promise<PrivateEngine>}
 * @throws {UserError} when it cannot be started; nothing is left of it then
 */
export async function startPrivateEngine(name, settings = {}) {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new Error(`"${name}" cannot be the name of a private engine`);
  if (process.getuid?.() !== 0)
    throw new UserError('a Docker Engine of its own for the tests needs root: run this as root');
  const dockerd = findProgram('dockerd');
  if (dockerd === null)
    throw new UserError('there is no dockerd on this machine: install the package docker.io');
  const folder = join(home, name);
  const netns = `tenantry-${name}`;
  const host = `unix://${folder}/docker.sock`;
  const log = join(folder, 'dockerd.log');
  const nsenter = ['nsenter', `--net=/var/run/netns/${netns}`];
  const start = async () => {
    forgetEndedContainerd(folder);
    const command = [...nsenter, dockerd, ...daemonArguments(folder, name)];
    // A containerd that answers too slowly is killed and leaves its stacks where temporary files are.
    await startDaemon({ command, host, log, readyMs: restoreMs, env: { TMPDIR: join(folder, 'tmp') } });
  };
  createFolder(folder);
  try {
    // The machine's own daemon.json is for the machine's own engine.
    const key = (await hasTrustKey(dockerd)) ? { 'deprecated-key-path': `${folder}/key.json` } : {};
    writeFileSync(join(folder, 'daemon.json'), JSON.stringify({ ...key, ...settings }));
    mkdirSync(join(folder, 'data'), { mode: 0o710 });
    mkdirSync(join(folder, 'tmp'), { mode: 0o700 });
    writeFileSync(join(folder, 'data', 'engine-id'), randomUUID());
    await ip('netns', 'add', netns);
    await ip('-n', netns, 'link', 'set', 'lo', 'up');
    await start();
  } catch (error) {
    await remove(name);
    throw error;
  }
  return {
    host,
    netns,
    nsenter,
    log,
    end: (signal) => endDaemon(folder, signal),
    start,
    stop: () => remove(name),
  };
}

/**
 * Removes what runs left behind whose process was killed before it could.
 *
 * @returns {Promise<readonly string[]>} names of the engines that were removed
 */
export async function removeAbandonedEngines() {
  const names = readFolder(home).filter((name) => {
    if (name.startsWith('.')) return false;
    const owner = readOwner(join(home, name, 'owner.json'));
    return owner === null || !isAlive(owner);
  });
  for (const name of names) await remove(name);
  return names;
}

/**
 * Makes the folder with its owner's name in it at once: one without an owner counts as abandoned.
 *
 * @param {string} folder
 */
function createFolder(folder) {
  const aside = join(home, `.${process.pid}-${randomUUID()}`);
  mkdirSync(aside, { recursive: true, mode: 0o711 });
  writeFileSync(join(aside, 'owner.json'), JSON.stringify(identify(process.pid)));
  renameSync(aside, folder);
}

/**
 * @param {string} folder
 * @param {string} name
 */
function daemonArguments(folder, name) {
  return [
    `--host=unix://${folder}/docker.sock`,
    `--data-root=${folder}/data`,
    `--exec-root=${folder}/exec`,
    `--pidfile=${folder}/dockerd.pid`,
    `--config-file=${folder}/daemon.json`,
    // Where a containerd serves the whole machine, two engines share it but not their containers.
    `--containerd-namespace=tenantry-${name}`,
    `--containerd-plugins-namespace=tenantry-${name}-plugins`,
    '--log-level=warn',
  ];
}

/**
 * Until version 24 an engine's id was that of a key in /etc/docker, the same for every engine of a machine; since then
 * it is in `engine-id` with the data.
 *
 * @param {string} dockerd
 */
async function hasTrustKey(dockerd) {
  const { output } = await capture(dockerd, ['--version']);
  return Number(/version (\d+)\./.exec(output)?.[1] ?? '24') < 24;
}

/**
 * The daemon that runs, told from a later process that has the number it left behind; null when none runs.
 *
 * @param {string} folder
 */
function daemonOf(folder) {
  const daemon = identify(Number(readText(join(folder, 'dockerd.pid')) ?? '0'));
  return engineProcesses(folder).some(({ pid }) => pid === daemon?.pid) ? daemon : null;
}

/**
 * @param {string} folder
 * @param {'SIGTERM' | 'SIGKILL'} signal
 */
async function endDaemon(folder, signal) {
  const daemon = daemonOf(folder);
  if (daemon === null) throw new Error(`the engine of ${folder} does not run`);
  const containerd = identify(Number(readText(containerdRecord(folder)) ?? '0'));
  process.kill(daemon.pid, signal);
  const end = performance.now() + daemonEndMs;
  // Its containerd ends with it, a little later: one that is started meanwhile would count on it.
  while (isAlive(daemon) || (containerd !== null && isAlive(containerd))) {
    if (performance.now() > end) throw new Error(`the engine of ${folder} did not end on ${signal}`);
    await sleep(20);
  }
}

/**
 * A killed daemon takes its containerd with it. The next one would wait in vain for a containerd that has ended but was
 * not collected yet, which on a machine with a slow init takes seconds.
 *
 * @param {string} folder
 */
function forgetEndedContainerd(folder) {
  const record = containerdRecord(folder);
  if (identify(Number(readText(record) ?? '0')) === null) rmSync(record, { force: true });
}

/** @param {string} folder */
function containerdRecord(folder) {
  return join(folder, 'exec', 'containerd', 'containerd.pid');
}

/**
 * Whatever there is of it: the daemon stops its containers on SIGTERM; what a killed one left is ended and unmounted.
 *
 * @param {string} name
 */
async function remove(name) {
  const folder = join(home, name);
  const daemon = daemonOf(folder);
  if (daemon !== null) await endProcess(daemon, 30_000);
  // Side by side: with live-restore all containers are left, and a program that ignores SIGTERM takes the whole grace.
  await Promise.all(engineProcesses(folder).map((process) => endProcess(process, 2_000)));
  for (const process of engineProcesses(folder)) await endProcess(process, 2_000);
  await unmountBelow(folder);
  rmSync(folder, { recursive: true, force: true });
  const netns = `tenantry-${name}`;
  if (readFolder('/var/run/netns').includes(netns)) await ip('netns', 'delete', netns);
}

/** @param {readonly string[]} args */
async function ip(...args) {
  const { code, output } = await capture(findProgram('ip') ?? 'ip', args);
  if (code !== 0) throw new UserError(`ip ${args.join(' ')} failed: ${output.trim()}`);
}

/** @param {string} path */
function readOwner(path) {
  try {
    /** @type {unknown} */
    const owner = JSON.parse(readText(path) ?? 'null');
    if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('startTicks' in owner))
      return null;
    return { pid: Number(owner.pid), startTicks: String(owner.startTicks) };
  } catch (error) {
    console.error(`${path} is damaged, its engine counts as abandoned: ${messageOf(error)}`);
    return null;
  }
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @param {string} path */
function readFolder(path) {
  try {
    return readdirSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
