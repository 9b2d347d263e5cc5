import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Item, rawObject, rawTree, sorted } from './objects.ts';
import { adapters, expectInert, HostileWorld } from './world.ts';

const PASSWD = '/etc/passwd';

interface Entry {
  readonly name: string;
  /** The tree of the hostile commit. */
  tree(world: HostileWorld): Buffer;
  readonly says: RegExp;
}

const blob = (world: HostileWorld, text: string): string => world.remote.add(rawObject('blob', text));
const tree = (items: readonly Item[]): Buffer => rawTree(sorted(items)).content;
const folder = (world: HostileWorld, items: readonly Item[]): string =>
  world.remote.add(rawTree(sorted(items)));

/** A tenant's folder with one more entry, unless the mode or the name says that it takes another's place. */
function inTenant(
  name: string,
  mode: string,
  entryName: string | Buffer,
  target: string,
  says: RegExp,
): Entry {
  return {
    name,
    says,
    tree: (world) => tree(world.root({ acme: [[mode, entryName, blob(world, target)]] })),
  };
}

/** A name that git's own check refuses, too. */
function badName(entryName: string | Buffer, says: RegExp, mode = '100644'): Entry {
  const name = `the name ${JSON.stringify(entryName.toString())}${mode === '40000' ? ' of a folder' : ''}`;
  return {
    name,
    says,
    tree: (world) => {
      const file = blob(world, 'x\n');
      const target = mode === '40000' ? folder(world, [['100644', 'config', file]]) : file;
      return tree(world.root({ acme: [[mode, entryName, target]] }));
    },
  };
}

const link = /symbolic link/;
const refused = /Git folder|refuses|not allowed|no version of git/;

