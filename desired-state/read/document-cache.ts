import type { OtherFile, ParsedDocument } from '../../schemas/validate.ts';

/** A file of a revision, judged by itself. */
export type JudgedFile = ParsedDocument | OtherFile;

/**
 * Files that were parsed before, by path and content: the path decides the kind, so the same bytes elsewhere are
 * another document. The same pair always answers the same object, so that identity tells whether a file changed.
 */
export class DocumentCache {
  readonly #files = new Map<string, JudgedFile>();
  /** Those that the revision read last does not hold, with the round in which they were left. */
  readonly #left = new Map<string, number>();
  readonly #rounds: number;
  #round = 0;
  #parsed = 0;
  #reused = 0;

  /** @param rounds for how many readings of a repository a file is kept that is in none of them */
  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  /** How many files were parsed, and how many were answered without parsing, since the cache was made. */
  get counts(): { readonly parsed: number; readonly reused: number } {
    return { parsed: this.#parsed, reused: this.#reused };
  }

  /** How many files are kept. */
  get size(): number {
    return this.#files.size;
  }

  get(path: string, oid: string): JudgedFile | undefined {
    const name = key(path, oid);
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    this.#left.delete(name);
    this.#reused += 1;
    return file;
  }

  put(path: string, oid: string, file: JudgedFile): void {
    this.#parsed += 1;
    this.#files.set(key(path, oid), file);
    this.#left.delete(key(path, oid));
  }

  /** A file is not in what is read next. */
  leave(path: string, oid: string): void {
    const name = key(path, oid);
    if (this.#files.has(name)) this.#left.set(name, this.#round);
  }

  /** What is read next is read as a whole: only files that are asked for again are in it. */
  leaveAll(): void {
    for (const name of this.#files.keys()) {
      if (!this.#left.has(name)) this.#left.set(name, this.#round);
    }
  }

  /** Ends a round, which is one reading of a repository: what was left some rounds ago is dropped. */
  endRound(): void {
    this.#round += 1;
    for (const [name, round] of this.#left) {
      if (this.#round - round <= this.#rounds) continue;
      this.#left.delete(name);
      this.#files.delete(name);
    }
  }
}

/** A cache for one repository, for as long as it is read. It may be thrown away at any time. */
export function createDocumentCache(): DocumentCache {
  return new DocumentCache(4);
}

function key(path: string, oid: string): string {
  return `${oid} ${path}`;
}
