import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GitError } from '../../../desired-state/git/errors.ts';
import { treeChanges } from '../../../desired-state/git/tree-changes.ts';
import { judgeTree, type RawEntry } from '../../../desired-state/git/tree-rules.ts';

/** A folder: a file by its mode and content, or another folder. */
interface Folder {
  readonly [name: string]: Folder | `${string} ${string}`;
}

/** Tree objects by their ids, written as Git writes them. */
class Objects {
  readonly #contents = new Map<string, Buffer>();

  readonly read = async (oid: string): Promise<Buffer> => {
    const content = this.#contents.get(oid);
    if (content === undefined) throw new Error(`there is no tree ${oid}`);
    return content;
  };

  write(folder: Folder): string {
    const items = Object.entries(folder).map(([name, value]) => {
      if (typeof value === 'object') return { key: `${name}/`, name, mode: '40000', oid: this.write(value) };
      const [mode = '', content = ''] = value.split(' ');
      return { key: name, name, mode, oid: idOf(content) };
    });
    items.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    const content = Buffer.concat(
      items.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
    );
    const oid = idOf(content);
    this.#contents.set(oid, content);
    return oid;
  }
}

function idOf(content: string | Buffer): string {
  return createHash('sha1').update(content).digest('hex');
}

function entriesOf(folder: Folder, path = ''): RawEntry[] {
  return Object.entries(folder).flatMap(([name, value]) => {
    if (typeof value === 'object') return entriesOf(value, `${path}${name}/`);
    const [mode = '', content = ''] = value.split(' ');
    return [{ mode, oid: idOf(content), size: 1, path: Buffer.from(path + name) }];
  });
}

/** Files by path; null when no revision may be so. */
function accepted(folder: Folder): ReadonlyMap<string, string> | null {
  try {
    return new Map(judgeTree(entriesOf(folder)).map(({ path, oid }) => [path, oid]));
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'c', 'a.b', 'a-b', 'tenant.yaml') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('A', 'B', 'é', '.git', 'git~1', 'a b', 'a\\b', '\u212A', 'k', '-x'),
  },
);
const file = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('100644 1', '100644 2', '100755 1') },
  { weight: 1, arbitrary: fc.constantFrom('120000 1', '160000 1', '100664 1') },
);
const { folder } = fc.letrec<{ folder: Folder }>((tie) => ({
  folder: fc.dictionary(
    name,
    fc.oneof({ maxDepth: 3, withCrossShrink: true }, file, tie('folder')) as fc.Arbitrary<
      Folder | `${string} ${string}`
    >,
    { maxKeys: 4 },
  ),
}));

describe('the changes between two trees', () => {
  it('make the one out of the other, and say nothing where the other may not be read', async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(folder, folder, fc.boolean(), async (one, other, mixed) => {
        const next = mixed ? { ...one, ...other } : other;
        const before = accepted(one);
        if (before === null) return;
        const objects = new Objects();
        const changes = await treeChanges(objects.read, objects.write(one), objects.write(next));
        if (changes === null) return;
        told += 1;
        const files = new Map(before);
        for (const change of changes) {
          expect(files.get(change.path) ?? null).toBe(change.before);
          if (change.after === null) files.delete(change.path);
          else files.set(change.path, change.after);
        }
        expect(files).toEqual(accepted(next));
      }),
      { numRuns: 1_500 },
    );
    expect(told).toBeGreaterThan(300);
  });

  it('are not told when there are very many, or a tree is too large to be read', async () => {
    const objects = new Objects();
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index): [string, Folder] => [
        `t${index}`,
        { 'tenant.yaml': '100644 1' },
      ]),
    );
    const [empty, whole] = [objects.write({}), objects.write(many)];
    expect(await treeChanges(objects.read, empty, whole)).toBeNull();
    expect(await treeChanges(async () => null, empty, whole)).toBeNull();
  });

  it('are not told of a tree that no git writes', async () => {
    const objects = new Objects();
    const sound = objects.write({ b: '100644 1', c: '100644 1' });
    const [first, second] = ['a', 'b'].map((at) =>
      Buffer.concat([Buffer.from(`100644 ${at}\0`), Buffer.from(idOf('2'), 'hex')]),
    );
    const half = Buffer.from('100644 a');
    for (const content of [Buffer.concat([second ?? half, first ?? half]), half]) {
      const read = async (oid: string): Promise<Buffer> => (oid === 'other' ? content : objects.read(oid));
      expect(await treeChanges(read, sound, 'other')).toBeNull();
    }
  });
});