const entries: readonly Entry[] = [
  inTenant('a link in a tenant’s folder', '120000', 'prompts.yaml', 'tenant.yaml', link),
  inTenant('a link to a file of the machine', '120000', 'prompts', PASSWD, link),
  inTenant('a link out of the repository', '120000', 'skills', '../../../..', link),
  {
    name: 'a link in place of a tenant’s folder',
    says: link,
    tree: (world) => tree(world.root({ tenants: [['120000', 'zeta', blob(world, 'acme')]] })),
  },
  {
    name: 'a folder that becomes a link',
    says: link,
    tree: (world) =>
      tree([
        ...world.root().filter(([, name]) => name !== 'tenants'),
        ['120000', 'tenants', blob(world, '/etc')],
      ]),
  },
  {
    name: 'a file that becomes a link',
    says: link,
    tree: (world) =>
      tree([
        ...world.root().filter(([, name]) => name !== 'tenantry.yaml'),
        ['120000', 'tenantry.yaml', blob(world, PASSWD)],
      ]),
  },
  {
    name: 'a submodule',
    says: /submodule/,
    tree: (world) => tree(world.root({ tenants: [['160000', 'zeta', '1'.repeat(40)]] })),
  },
  {
    name: 'a submodule whose address is a command',
    says: /submodule|refuses/,
    tree: (world) =>
      tree([
        ...world.root({ tenants: [['160000', 'zeta', '1'.repeat(40)]] }),
        [
          '100644',
          '.gitmodules',
          blob(
            world,
            '[submodule "-x"]\n\tpath = tenants/zeta\n\turl = ext::sh -c touch% /tmp/tenantry-pwned\n',
          ),
        ],
      ]),
  },
  {
    name: 'a pointer of Git LFS in a document’s place',
    says: /tenants\/acme\/prompts\/greeting\.yaml:1:1: .*Git LFS/,
    tree: (world) => {
      const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`;
      const prompts = folder(world, [['100644', 'greeting.yaml', blob(world, pointer)]]);
      return tree(world.root({ acme: [['40000', 'prompts', prompts]] }));
    },
  },
  badName('.git', refused, '40000'),
  badName('.GIT', refused, '40000'),
  badName('git~1', refused, '40000'),
  badName('.g\u200cit', refused, '40000'),
  badName('..', /folder "\.\."|refuses/, '40000'),
  badName('.', /folder "\."|refuses/, '40000'),
  badName('../../escape.yaml', /slash|refuses/),
  badName('/etc/cron.d/x', /slash|refuses/),
  badName('', /empty|refuses/),
  inTenant('a name with a newline', '100644', 'a\nb.yaml', 'x', /control character/),
  inTenant('a name with a backslash', '100644', '..\\x.yaml', 'x', /backslash/),
  inTenant('a name that is not UTF-8', '100644', Buffer.from([0xff, 0xfe]), 'x', /not UTF-8/),
  inTenant('case twins', '100644', 'Tenant.yaml', 'x', /in case only/),
  {
    name: 'Unicode twins',
    says: /in case only/,
    tree: (world) =>
      tree(
        world.root({
          acme: [
            ['100644', 'caf\u00e9', blob(world, 'a')],
            ['100644', 'cafe\u0301', blob(world, 'b')],
          ],
        }),
      ),
  },
  {
    name: 'a name that is there twice',
    says: /twice|out of order|refuses/,
    tree: (world) => {
      const [first, ...rest] = sorted(world.root());
      return rawTree([first, first, ...rest].filter((item) => item !== undefined)).content;
    },
  },
  {
    name: 'a file and a folder of one name',
    says: /twice|refuses/,
    tree: (world) => tree([...world.root(), ['100644', 'tenants', blob(world, 'x')]]),
  },
  {
    name: 'entries out of order',
    says: /out of order|refuses/,
    tree: (world) => rawTree(sorted(world.root()).toReversed()).content,
  },
  {
    name: 'modes with a zero in front',
    says: /mode|refuses/,
    tree: (world) =>
      rawTree(sorted(world.root()).map(([mode, name, oid]): Item => [`0${mode}`, name, oid])).content,
  },
  {
    name: 'a mode of 0',
    says: /mode|submodule|refuses/,
    tree: (world) => tree([...world.root(), ['0', 'zero', blob(world, 'x')]]),
  },
  {
    name: 'an entry that is cut off',
    says: /middle of an entry|refuses|could not take over/,
    tree: (world) => rawTree(sorted(world.root())).content.subarray(0, -7),
  },
  {
    name: 'folders that name one another many times over',
    says: /files|far too large/,
    tree: (world) => {
      let oid = blob(world, 'x');
      let mode = '100644';
      for (let level = 0; level < 10; level += 1) {
        const items = Array.from({ length: 10 }, (_, index): Item => [mode, `f${index}`, oid]);
        oid = folder(world, items);
        mode = '40000';
      }
      return tree([...world.root(), ['40000', 'bomb', oid]]);
    },
  },
];

describe.each(adapters)('INV-8: a hostile tree, through %s', (adapter) => {
  let world: HostileWorld;
  beforeAll(async () => {
    world = await HostileWorld.make(adapter);
  });
  afterAll(() => world.remove());

  test.each(entries)(
    '$name: nothing changes, the status says why, the next good commit is applied',
    async (entry) => {
      const { remote, good } = world;
      const before = new Map(remote.objects);
      const hostile = world.publish(entry.tree(world));
      const outcome = await world.attempt();
      expectInert(outcome, ['invalid', 'unreachable'], entry.says);
      if (outcome.revision === hostile) return world.recovers(hostile);
      // What git refuses to take over must leave the branch: the repository's owner takes the commit out.
      remote.objects.clear();
      for (const [oid, object] of before) remote.objects.set(oid, object);
      await world.recovers(good);
    },
  );

  test('modes of early versions of git are those of regular files', async () => {
    world.publish(tree([...world.root(), ['100664', 'README.md', blob(world, 'x')]]));
    const { source } = await world.attempt();
    expect(source.state).toBe('ok');
    await world.recovers(world.remote.head);
  });
});
