import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultHost, engineGet, ping } from './docker-host.mjs';
import { startDaemon } from './dockerd.mjs';
import { ensurePackages } from './packages.mjs';
import { endProcess, identify, isAlive } from './processes.mjs';
import { capture, findProgram, tail } from './programs.mjs';
import { codeOf, UserError } from './user-error.mjs';

/** Remembers, until the machine restarts, that the engine which runs is ours to stop. */
const recordPath = '/run/tenantry/engine.json';
const daemonLog = '/var/log/tenantry-dockerd.log';

/** @type {readonly import('./packages.mjs').SystemPackage[]} */
export const enginePackages = [
  { name: 'docker.io', command: 'dockerd', why: 'the Docker Engine' },
  { name: 'iptables', command: 'iptables', why: 'the engine’s networks' },
];

/** @typedef {{by: 'systemd'} | ({by: 'hand'} & import('./processes.mjs').ProcessIdentity)} EngineRecord */

/**
 * Answers a Docker Engine that answers: the one that runs, else one that is installed and started here.
 *
 * @returns {Promise<string>} its address
 * @throws {UserError} with one sentence that says what to do
 */
export async function ensureEngine() {
  const named = process.env['DOCKER_HOST'];
  const host = named || defaultHost;
  const answer = await ping(host);
  if (answer.answers) return host;
  if (answer.denied) {
    throw new UserError(
      `a Docker Engine is at ${host}, but you may not use it: run this as root, or join the group "docker"`,
    );
  }
  if (named && named !== defaultHost) {
    throw new UserError(
      `no Docker Engine answers at DOCKER_HOST=${named} (${answer.why}): start it, or unset DOCKER_HOST`,
    );
  }
  await installAndStart(host);
  return host;
}

/** @param {string} host */
async function installAndStart(host) {
  await ensurePackages(enginePackages);
  if (process.getuid?.() !== 0) {
    throw new UserError(
      'no Docker Engine answers: run this as root, or start one with "sudo systemctl start docker"',
    );
  }
  if (existsSync('/run/systemd/system')) {
    console.log('Starting the Docker Engine with systemctl');
    const { code, output } = await capture('systemctl', ['start', 'docker.service']);
    if (code !== 0) throw new UserError(`systemctl could not start docker.service:\n${tail(output, 15)}`);
    await answersWithin(host, 30_000);
    writeRecord({ by: 'systemd' });
    return;
  }
  // Installing the package, or somebody else, may have begun to start it.
  if (isStarting() && (await answersWithin(host, 30_000))) return;
  console.log(`Starting the Docker Engine by hand, its log is ${daemonLog}`);
  const dockerd = findProgram('dockerd') ?? 'dockerd';
  writeRecord({ by: 'hand', ...(await startDaemon({ command: [dockerd], host, log: daemonLog })) });
}

/**
 * Stops the engine, when it was started here and nothing runs on it.
 *
 * @returns {Promise<string | null>} what was done or why not, as a sentence; null when there was nothing to stop
 */
export async function stopOwnEngine() {
  const record = readRecord();
  if (record === null) return null;
  if (record.by === 'hand' && !isAlive(record)) {
    rmSync(recordPath);
    return null;
  }
  if (!(await ping(defaultHost)).answers) return 'The Docker Engine does not answer and was left as it is.';
  const running = await engineGet(defaultHost, '/containers/json');
  if (Array.isArray(running) && running.length > 0) {
    return `The Docker Engine was left running: ${running.length} other container(s) run on it.`;
  }
  if (record.by === 'hand') await endProcess(record, 20_000);
  else {
    const { code, output } = await capture('systemctl', ['stop', 'docker.socket', 'docker.service']);
    if (code !== 0) throw new UserError(`systemctl could not stop the Docker Engine:\n${tail(output, 15)}`);
  }
  rmSync(recordPath);
  return 'The Docker Engine that was started for the demo is stopped; its package stays installed.';
}

/** Whether a daemon that does not answer yet has written its process number where Debian's does. */
function isStarting() {
  try {
    return identify(Number(readFileSync('/var/run/docker.pid', 'utf8'))) !== null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * @param {string} host
 * @param {number} ms
 */
async function answersWithin(host, ms) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    if ((await ping(host, 1_000)).answers) return true;
    await sleep(200);
  }
  return false;
}

/** @param {EngineRecord} record */
function writeRecord(record) {
  mkdirSync(dirname(recordPath), { recursive: true });
  writeFileSync(recordPath, `${JSON.stringify(record)}\n`);
}

/** @returns {EngineRecord | null} */
function readRecord() {
  try {
    /** @type {unknown} */
    const record = JSON.parse(readFileSync(recordPath, 'utf8'));
    if (isRecord(record)) return record;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError(
    `${recordPath} is damaged: remove it, and stop the Docker Engine yourself if you want it stopped`,
  );
}

/**
 * @param {unknown} value
 * @returns {value is EngineRecord}
 */
function isRecord(value) {
  if (typeof value !== 'object' || value === null || !('by' in value)) return false;
  if (value.by === 'systemd') return true;
  return value.by === 'hand' && 'pid' in value && typeof value.pid === 'number' && 'startTicks' in value;
}
