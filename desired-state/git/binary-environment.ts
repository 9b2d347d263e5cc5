import { realpathSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GIT_ALLOC_BYTES, GIT_STREAM_BYTES } from './limits.ts';
import { basic, type Remote } from './url.ts';

/**
 * Variables of the surroundings that git may see. All else stays out: `GIT_DIR`, `GIT_TRACE`, `GIT_SSH_COMMAND`,
 * `GIT_CONFIG_*` and the like would change what a command does.
 */
const inherited = [
  'PATH',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
];

/** Settings of every command. Given by environment, so that no file and no argument list holds them. */
const settings: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.logAllRefUpdates', 'false'],
  // Larger blobs are inflated piece by piece, whatever size they turn out to have.
  ['core.bigFileThreshold', String(GIT_STREAM_BYTES)],
  ['credential.helper', ''],
  // What a remote sends is checked, object by object, before it is kept.
  ['fetch.fsckObjects', 'true'],
  ['fetch.recurseSubmodules', 'false'],
  // Always as a pack: unpacking would leave a damaged loose object of the same id in place.
  ['fetch.unpackLimit', '1'],
  ['gc.autoDetach', 'false'],
  // An accepted revision that the remote has rewritten since must stay readable.
  ['gc.pruneExpire', 'never'],
  // A redirect could lead the credential to another host.
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1000'],
  ['http.lowSpeedTime', '30'],
  ['init.defaultBranch', 'main'],
  ['push.gpgSign', 'false'],
];

/**
 * The environment of every git process for one remote.
 * @param dir the directory that holds the mirror
 * @param signingKey path of the ssh key that commits are signed with
 */
export function gitEnvironment(
  remote: Remote,
  dir: string,
  surroundings: Readonly<Record<string, string | undefined>>,
  signingKey?: string,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of inherited) {
    const value = surroundings[name];
    if (value !== undefined) env[name] = value;
  }
  const pairs: (readonly [string, string])[] = [...settings];
  for (const path of trustedDirectories(remote, dir)) pairs.push(['safe.directory', path]);
  if (signingKey !== undefined) pairs.push(['gpg.format', 'ssh'], ['user.signingKey', signingKey]);
  if (remote.kind === 'http' && remote.credential !== null) {
    pairs.push([`http.${remote.origin}/.extraHeader`, `Authorization: ${basic(remote.credential)}`]);
  }
  for (const [index, [key, value]] of pairs.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return {
    ...env,
    GIT_CONFIG_COUNT: String(pairs.length),
    GIT_ALLOC_LIMIT: String(GIT_ALLOC_BYTES),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: globalConfigPath(dir),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_ALLOW_PROTOCOL: remote.kind === 'path' ? 'file' : remote.kind === 'http' ? 'http:https' : 'ssh:file',
    // A constant without a word of the user's. Unknown hosts are refused: who answers in a host's place says what runs.
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15',
    GIT_SSH_VARIANT: 'ssh',
    HOME: dir,
    LC_ALL: 'C',
    TZ: 'UTC',
  };
}

/** The same environment with more settings. */
export function withSettings(
  env: Readonly<Record<string, string>>,
  more: readonly (readonly [string, string])[],
): Record<string, string> {
  const before = Number(env['GIT_CONFIG_COUNT'] ?? 0);
  const pairs = more.flatMap(([key, value], index): [string, string][] => [
    [`GIT_CONFIG_KEY_${before + index}`, key],
    [`GIT_CONFIG_VALUE_${before + index}`, value],
  ]);
  return { ...env, ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(before + more.length) };
}

/** Where the settings stand that must also reach the git process on the far side of a local remote. */
function globalConfigPath(dir: string): string {
  return join(dir, 'gitconfig');
}

/**
 * Writes that file where it says something else. Git refuses a repository of another user unless it is named, and root
 * reads the repositories of others; the far side of a local transfer does not see `GIT_CONFIG_*`.
 */
export async function writeGlobalConfig(remote: Remote, dir: string): Promise<void> {
  const lines = trustedDirectories(remote, dir).map((path) => `\tdirectory = ${quoteConfig(path)}\n`);
  const text = `[safe]\n${lines.join('')}`;
  const path = globalConfigPath(dir);
  const there = await readFile(path, 'utf8').catch(() => null);
  if (there !== text) await writeFile(path, text);
}

function trustedDirectories(remote: Remote, dir: string): readonly string[] {
  const own = [join(dir, 'mirror.git'), join(dir, 'rebuild.git')];
  if (remote.kind !== 'path') return own;
  const real = realPath(remote.path);
  const work = [remote.path, real, ...[remote.path, real].map((path) => join(path, '.git'))];
  // A remote named by its `.git` folder is found as the work tree around it.
  if (real.endsWith('/.git')) work.push(dirname(real));
  return [...own, ...new Set(work)];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    // A path that does not exist is git's to report.
    if (error instanceof Error && 'code' in error) return path;
    throw error;
  }
}

function quoteConfig(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
