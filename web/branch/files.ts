import type { Repository } from '../../desired-state/git/port.ts';
import type { SourceFiles } from '../../desired-state/write/edit.ts';
import { WebError } from '../errors.ts';

/** Listings that are kept: edits are based on the newest revisions. */
const LISTINGS = 4;
/** Texts that are kept, by blob id. */
const TEXTS = 2_000;

/** The files of revisions as text; lists are carried from one revision to the next for what differs. */
export class RevisionFiles {
  readonly #repository: Repository;
  readonly #listings = new Map<string, ReadonlyMap<string, string>>();
  readonly #texts = new Map<string, string>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  /**
   * All paths of a revision, and the texts of those that `select` names. Reading another one that is there is a mistake
   * of the caller's and throws.
   */
  async source(revision: string, select: (path: string) => boolean): Promise<SourceFiles> {
    const listing = await this.listing(revision);
    const wanted = [...listing].filter(([path]) => select(path));
    const texts = new Map<string, string>();
    const missing = wanted.filter(([, oid]) => !this.#texts.has(oid)).map(([, oid]) => oid);
    const read = missing.length === 0 ? new Map<string, Uint8Array>() : await this.#repository.blobs(missing);
    // A byte order mark is kept: an edit changes no byte that it does not mean to.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for (const [path, oid] of wanted) {
      const bytes = read.get(oid);
      const text = bytes === undefined ? this.#texts.get(oid) : decoder.decode(bytes);
      if (text === undefined) throw new Error(`The repository gave no content for ${path}.`);
      texts.set(path, text);
      this.#keep(oid, text);
    }
    return {
      list: () => [...listing.keys()],
      read: (path) => {
        const text = texts.get(path);
        if (text === undefined && listing.has(path)) throw new Error(`${path} was not asked for beforehand.`);
        return text ?? null;
      },
    };
  }

  /** The text of one file; null when it is not there. */
  async read(revision: string, path: string): Promise<string | null> {
    return (await this.source(revision, (candidate) => candidate === path)).read(path);
  }

  /** Blob ids by path. @throws WebError 404 for a revision that the repository does not have */
  async listing(revision: string): Promise<ReadonlyMap<string, string>> {
    const known = this.#listings.get(revision);
    if (known !== undefined) return known;
    const listing = (await this.#carried(revision)) ?? (await this.#anew(revision));
    this.#listings.set(revision, listing);
    for (const oldest of this.#listings.keys()) {
      if (this.#listings.size <= LISTINGS) break;
      this.#listings.delete(oldest);
    }
    return listing;
  }

  async #carried(revision: string): Promise<ReadonlyMap<string, string> | null> {
    const [from, listing] = [...this.#listings].at(-1) ?? [];
    if (from === undefined || listing === undefined) return null;
    const changes = await this.#repository.changes(from, revision);
    if (changes === null) return null;
    const next = new Map(listing);
    for (const { path, after } of changes) {
      if (after === null) next.delete(path);
      else next.set(path, after);
    }
    return next;
  }

  async #anew(revision: string): Promise<ReadonlyMap<string, string>> {
    if ((await this.#repository.resolve(revision)) === null)
      throw new WebError('edit/unknown-base', 404, `The repository has no revision ${revision}.`);
    return new Map((await this.#repository.tree(revision)).map(({ path, oid }) => [path, oid]));
  }

  #keep(oid: string, text: string): void {
    this.#texts.delete(oid);
    this.#texts.set(oid, text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= TEXTS) break;
      this.#texts.delete(oldest);
    }
  }
}
