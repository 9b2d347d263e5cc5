import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { engineGet, ping } from '../../../deploy/install/docker-host.mjs';
import { engineHost } from '../../support/engine.ts';

let folder: string;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-host-'));
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true });
});

test('the engine of the tests answers', async () => {
  expect(await ping(engineHost())).toEqual({ answers: true });
  expect(await engineGet(engineHost(), '/containers/json')).toBeInstanceOf(Array);
  await expect(engineGet(engineHost(), '/nothing')).rejects.toThrow('answered 404');
});

test('a socket that is not there, or that nobody answers at, is no engine', async () => {
  const host = `unix://${folder}/docker.sock`;
  expect(await ping(host)).toMatchObject({ answers: false, denied: false });
  server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve));
  expect(await ping(host, 50)).toEqual({ answers: false, denied: false, why: 'no answer within 0.05 s' });
});

test('an address of another form is refused with the forms that there are', () => {
  expect(() => ping('ssh://somewhere')).toThrow('write unix:///path/to/docker.sock or tcp://host:port');
});
