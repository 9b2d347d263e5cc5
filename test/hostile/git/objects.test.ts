import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowedFor } from '../heartbeat.ts';
import {
  type Item,
  packEntry,
  packedObject,
  packOf,
  type RawObject,
  rawCommit,
  rawObject,
  rawTree,
  sorted,
} from './objects.ts';
import { adapters, expectInert, HostileWorld } from './world.ts';

const GiB = 1024 ** 3;

/** All that the remote has, packed; what `change` answers for an object takes its place. */
function packed(world: HostileWorld, change: (object: RawObject) => Buffer | null): Buffer {
  const entries = [...world.remote.objects.values()].map((object) => change(object));
  return packOf(entries.filter((entry) => entry !== null));
}

/** A good commit of which one object, which nothing had before, is sent in another form. */
function tampered(
  name: string,
  which: RawObject['type'],
  change: (object: RawObject) => Buffer | null,
): Entry {
  return {
    name,
    prepare(world) {
      const known = new Set(world.remote.objects.keys());
      const before = world.good;
      const head = world.publishGood(before);
      const victims = [...world.remote.objects.values()].filter(
        ({ oid, type }) => type === which && !known.has(oid),
      );
      const victim = which === 'commit' ? head : victims[0]?.oid;
      world.remote.pack = packed(world, (object) =>
        object.oid === victim ? change(object) : packedObject(object),
      );
      return before;
    },
  };
}

interface Entry {
  readonly name: string;
  /** Makes the remote hostile; answers the commit that the next good one stands on. */
  prepare(world: HostileWorld): string;
}

/** Some more bytes than the digest of an object allows, in a stream of a few. */
const bomb = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes), { level: 9 });

const asIs = (world: HostileWorld, pack: Buffer): string => {
  const before = world.good;
  world.publishGood(before);
  world.remote.pack = pack;
  return before;
};

const entries: readonly Entry[] = [
  tampered('a blob that is missing', 'blob', () => null),
  tampered('a tree that is missing', 'tree', () => null),
  tampered('the commit itself missing', 'commit', () => null),
  tampered('an object whose stream is garbage', 'blob', ({ content }) =>
    packEntry('blob', content.length, Buffer.from('no zlib stream, whatever it says')),
  ),
  tampered('an object with another content', 'blob', () => packedObject(rawObject('blob', 'something else'))),
  tampered('a blob that is sent as a tree', 'blob', ({ content }) =>
    packEntry('tree', content.length, deflateSync(content)),
  ),
  tampered('an object that says it is smaller', 'blob', ({ content }) =>
    packEntry('blob', content.length - 1, deflateSync(content)),
  ),
  tampered('an object that says it is larger', 'blob', ({ content }) =>
    packEntry('blob', content.length + 1, deflateSync(content)),
  ),
  tampered('an object that says it has an exabyte', 'blob', ({ content }) =>
    packEntry('blob', 2 ** 50, deflateSync(content)),
  ),
  tampered('a tree that says it has a gigabyte', 'tree', ({ content }) =>
    packEntry('tree', GiB, deflateSync(content)),
  ),
  tampered('a zlib bomb that says it is small', 'blob', ({ content }) =>
    packEntry('blob', content.length, bomb(64 * 1024 * 1024)),
  ),
  tampered('a zlib bomb in a commit that says what it is', 'commit', () =>
    packEntry('commit', 64 * 1024 * 1024, bomb(64 * 1024 * 1024)),
  ),
  tampered('an entry of an unknown type', 'blob', ({ content }) =>
    packEntry(5, content.length, deflateSync(content)),
  ),
  tampered('a delta that builds on itself', 'blob', () =>
    packEntry(6, 4, deflateSync(Buffer.from([1, 1, 0x90, 1])), Buffer.from([0])),
  ),
  tampered('a delta that builds on nothing', 'blob', () =>
    packEntry(7, 4, deflateSync(Buffer.from([1, 1, 0x90, 1])), Buffer.alloc(20, 7)),
  ),
  tampered('a delta that grows to an exabyte', 'blob', () =>
    packEntry(
      7,
      10,
      deflateSync(Buffer.from([1, 255, 255, 255, 255, 255, 255, 255, 127, 0])),
      Buffer.alloc(20, 7),
    ),
  ),
  {
    name: 'a pack that announces four billion objects',
    prepare: (world) => asIs(world, packOf([], 0xffff_ffff)),
  },
  { name: 'a pack of nothing', prepare: (world) => asIs(world, packOf([])) },
  { name: 'an answer that is no pack', prepare: (world) => asIs(world, Buffer.from('PACKxyz')) },
  {
    name: 'a head that is a blob',
    prepare(world) {
      world.remote.head = world.remote.add(rawObject('blob', 'not a commit\n'));
      return world.good;
    },
  },
  {
    name: 'a head that is a tree',
    prepare(world) {
      world.remote.head = world.remote.add(rawTree(sorted(world.root())));
      return world.good;
    },
  },
  {
    name: 'a head that is a tag of a tag of a tree',
    prepare(world) {
      const { remote } = world;
      const tree = remote.add(rawTree([]));
      const tag = (target: string, type: string): string =>
        remote.add(
          rawObject(
            'tag',
            `object ${target}\ntype ${type}\ntag v1\ntagger A <a@b.c> 1700000000 +0000\n\nv1\n`,
          ),
        );
      remote.head = tag(tag(tree, 'tree'), 'tag');
      return world.good;
    },
  },
  {
    name: 'a commit whose author is not UTF-8 and whose date is none',
    prepare(world) {
      const author = Buffer.concat([
        Buffer.from([0xff, 0xfe]),
        Buffer.from(' <a@b.c> 99999999999999999999 +9999'),
      ]);
      world.publish(
        rawTree(sorted([...world.root(), ['120000', 'x', world.remote.add(rawObject('blob', '/'))]])).content,
        undefined,
        { author },
      );
      return world.good;
    },
  },
];

