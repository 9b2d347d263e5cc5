import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** A Git object as bytes: no program has looked at it, so that it may be anything. */
export interface RawObject {
  readonly type: ObjectType;
  readonly content: Buffer;
  readonly oid: string;
}

export function rawObject(type: ObjectType, content: Buffer | string): RawObject {
  const bytes = Buffer.from(content);
  const oid = createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex');
  return { type, content: bytes, oid };
}

/** An entry of a tree as it is written, unchecked: `[mode, name, oid]`. */
export type Item = readonly [mode: string, name: string | Buffer, oid: string];

/** A tree with the entries in just this order. */
export function rawTree(items: readonly Item[]): RawObject {
  const parts = items.map(([mode, name, oid]) =>
    Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(oid, 'hex')]),
  );
  return rawObject('tree', Buffer.concat(parts));
}

/** Entries in the order that git wants. */
export function sorted(items: readonly Item[]): readonly Item[] {
  const key = ([mode, name]: Item): Buffer =>
    Buffer.concat([Buffer.from(name), Buffer.from(mode.startsWith('4') ? '/' : '')]);
  return items.toSorted((a, b) => Buffer.compare(key(a), key(b)));
}

const ada = 'Ada <ada@example.com> 1700000000 +0000';

export function rawCommit(
  tree: string,
  parents: readonly string[],
  parts: { readonly author?: string | Buffer; readonly message?: string; readonly headers?: string } = {},
): RawObject {
  const head = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`)].join('\n');
  return rawObject(
    'commit',
    Buffer.concat([
      Buffer.from(`${head}\nauthor `),
      Buffer.from(parts.author ?? ada),
      Buffer.from(`\ncommitter ${ada}\n${parts.headers ?? ''}\n${parts.message ?? 'change'}\n`),
    ]),
  );
}

const numbers: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** An entry of a pack; `size` and `stream` are what it says and what follows, true or not. */
export function packEntry(
  type: ObjectType | number,
  size: number,
  stream: Buffer,
  base = Buffer.alloc(0),
): Buffer {
  const number = typeof type === 'number' ? type : numbers[type];
  const bytes = [(number << 4) | (size & 15)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 128;
    bytes.push(rest & 127);
  }
  return Buffer.concat([Buffer.from(bytes), base, stream]);
}

export function packedObject(object: RawObject): Buffer {
  return packEntry(object.type, object.content.length, deflateSync(object.content));
}

/** A pack with the right digest, whatever its entries are. */
export function packOf(entries: readonly Buffer[], count = entries.length): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK', 0, 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(count, 8);
  const body = Buffer.concat([head, ...entries]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}
