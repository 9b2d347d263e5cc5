import { readFileSync } from 'node:fs';
import { capture, findProgram, tail } from './programs.mjs';
import { codeOf, UserError } from './user-error.mjs';

/**
 * A Debian package and how to know that it is there.
 *
 * @typedef {object} SystemPackage
 * @property {string} name
 * @property {string} command what it brings; another package may bring it as well
 * @property {boolean} [exact] only this very package will do
 * @property {string} why
 */

/**
 * Installs what is missing with apt-get.
 *
 * @param {readonly SystemPackage[]} packages
 * @returns {Promise<void>}
 * @throws {UserError} with one sentence that says what to do, where it cannot install
 */
export async function ensurePackages(packages) {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  const obstacle = whyNotInstall({ debian: isDebian(readOsRelease()), root: process.getuid?.() === 0 });
  if (obstacle !== null) throw new UserError(describeMissing(missing, obstacle));
  const names = missing.map(({ name }) => name);
  console.log(`Installing ${names.join(', ')} with apt-get`);
  const install = ['install', '--yes', '--no-install-recommends', ...names];
  // The lists may be absent or too old; looking for newer ones first would cost time on every other machine.
  if ((await aptGet(install)).code === 0) return;
  const update = await aptGet(['update']);
  const again = await aptGet(install);
  if (again.code === 0) return;
  throw new UserError(
    `apt-get could not install ${names.join(', ')}:\n${tail(update.output + again.output, 20)}`,
  );
}

/** @param {readonly SystemPackage[]} packages */
async function missingPackages(packages) {
  const found = await Promise.all(packages.map(isThere));
  return packages.filter((_, index) => !found[index]);
}

/**
 * @param {SystemPackage} wanted
 * @returns {Promise<boolean>}
 */
async function isThere({ name, command, exact = false }) {
  if (!exact || findProgram('dpkg-query') === null) return findProgram(command) !== null;
  const { output } = await capture('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name]);
  return output === 'installed';
}

/**
 * @param {{debian: boolean, root: boolean}} machine
 * @returns {'not-debian' | 'not-root' | null}
 */
export function whyNotInstall({ debian, root }) {
  if (!debian) return 'not-debian';
  return root ? null : 'not-root';
}

/**
 * @param {readonly SystemPackage[]} missing
 * @param {'not-debian' | 'not-root'} obstacle
 * @returns {string} one sentence
 */
export function describeMissing(missing, obstacle) {
  const names = missing.map(({ name }) => name).join(' ');
  if (obstacle === 'not-root') {
    return `${names} must be installed: run this as root, or run "sudo apt-get install --no-install-recommends ${names}" and then this again`;
  }
  const needs = missing.map(({ command, why }) => `"${command}" (${why})`).join(', ');
  return `this system is not Debian or Ubuntu, so please install by its own means what is missing: ${needs}`;
}

/**
 * @param {string} osRelease text of /etc/os-release
 * @returns {boolean} also for systems that are made from Debian
 */
export function isDebian(osRelease) {
  return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(osRelease);
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** @param {readonly string[]} args */
function aptGet(args) {
  return capture('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    onLine: (line) => {
      if (line.startsWith('Setting up ')) console.log(`  ${line}`);
    },
  });
}