const says =
  /damaged|missing|lacks|no object|not at a commit|refuses|could not|did not send|not a commit|too large|There is no|symbolic link|allowed/i;

describe.each(adapters)('INV-6: hostile objects, through %s', (adapter) => {
  let world: HostileWorld;
  let clean: ReadonlyMap<string, RawObject>;
  beforeAll(async () => {
    world = await HostileWorld.make(adapter);
  });
  afterAll(() => world.remove());

  test.each(entries)(
    '$name: nothing changes, the status says why, the next good commit is applied',
    async (entry) => {
      clean = new Map(world.remote.objects);
      const parent = entry.prepare(world);
      const outcome = await world.attempt();
      expectInert(outcome, ['invalid', 'unreachable'], says);
      if (outcome.revision === world.remote.head) return world.recovers(world.remote.head);
      const { objects } = world.remote;
      objects.clear();
      for (const [oid, object] of clean) objects.set(oid, object);
      await world.recovers(parent);
    },
  );

  describe('INV-7: history that is not a continuation', () => {
    test.each([
      ['an orphan', (): readonly string[] => []],
      ['another history', (): readonly string[] => [world.remote.add(rawCommit(rawTreeOf(world), []))]],
    ])('%s is held, and the branch is followed again once it is back', async (_, parents) => {
      const before = world.good;
      world.publish(rawTree(sorted(world.root())).content, parents());
      expectInert(await world.attempt(), ['rewritten'], /--accept-history/);
      await world.recovers(before);
    });

    test('an older ancestor, put there by force, does not roll the fleet back', async () => {
      const older = world.good;
      await world.recovers();
      const newer = world.good;
      world.remote.head = older;
      expectInert(await world.attempt(), ['rewritten'], /--accept-history/);
      await world.recovers(newer);
    });
  });

  describe('what is strange, and harmless', () => {
    test('a message of 20 MB', async () => {
      world.publishGood();
      world.publish(rawTree(sorted(world.root())).content, undefined, { message: 'x'.repeat(20_000_000) });
      const outcome = await world.attempt();
      expect(outcome.blockedMs).toBeLessThan(allowedFor(outcome.blockedMs));
      const { objects, head } = world.remote;
      const followed = outcome.revision === head;
      if (!followed) objects.delete(head);
      await world.recovers(followed ? head : world.good);
    });

    test.each([
      ['the year 1970', '0 +0000'],
      ['the year 9999', '253402300799 +0000'],
    ])('dates of %s', async (_, date) => {
      const head = world.publish(rawTree(sorted(world.root())).content, undefined, {
        author: `Ada <ada@example.com> ${date}`,
      });
      await world.recovers(head);
    });

    test.each([2_000, 10_000])(
      'folders in folders, %i deep',
      async (levels) => {
        let oid = world.remote.add(rawObject('blob', 'x'));
        let mode = '100644';
        const folders: string[] = [];
        for (let level = 0; level < levels; level += 1) {
          oid = world.remote.add(rawTree([[mode, 'd', oid]]));
          mode = '40000';
          folders.push(oid);
        }
        const items: readonly Item[] = [...world.root(), ['40000', 'deep', oid]];
        const head = world.publish(rawTree(sorted(items)).content);
        expectInert(await world.attempt(), ['invalid', 'unreachable'], /longer than 1024|allowed/);
        await world.recovers(head);
        // The mirror has them; this server would send them with each pack of the tests after this one.
        for (const folder of folders) world.remote.objects.delete(folder);
      },
      120_000,
    );

    // isomorphic-git looks at each of them by itself, which takes it long.
    const count = adapter === 'binary' ? 10_000 : 1_000;
    test(`a commit with ${count} parents`, async () => {
      const tree = rawTreeOf(world);
      const parents = Array.from({ length: count }, (_, index) =>
        world.remote.add(rawCommit(tree, [], { message: `parent ${index}` })),
      );
      world.publish(rawTree(sorted(world.root())).content, [world.good, ...parents]);
      const outcome = await world.attempt();
      expect(outcome.blockedMs).toBeLessThan(allowedFor(outcome.blockedMs));
      await world.recovers(world.remote.head);
    }, 120_000);
  });
});

function rawTreeOf(world: HostileWorld): string {
  return world.remote.add(rawTree(sorted(world.root())));
}
