import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { codeOf, messageOf, UserError } from './user-error.mjs';

export const defaultHost = 'unix:///var/run/docker.sock';

/**
 * @typedef {{answers: true} | {answers: false, why: string, denied: boolean}} Ping denied: it is there, but not for us
 */

/**
 * Asks whether a Docker Engine answers.
 *
 * @param {string} host `unix:///path` or `tcp://host:port`; TLS as the Docker client does it, by DOCKER_TLS_VERIFY
 * @param {number} [timeoutMs]
 * @returns {Promise<Ping>}
 * @throws {UserError} when `host` has another form, or a certificate cannot be read
 */
export function ping(host, timeoutMs = 3_000) {
  const { send, target } = address(host, process.env);
  return new Promise((resolve) => {
    const asked = send({ ...target, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume();
      const { statusCode = 0 } = response;
      if (statusCode === 200) resolve({ answers: true });
      else resolve({ answers: false, why: `it answered ${statusCode}`, denied: false });
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    asked.once('error', (error) => {
      resolve({ answers: false, why: messageOf(error), denied: codeOf(error) === 'EACCES' });
    });
    asked.end();
  });
}

/**
 * GETs one JSON document of an engine that answers.
 *
 * @param {string} host
 * @param {string} path
 * @returns {Promise<unknown>}
 */
export function engineGet(host, path) {
  const { send, target } = address(host, process.env);
  return new Promise((resolve, reject) => {
    const asked = send({ ...target, path, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (/** @type {string} */ part) => (text += part));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else
          reject(
            new Error(
              `the Docker Engine at ${host} answered ${response.statusCode} to ${path}: ${text.trim()}`,
            ),
          );
      });
    });
    asked.once('timeout', () =>
      asked.destroy(new Error(`the Docker Engine at ${host} did not answer ${path} in 10 s`)),
    );
    asked.once('error', reject);
    asked.end();
  });
}

/**
 * @param {string} host
 * @param {NodeJS.ProcessEnv} env
 */
function address(host, env) {
  if (host.startsWith('unix:///'))
    return { send: request, target: { socketPath: host.slice('unix://'.length) } };
  const url = URL.canParse(host) ? new URL(host) : null;
  if (url?.protocol !== 'tcp:' || url.hostname === '') {
    throw new UserError(`DOCKER_HOST is "${host}": write unix:///path/to/docker.sock or tcp://host:port`);
  }
  if (!env['DOCKER_TLS_VERIFY'])
    return { send: request, target: { host: url.hostname, port: url.port || '2375' } };
  const folder = env['DOCKER_CERT_PATH'] || join(homedir(), '.docker');
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) =>
    readCertificate(join(folder, name)),
  );
  return { send: secureRequest, target: { host: url.hostname, port: url.port || '2376', ca, cert, key } };
}

/** @param {string} path */
function readCertificate(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(
      `DOCKER_TLS_VERIFY is set, but ${path} cannot be read (${messageOf(error)}): set DOCKER_CERT_PATH`,
    );
  }
}
