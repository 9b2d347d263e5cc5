import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ReconcilerError } from '../errors.ts';

/** Where an engine listens, by the option names of docker-modem. */
export interface EngineAddress {
  /** As it was given, for messages. */
  readonly text: string;
  readonly options: {
    readonly socketPath: string | undefined;
    readonly host: string | undefined;
    readonly port: string | undefined;
    readonly protocol: 'http' | 'https';
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: string | undefined;
  };
}

const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/**
 * Reads `unix:///path` or `tcp://host:port`. TLS as the Docker client does it: with `DOCKER_TLS_VERIFY` set, from
 * `ca.pem`, `cert.pem` and `key.pem` in `DOCKER_CERT_PATH` (default `~/.docker`).
 * @param host empty or undefined: `DOCKER_HOST`, else the default socket
 * @throws ReconcilerError `docker/invalid` for any other form
 */
export function engineAddress(host: string | undefined, env: NodeJS.ProcessEnv = process.env): EngineAddress {
  const text = host || env['DOCKER_HOST'] || DEFAULT_HOST;
  const nothing = { socketPath: undefined, host: undefined, port: undefined };
  const plain = { protocol: 'http' as const, ca: undefined, cert: undefined, key: undefined };
  if (text.startsWith('unix://') && text.length > 'unix://'.length) {
    return { text, options: { ...nothing, ...plain, socketPath: text.slice('unix://'.length) } };
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'tcp:' || url.hostname === '') {
    throw new ReconcilerError(
      'docker/invalid',
      `"${text}" does not name a Docker Engine: write unix:///path/to/docker.sock or tcp://host:port`,
      { retry: 'never' },
    );
  }
  const secure = Boolean(env['DOCKER_TLS_VERIFY']);
  const port = url.port || (secure ? '2376' : '2375');
  return { text, options: { ...nothing, ...(secure ? tls(env) : plain), host: url.hostname, port } };
}

function tls(env: NodeJS.ProcessEnv): { protocol: 'https'; ca: string; cert: string; key: string } {
  const folder = env['DOCKER_CERT_PATH'] || join(homedir(), '.docker');
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (cause) {
      const message = `DOCKER_TLS_VERIFY is set, but ${join(folder, name)} cannot be read: set DOCKER_CERT_PATH`;
      throw new ReconcilerError('docker/invalid', message, { retry: 'never', cause });
    }
  };
  return { protocol: 'https', ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
