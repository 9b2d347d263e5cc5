import type { OtherFile, ParsedDocument } from '../../schemas/validate.ts';

/** A file of a revision, judged by itself. */
export type JudgedFile = ParsedDocument | OtherFile;

interface Entry {
  readonly file: JudgedFile;
  /** The round in which it was last asked for. */
  used: number;
}

/**
 * Files that were parsed before, by path and content: the path decides the kind, so the same bytes elsewhere are
 * another document. The same pair always answers the same object, so that identity tells whether a file changed.
 */
export class DocumentCache {
  readonly #entries = new Map<string, Entry>();
  readonly #rounds: number;
  #round = 0;
  #parsed = 0;
  #reused = 0;

  /** @param rounds for how many readings of a repository a file is kept that none of them asked for */
  constructor(rounds: number) {
    this.#rounds = rounds;
  }

  /** How many files were parsed, and how many were answered without parsing, since the cache was made. */
  get counts(): { readonly parsed: number; readonly reused: number } {
    return { parsed: this.#parsed, reused: this.#reused };
  }

  /** How many files are kept. */
  get size(): number {
    return this.#entries.size;
  }

  get(path: string, oid: string): JudgedFile | undefined {
    const entry = this.#entries.get(key(path, oid));
    if (entry === undefined) return undefined;
    entry.used = this.#round;
    this.#reused += 1;
    return entry.file;
  }

  put(path: string, oid: string, file: JudgedFile): void {
    this.#parsed += 1;
    this.#entries.set(key(path, oid), { file, used: this.#round });
  }

  /** Ends a round, which is one reading of a repository: what no recent round asked for is dropped. */
  endRound(): void {
    this.#round += 1;
    for (const [name, { used }] of this.#entries) {
      if (this.#round - used > this.#rounds) this.#entries.delete(name);
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
