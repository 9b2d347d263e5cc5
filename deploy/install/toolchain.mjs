import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foreground } from './programs.mjs';
import { codeOf, UserError } from './user-error.mjs';

/** The source tree's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * The pinned Node and the environment in which the project's own programs run.
 *
 * @typedef {{readonly node: string, readonly env: NodeJS.ProcessEnv}} Toolchain
 */

/**
 * Installs what package-lock.json names, when something of it is missing, and answers the Node that came with it. This
 * file and its neighbours run on whatever Node the machine has; everything else runs on that one.
 *
 * @returns {Promise<Toolchain>}
 * @throws {UserError} when npm fails
 */
export async function ensureToolchain() {
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  if (
    !isInstalled(readLock('package-lock.json'), readLock('node_modules/.package-lock.json')) ||
    !existsSync(node)
  ) {
    console.log('Installing the project’s packages with npm ci');
    const npm = npmCommand(process.env);
    const args = [...npm.args, 'ci', '--no-fund', '--no-audit', '--loglevel=error'];
    const code = await foreground(npm.file, args, { cwd: root });
    if (code !== 0)
      throw new UserError(`npm ci failed (exit code ${code}, see above): mend that and run this again`);
    if (!existsSync(node))
      throw new UserError(`npm ci left no ${node}: remove node_modules and run this again`);
  }
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { node, env: { ...process.env, PATH: path } };
}

/**
 * Whether npm's own record of node_modules agrees with the lock file. Times say nothing: a checkout changes them.
 *
 * @param {Lock | null} wanted
 * @param {Lock | null} installed
 * @returns {boolean} a package that only some machines need (`optional`) may be absent
 */
export function isInstalled(wanted, installed) {
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted.packages)
    .filter(([path]) => path !== '')
    .every(([path, entry]) => {
      const there = installed.packages[path];
      if (there === undefined) return entry.optional === true || entry.devOptional === true;
      return there.version === entry.version && there.integrity === entry.integrity;
    });
}

/**
 * @typedef {object} Lock
 * @property {Readonly<Record<string, {version?: string, integrity?: string, optional?: boolean, devOptional?: boolean}>>} packages
 *
 * @param {string} path relative to the root
 * @returns {Lock | null} null when there is none, or it is broken
 */
function readLock(path) {
  try {
    /** @type {unknown} */
    const lock = JSON.parse(readFileSync(join(root, path), 'utf8'));
    return isLock(lock) ? lock : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Lock}
 */
function isLock(value) {
  return (
    typeof value === 'object' && value !== null && 'packages' in value && typeof value.packages === 'object'
  );
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {{file: string, args: readonly string[]}} the npm that runs us, else the one on the PATH
 */
function npmCommand(env) {
  const running = env['npm_execpath'];
  if (running !== undefined && /npm-cli\.c?js$/.test(running))
    return { file: process.execPath, args: [running] };
  return { file: 'npm', args: [] };
}
