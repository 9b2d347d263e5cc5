import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { engineAddress } from '../../../reconciler/adapters/docker-host.ts';
import { DeadlinePassed, type PlainReads, plainReads } from '../../../reconciler/adapters/plain-reads.ts';

let folder: string;
let server: Server;
let host: string;
let connections: Socket[];
/** What the server does with each request, in order; the last one goes on. */
let answers: ((socket: Socket) => void)[];
let reads: PlainReads;

const reply = (body: string) => (socket: Socket) =>
  void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
const text = (body: Buffer) => body.toString();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-test-reads-'));
  connections = [];
  answers = [reply('hello')];
  server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {
      const [answer] = answers.length > 1 ? answers.splice(0, 1) : answers;
      answer?.(socket);
    });
  });
  const socket = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  host = `unix://${socket}`;
  const opened = plainReads(engineAddress(host));
  if (opened === null) throw new Error('a unix socket is read plainly');
  reads = opened;
});
afterEach(async () => {
  for (const socket of connections) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

test('reads one after the other share a connection, and reads at a time do not', async () => {
  for (let round = 0; round < 3; round += 1) expect(await reads.get('/x', 1_000, text)).toBe('hello');
  expect(connections).toHaveLength(1);
  const both = await Promise.all([reads.get('/x', 1_000, text), reads.get('/y', 1_000, text)]);
  expect([both, connections.length]).toEqual([['hello', 'hello'], 2]);
});

test('a reply that comes in many parts, and is larger than what is read at once, is whole', async () => {
  const body = 'tenant '.repeat(40_000);
  answers = [
    (socket) => {
      const whole = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      for (let at = 0; at < whole.length; at += 50_000) socket.write(whole.slice(at, at + 50_000));
    },
  ];
  expect(await reads.get('/x', 5_000, text)).toBe(body);
});

test.each<[string, (socket: Socket) => void]>([
  ['is cut before its reply', (socket) => void socket.destroy()],
  ['is cut in the middle of its reply', (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
  ['answers something else', (socket) => void socket.write('HTTP/1.1 500 Oops\r\n\r\n')],
])('a connection that %s answers nothing, and the next read has another one', async (_what, answer) => {
  answers = [answer, reply('again')];
  expect(await reads.get('/x', 1_000, text)).toBeNull();
  expect(await reads.get('/x', 1_000, text)).toBe('again');
  expect(connections).toHaveLength(2);
});

test('a kept connection that the engine closed meanwhile is not used again', async () => {
  expect(await reads.get('/x', 1_000, text)).toBe('hello');
  connections[0]?.destroy();
  await expect.poll(() => reads.get('/x', 1_000, text)).toBe('hello');
  expect(connections.length).toBeGreaterThan(1);
});

test('INV-14: a read that is not answered ends at its deadline', async () => {
  answers = [() => {}, reply('again')];
  await expect(reads.get('/x', 50, text)).rejects.toThrow(DeadlinePassed);
  expect(await reads.get('/x', 1_000, text)).toBe('again');
  answers = [() => {}];
  const docker = connectDocker({ host, deadlines: { read: 50 } });
  await expect(docker.inspectContainerUnless('acme', null)).rejects.toMatchObject({ code: 'docker/timeout' });
});

test('no engine is told as such by the ordinary client', async () => {
  const docker = connectDocker({ host: `unix://${folder}/absent.sock` });
  await expect(docker.inspectContainerUnless('acme', null)).rejects.toMatchObject({
    code: 'docker/unreachable',
  });
});

test('what the reader of a body throws is what the read answers', async () => {
  const failing = reads.get('/x', 1_000, () => {
    throw new Error('not of the expected form');
  });
  await expect(failing).rejects.toThrow('not of the expected form');
  expect(await reads.get('/x', 1_000, text)).toBe('hello');
});
