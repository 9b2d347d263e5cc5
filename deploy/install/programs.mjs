import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { delimiter, join } from 'node:path';
import { codeOf } from './user-error.mjs';

/**
 * @typedef {object} Finished
 * @property {number} code exit code, 128 + signal number when a signal ended it
 * @property {string} output stdout and stderr, merged
 */

/**
 * Runs a program to its end and keeps what it says.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string, onLine?: (line: string) => void}} [options]
 * @returns {Promise<Finished>}
 * @throws {Error} when it cannot be started
 */
export function capture(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let line = '';
    const take = (/** @type {string} */ text) => {
      output += text;
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      for (const whole of lines) options.onLine?.(whole);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: exitCode(code, signal), output }));
  });
}

/**
 * Runs a program in the foreground, on this terminal, to its end. SIGINT and SIGTERM are handed on to it, and it is
 * waited for: what it has to put in order comes before what we have.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, cwd?: string}} [options]
 * @returns {Promise<number>} its exit code, 128 + signal number when a signal ended it
 */
export function foreground(file, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: 'inherit' });
    const forwardTerm = () => void child.kill('SIGTERM');
    // Ctrl-C reaches the whole foreground group by itself; a second SIGINT would count as impatience.
    const onInterrupt = () => {
      if (!process.stdin.isTTY) child.kill('SIGINT');
    };
    process.on('SIGTERM', forwardTerm);
    process.on('SIGINT', onInterrupt);
    const ended = () => {
      process.off('SIGTERM', forwardTerm);
      process.off('SIGINT', onInterrupt);
    };
    child.once('error', (error) => {
      ended();
      reject(error);
    });
    child.once('close', (code, signal) => {
      ended();
      resolve(exitCode(code, signal));
    });
  });
}

/**
 * @param {string} command
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | null} where it is, also in the folders of system programs that a user's PATH may leave out
 */
export function findProgram(command, env = process.env) {
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders.filter((entry) => entry !== '')) {
    const path = join(folder, command);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
    }
  }
  return null;
}

/**
 * @param {string} text
 * @param {number} count
 * @returns {string} its last lines, indented
 */
export function tail(text, count) {
  const lines = text.trimEnd().split('\n').slice(-count);
  return lines.map((line) => `  ${line}`).join('\n');
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function exitCode(code, signal) {
  return code ?? 128 + (signal === null ? 0 : osConstants.signals[signal]);
}
