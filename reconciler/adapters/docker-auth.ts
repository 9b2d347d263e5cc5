import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '../../schemas/is-object.ts';
import { ReconcilerError } from '../errors.ts';
import { errorCode } from './docker-errors.ts';

/**
 * The value of `X-Registry-Auth` for a registry, from the `auths` of the Docker client's `config.json` (what `docker
 * login` writes when it has no credential helper). Null when the registry is not in it. Credential helpers are
 * programs of the operator's desktop and are not asked.
 */
export function registryAuth(config: unknown, registry: string): string | null {
  if (!isObject(config) || !isObject(config['auths'])) return null;
  const auths = config['auths'];
  const key = Object.keys(auths).find((name) => hostOf(name) === hostOf(registry));
  const entry = key === undefined ? undefined : auths[key];
  if (key === undefined || !isObject(entry)) return null;
  const credentials = credentialsOf(entry);
  if (credentials === null) return null;
  return Buffer.from(JSON.stringify({ ...credentials, serveraddress: key })).toString('base64url');
}

/** Docker Hub is known by three names and an address. */
function hostOf(name: string): string {
  const host = name.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

function credentialsOf(entry: Readonly<Record<string, unknown>>): Record<string, string> | null {
  if (typeof entry['identitytoken'] === 'string') return { identitytoken: entry['identitytoken'] };
  if (typeof entry['auth'] !== 'string') return null;
  const decoded = Buffer.from(entry['auth'], 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon === -1) return null;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/**
 * Reads `config.json` in `DOCKER_CONFIG` (default `~/.docker`) anew each time, so that a login counts at once.
 * @throws ReconcilerError `docker/invalid` when there is one that cannot be read; the message never holds its text
 */
export async function readRegistryAuth(registry: string): Promise<string | null> {
  const path = join(process.env['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json');
  try {
    const config: unknown = JSON.parse(await readFile(path, 'utf8'));
    return registryAuth(config, registry);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    // A JSON error quotes the text, which holds credentials: only its kind is passed on.
    const why = error instanceof SyntaxError ? 'it is not JSON' : (errorCode(error) ?? 'unreadable');
    const message = `cannot read registry credentials from ${path}: ${why}; mend the file or log in again`;
    throw new ReconcilerError('docker/invalid', message, { retry: 'never' });
  }
}
