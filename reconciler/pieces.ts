import pLimit from 'p-limit';
import type { StateStore } from './ports.ts';

/** Entries that one document holds at most before it is cut into pieces, and about as many as a piece then gets. */
const most = 128;
const usual = 64;

/** Pieces that are written at the same time: each is a file that is synced. */
const parallel = 8;

export interface Written {
  /** What the document says beside its entries. */
  readonly head: object;
  /** The document with its entries in it, for as long as it is in one piece. */
  readonly whole: () => object;
  readonly entries: ReadonlyMap<string, unknown>;
  /** Names of entries that changed, came or went since the last writing that succeeded. */
  readonly changed: Iterable<string>;
}

/**
 * A state document with an entry a tenant. A small one is written as a whole. A large one is cut into pieces by the
 * entries' names, each a document of its own, so that a change of one tenant writes the piece that holds it and not the
 * memory of 10,000. An entry is in one piece only: after a crash each is the old one or the new one, as in one document.
 *
 * The main document is written last and says how many pieces there are: until then the former ones count.
 */
export class PiecedDocument {
  readonly #state: StateStore;
  readonly #name: string;
  /** Pieces that are in force on disk; null until it is known. */
  #count: number | null = null;
  /** Names of the entries of each piece. */
  #members: Set<string>[] = [];

  constructor(state: StateStore, name: string) {
    this.#state = state;
    this.#name = name;
  }

  /** The main document as it stands, and the entries of its pieces; null where a piece is missing or damaged. */
  async read(): Promise<{ readonly main: unknown; readonly pieces: readonly unknown[] }> {
    const main = await this.#state.read(this.#name);
    const count = piecesOf(main);
    const limit = pLimit(parallel);
    const names = Array.from({ length: count }, (_, index) => this.#piece(count, index));
    const pieces = await Promise.all(names.map((name) => limit(() => this.#state.read(name))));
    this.#count = count;
    this.#members = pieces.map((piece) => new Set(Object.keys(piece ?? {})));
    return { main, pieces };
  }

  /** @throws when a part could not be written: then what changed must be given again */
  async write({ head, whole, entries, changed }: Written): Promise<void> {
    const former = this.#count ?? piecesOf(await this.#state.read(this.#name));
    const count = countFor(entries.size, former);
    const stays = count === this.#count;
    if (count > 0 && stays) await this.#someOf(entries, changed);
    const members = stays ? this.#members : await this.#allOf(count, entries);
    if (count === 0) await this.#state.write(this.#name, whole());
    else if (!stays || Object.keys(head).length > 0)
      await this.#state.write(this.#name, { ...head, pieces: count });
    this.#count = count;
    this.#members = members;
    if (count === former) return;
    for (let index = 0; index < former; index += 1) await this.#state.remove(this.#piece(former, index));
  }

  async #allOf(count: number, entries: Written['entries']): Promise<Set<string>[]> {
    const members = Array.from({ length: count }, () => new Set<string>());
    if (count > 0) for (const name of entries.keys()) members[placeOf(name, count)]?.add(name);
    await this.#writePieces(members.keys(), members, entries);
    return members;
  }

  async #someOf(entries: Written['entries'], changed: Iterable<string>): Promise<void> {
    const touched = new Set<number>();
    for (const name of changed) {
      const index = placeOf(name, this.#members.length);
      touched.add(index);
      if (entries.has(name)) this.#members[index]?.add(name);
      else this.#members[index]?.delete(name);
    }
    await this.#writePieces(touched, this.#members, entries);
  }

  async #writePieces(
    indices: Iterable<number>,
    members: readonly ReadonlySet<string>[],
    entries: Written['entries'],
  ): Promise<void> {
    const limit = pLimit(parallel);
    const writes = [...indices].map((index) =>
      limit(() => {
        const names = [...(members[index] ?? [])];
        const value = Object.fromEntries(names.map((name) => [name, entries.get(name)]));
        return this.#state.write(this.#piece(members.length, index), value);
      }),
    );
    // All have ended before somebody writes them again.
    const failed = (await Promise.allSettled(writes)).find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #piece(count: number, index: number): string {
    return `${this.#name}-${count}-${index}`;
  }
}

/** How many pieces a main document names; 0 where all is in it. */
function piecesOf(main: unknown): number {
  if (typeof main !== 'object' || main === null || !('pieces' in main)) return 0;
  const { pieces } = main;
  return typeof pieces === 'number' && Number.isInteger(pieces) && pieces > 0 && pieces <= 65_536
    ? pieces
    : 0;
}

/** A power of two, and the one that is there for as long as it fits: else a tenant more or less would move all. */
function countFor(entries: number, former: number): number {
  if (former === 0 && entries <= most) return 0;
  if (former > 0 && entries <= former * most && entries * 4 > former * usual) return former;
  return entries <= usual ? 0 : 2 ** Math.ceil(Math.log2(entries / usual));
}

/** FNV-1a: the same name is in the same piece in every process. */
function placeOf(name: string, count: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % count;
}
