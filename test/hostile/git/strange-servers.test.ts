import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import { gitError } from '../../desired-state/git/contract.ts';
import { allowedFor } from '../heartbeat.ts';
import { advertise, answer, HostileRemote, packet } from './hostile-remote.ts';
import { watchMemory } from './memory-watch.ts';
import { packedObject, packOf, rawCommit, rawObject, rawTree, sorted } from './objects.ts';
import { adapters, expectInert, HostileWorld } from './world.ts';

/** A million take the test itself half a minute to write: `TENANTRY_HUGE=1` asks for it. */
const REFERENCES = process.env['TENANTRY_HUGE'] === '1' ? 1_000_000 : 100_000;
/** Bytes of memory that a git process may take for a million references: it keeps their list twice. */
const MAX_GIT_BYTES = 512 * 1024 * 1024;

const limits = { fetchMs: 20_000, fetchBytes: 2 * 1024 * 1024 };

describe.each(adapters)('INV-6: a server that is strange, through %s', (adapter) => {
  let world: HostileWorld;
  let other: HostileRemote;
  beforeAll(async () => {
    world = await HostileWorld.make(adapter, limits);
    other = await HostileRemote.start();
  });
  afterAll(async () => {
    await world.remove();
    await other.close();
  });

  /** References as given, and packs as ever. */
  function advertising(body: () => Buffer): void {
    world.remote.handler = (request, response) => {
      if (request.method === 'GET') answer(response, 'advertisement', body());
      else world.remote.serve(request, response);
    };
  }

  /** Plain files, as any web server hands them out: what there was before smart HTTP. */
  function plainFiles(request: IncomingMessage, response: ServerResponse): void {
    const { remote } = world;
    const path = (request.url ?? '').replace(/^\/state\.git\//, '').replace(/\?.*/, '');
    const oid = /^objects\/(..)\/(.{38})$/.exec(path);
    const object = remote.objects.get(`${oid?.[1]}${oid?.[2]}`);
    if (path === 'info/refs') response.end(`${remote.head}\trefs/heads/main\n`);
    else if (path === 'HEAD') response.end('ref: refs/heads/main\n');
    else if (path === 'objects/info/http-alternates') response.end(`${other.url}/state.git/objects\n`);
    else if (path === 'objects/info/alternates') response.end(`${other.url}/state.git/objects\n/etc\n`);
    else if (object === undefined) response.writeHead(404).end();
    else {
      const head = Buffer.from(`${object.type} ${object.content.length}\0`);
      response.end(deflateSync(Buffer.concat([head, object.content])));
    }
  }

  test('plain files in place of a Git server are refused, and leave nothing behind', async () => {
    world.publishGood();
    world.remote.handler = plainFiles;
    expectInert(await world.attempt(), ['unreachable'], /Git server/);
    expect(await world.looseObjects()).toEqual([]);
    await world.recovers();
  });

  test('objects that another server would have (http-alternates) are asked of nobody', async () => {
    const before = world.good;
    world.publishGood();
    const { objects } = world.remote;
    world.remote.handler = plainFiles;
    for (const oid of [...objects.keys()].slice(-3)) objects.delete(oid);
    expectInert(await world.attempt(), ['unreachable'], /Git server|alternate disabled/);
    expect(other.requests).toEqual([]);
    expect(await world.looseObjects()).toEqual([]);
    await world.recovers(before);
  });

  test.each([
    ['is told of', ['symref=HEAD:refs/heads/absent', 'agent=git/2.50']],
    ['is kept quiet', []],
  ])('a HEAD that names a branch which is not there, and %s, hinders nobody', async (_, capabilities) => {
    world.publishGood();
    advertising(() => advertise([[world.remote.head, 'refs/heads/main']], capabilities));
    world.remote.prepare();
    const { source, revision } = await world.attempt();
    expect(source).toMatchObject({ state: 'ok' });
    expect(revision).toBe(world.good);
    await world.recovers();
  });

  test('only a HEAD, and not the branch, is told', async () => {
    world.publishGood();
    advertising(() => advertise([[world.remote.head, 'HEAD']], ['symref=HEAD:refs/heads/main']));
    expectInert(await world.attempt(), ['unreachable'], /no branch main/);
    await world.recovers();
  });

  test('a server that is a shallow clone is followed where its history connects', async () => {
    world.publishGood();
    const { head } = world.remote;
    advertising(() => {
      const refs = advertise([[head, 'refs/heads/main']], ['shallow']);
      return Buffer.concat([refs.subarray(0, -4), packet(`shallow ${head}\n`), Buffer.from('0000')]);
    });
    const outcome = await world.attempt();
    expect(outcome).toMatchObject({ source: { state: 'ok' }, revision: head });
    await world.recovers();
  });

  test('a promisor, which sends a pack without the blobs, is told of', async () => {
    const before = world.good;
    const known = new Set(world.remote.objects.keys());
    world.publishGood();
    advertising(() => advertise([[world.remote.head, 'refs/heads/main']], ['filter']));
    world.remote.pack = packOf(
      [...world.remote.objects.values()]
        .filter(({ oid, type }) => known.has(oid) || type !== 'blob')
        .map(packedObject),
    );
    expectInert(await world.attempt(), ['unreachable', 'invalid'], /did not receive|There is no object/);
    await world.recovers(before);
  });

  test(`${REFERENCES} references are read or refused, within bounds of memory`, async () => {
    world.publishGood();
    const line = (index: number): Buffer => packet(`${world.remote.head} refs/heads/x${index}\n`);
    const lines = Buffer.concat(Array.from({ length: REFERENCES }, (_, index) => line(index)));
    const list = advertise([[world.remote.head, 'refs/heads/main']]);
    const whole = Buffer.concat([list.subarray(0, -4), lines, Buffer.from('0000')]);
    advertising(() => whole);
    const peak = watchMemory();
    const outcome = await world.attempt();
    const { git: child } = await peak();
    const { head } = world.remote;
    // Read in the time for a fetch, or given up with the reason: which of them depends on the machine.
    if (outcome.source.state === 'ok') expect(outcome.revision).toBe(head);
    else expectInert(outcome, ['unreachable', 'invalid'], /bytes that one answer may have|was ended after/);
    expect(outcome.blockedMs).toBeLessThan(allowedFor(outcome.blockedMs));
    expect(child).toBeLessThan(MAX_GIT_BYTES);
    await world.recovers();
  }, 60_000);

  test('commits without end are cut off', async () => {
    world.publishGood();
    const references = advertise([[world.remote.head, 'refs/heads/main']]);
    world.remote.handler = (request, response) => {
      if (request.method === 'GET') return void answer(response, 'advertisement', references);
      response.setHeader('content-type', 'application/x-git-upload-pack-result');
      response.write(packet('NAK\n'));
      response.write(band(packOf([], 4_000_000).subarray(0, 12)));
      let parent = world.good;
      const more = (): void => {
        while (!response.destroyed) {
          const commits = Array.from({ length: 200 }, () => {
            const commit = rawCommit('4b825dc642cb6eb9a060e54bf8d69288fbee4904', [parent]);
            parent = commit.oid;
            return packedObject(commit);
          });
          if (!response.write(band(Buffer.concat(commits)))) return void setImmediate(more);
        }
      };
      more();
    };
    // The server hashes its commits on this very thread.
    const outcome = { ...(await world.attempt()), blockedMs: 0 };
    expectInert(outcome, ['unreachable', 'invalid'], /too large|more than/);
    await world.recovers();
  }, 60_000);
});

describe.each(adapters)('a mirror, through %s', (adapter) => {
  test('that is as large as it may be takes nothing more, says what to do, and serves what it has', async () => {
    const world = await HostileWorld.make(adapter, { mirrorBytes: 64 * 1024 });
    try {
      // Each time another history of some size: what was there before stays, since it may be the accepted one.
      const bytes = 40 * 1024;
      const clean = new Map(world.remote.objects);
      for (let index = 0; index < 2; index += 1) {
        const noise = world.remote.add(rawObject('blob', randomBytes(bytes)));
        world.publish(rawTree(sorted([...world.root(), ['100644', 'noise.bin', noise]])).content, []);
        expectInert(await world.attempt(), ['rewritten'], /--accept-history/);
      }
      world.publish(rawTree(sorted(world.root())).content, []);
      expectInert(
        await world.attempt(),
        ['invalid', 'unreachable'],
        /mirror at .* 65536 are allowed.*delete the folder/,
      );
      await rm(join(world.dir, 'mirror', 'mirror.git'), { recursive: true });
      world.remote.objects.clear();
      for (const object of clean.values()) world.remote.add(object);
      await world.recovers();
    } finally {
      await world.remove();
    }
  });
});

test('a name is looked up, and git finds the server by what it leads to', async () => {
  const remote = await HostileRemote.start();
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-pinned-'));
  const url = remote.url.replace('127.0.0.1', 'localhost');
  const repository = await openRepository({
    url: `${url}/state.git`,
    branch: 'main',
    dir,
    adapter: 'binary',
  });
  try {
    await gitError(repository.fetch());
    expect(remote.requests.length).toBeGreaterThan(0);
  } finally {
    await repository.close();
    await remote.close();
    await rm(dir, { recursive: true, force: true });
  }
});

const band = (pack: Buffer): Buffer => packet(Buffer.concat([Buffer.from([1]), pack]));
