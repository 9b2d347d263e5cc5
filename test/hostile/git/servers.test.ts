import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advertise, answer, HostileRemote, packet } from './hostile-remote.ts';
import { packOf } from './objects.ts';
import { adapters, expectInert, HostileWorld, TOKEN } from './world.ts';

const says =
  /redirect|could not|broke|no connection|allowed|too large|ended after|not one of a Git server|refused|sent|damaged|no branch/i;

/** Sends chunks for as long as the other side takes them. */
function pour(response: ServerResponse, chunk: Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

const limits = { fetchMs: 4_000, fetchBytes: 8 * 1024 * 1024 };
const filling = Buffer.alloc(65_000, 1);

describe.each(adapters)('INV-6: a hostile server, through %s', (adapter) => {
  let world: HostileWorld;
  let other: HostileRemote;
  beforeAll(async () => {
    world = await HostileWorld.make(adapter, limits);
    other = await HostileRemote.start();
    other.head = world.remote.head;
  });
  afterAll(async () => {
    await world.remove();
    await other.close();
  });

  const redirects: readonly (readonly [string, () => string])[] = [
    ['another host', () => `${other.url}/state.git/info/refs?service=git-upload-pack`],
    ['the metadata service', () => 'http://169.254.169.254/latest/meta-data/iam/info/refs'],
    ['localhost', () => 'http://localhost:2375/info'],
    ['a file', () => 'file:///etc/passwd'],
    ['itself, for ever', () => `${world.remote.url}/state.git/info/refs?service=git-upload-pack`],
    ['a program', () => 'ext::sh -c true'],
  ];
  test.each(redirects)('a redirect to %s is not followed, and the token goes nowhere', async (_, target) => {
    const before = world.remote.requests.length;
    world.remote.handler = (_request, response) => response.writeHead(301, { location: target() }).end();
    // Whoever follows fails elsewhere, and says so in other words.
    expectInert(await world.attempt(), ['unreachable'], /redirects elsewhere, .*never followed/);
    expect(other.requests).toEqual([]);
    expect(world.remote.requests.length - before).toBeLessThan(5);
    await world.recovers();
  });

  test('an answer to the request for the pack that redirects is not followed', async () => {
    world.publishGood();
    world.remote.handler = (request, response) => {
      if (request.method === 'GET')
        answer(
          response,
          'advertisement',
          advertise([
            [world.remote.head, 'HEAD'],
            [world.remote.head, 'refs/heads/main'],
          ]),
        );
      else response.writeHead(307, { location: `${other.url}/state.git/git-upload-pack` }).end();
    };
    expectInert(await world.attempt(), ['unreachable'], says);
    expect(other.requests.join('\n')).not.toContain(TOKEN);
    expect(other.requests).toEqual([]);
    await world.recovers();
  });

  const answers: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ['a page', (response) => response.setHeader('content-type', 'text/html').end('<h1>Sign in</h1>')],
    ['protocol garbage', (response) => answer(response, 'advertisement', Buffer.from('zzzz nonsense\n'))],
    ['a length that is none', (response) => answer(response, 'advertisement', Buffer.from('0003'))],
    ['a line that is cut', (response) => answer(response, 'advertisement', Buffer.from('ffff# service'))],
    ['nothing', (response) => answer(response, 'advertisement', Buffer.alloc(0))],
    [
      'no references',
      (response) => answer(response, 'advertisement', advertise([['0'.repeat(40), 'capabilities^{}']])),
    ],
  ];
  test.each(answers)('%s in place of references is told', async (_, respond) => {
    world.remote.handler = (_request, response) => respond(response);
    expectInert(await world.attempt(), ['unreachable', 'invalid'], says);
    await world.recovers();
  });

  test('references without end are cut off', async () => {
    const line = packet(`${'1'.repeat(40)} refs/heads/${'x'.repeat(100)}\n`);
    const chunk = Buffer.concat(Array.from({ length: 500 }, () => line));
    world.remote.handler = (_request, response) => {
      response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
      response.write(Buffer.concat([packet('# service=git-upload-pack\n'), Buffer.from('0000')]));
      response.write(packet(`${world.good} HEAD\0side-band-64k\n`));
      pour(response, chunk);
    };
    expectInert(await world.attempt(), ['unreachable', 'invalid'], says);
    await world.recovers();
  });

  test('a pack without end is cut off, and leaves nothing behind', async () => {
    world.publishGood();
    const chunk = packet(Buffer.concat([Buffer.from([1]), filling]));
    const references = advertise([
      [world.remote.head, 'HEAD'],
      [world.remote.head, 'refs/heads/main'],
    ]);
    world.remote.handler = (request, response) => {
      if (request.method === 'GET') return void answer(response, 'advertisement', references);
      response.setHeader('content-type', 'application/x-git-upload-pack-result');
      response.write(packet('NAK\n'));
      // The head of a pack with one blob of a terabyte, in stored blocks of zlib that never end.
      response.write(
        packet(
          Buffer.concat([
            Buffer.from([1]),
            packOf([], 1).subarray(0, 12),
            Buffer.from([0xb0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x78, 0x01]),
          ]),
        ),
      );
      pour(response, chunk);
    };
    expectInert(await world.attempt(), ['unreachable', 'invalid'], says);
    const left = await readdir(join(world.dir, 'mirror'), { recursive: true });
    expect(left.filter((name) => name.includes('tmp_'))).toEqual([]);
    await world.recovers();
  });

  test('a server that says nothing is given up after the time for a fetch', async () => {
    world.remote.handler = (request) => request.resume();
    expectInert(await world.attempt(), ['unreachable'], says);
    await world.recovers();
  });
});
