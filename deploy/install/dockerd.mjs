import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ping } from './docker-host.mjs';
import { endProcess, identify } from './processes.mjs';
import { tail } from './programs.mjs';
import { UserError } from './user-error.mjs';

/**
 * Starts a Docker daemon in the background, where it outlives this process, and waits until it answers.
 *
 * @param {object} options
 * @param {readonly string[]} options.command the program and its arguments
 * @param {string} options.host where it will answer
 * @param {string} options.log file that gets what it says
 * @param {number} [options.readyMs] how long it may take; one that has containers looks at each of them first
 * @param {Readonly<Record<string, string>>} [options.env] besides this process's own
 * @returns {Promise<import('./processes.mjs').ProcessIdentity>}
 * @throws {UserError} with the log's end, when it ends or does not answer in time; nothing is left running then
 */
export async function startDaemon({ command, host, log, readyMs = 30_000, env = {} }) {
  const [file = '', ...args] = command;
  mkdirSync(dirname(log), { recursive: true });
  const out = openSync(log, 'w', 0o640);
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
  });
  closeSync(out);
  /** @type {{error?: Error, ended?: true}} */
  const fate = {};
  child.once('error', (error) => (fate.error = error));
  child.once('exit', () => (fate.ended = true));
  child.unref();

  const end = performance.now() + readyMs;
  for (;;) {
    if (fate.error) throw new UserError(`${file} could not be started: ${fate.error.message}`);
    const told = () => `; the end of ${log}:\n${tail(readFileSync(log, 'utf8'), 15)}`;
    if (fate.ended) throw new UserError(`the Docker daemon ended at once${told()}`);
    if ((await ping(host, 1_000)).answers) break;
    if (performance.now() > end) {
      const late = child.pid === undefined ? null : identify(child.pid);
      if (late !== null) await endProcess(late, 5_000);
      throw new UserError(`the Docker daemon did not answer within ${readyMs / 1000} s${told()}`);
    }
    await sleep(100);
  }
  const daemon = child.pid === undefined ? null : identify(child.pid);
  if (daemon === null) throw new UserError(`the Docker daemon ended as soon as it had answered: see ${log}`);
  return daemon;
}
