import { askBeforeLeaving } from '../app/leaving.ts';
import { type Kept, keptFor } from '../edit/kept.ts';

/** A text that somebody has begun to change, with what it began from: the empty text, where there is no such file yet. */
export interface Draft {
  readonly base: string;
  readonly original: string;
  readonly text: string;
}

const NAME = 'drafts';

/** Drafts of one person, by address: they stay wherever one goes in the page, and when it is loaded again. */
export class Drafts {
  readonly #drafts: Map<string, Draft>;
  readonly #kept: Kept;

  constructor(kept: Kept) {
    this.#kept = kept;
    this.#drafts = new Map(readDrafts(kept.read(NAME)));
  }

  get size(): number {
    return this.#drafts.size;
  }

  of(address: string): Draft | null {
    return this.#drafts.get(address) ?? null;
  }

  keep(address: string, draft: Draft): void {
    if (draft.text === draft.original) this.#drafts.delete(address);
    else this.#drafts.set(address, draft);
    this.#kept.write(NAME, this.#drafts.size === 0 ? null : Object.fromEntries(this.#drafts));
  }

  /**
   * Names of files below a folder's address that were begun here and are in no commit yet.
   * @param committed names that have a file: a draft that was made before it is a change of that one
   */
  begunBelow(folder: string, committed: readonly string[]): readonly string[] {
    return [...this.#drafts]
      .filter(([address, { original }]) => original === '' && address.startsWith(`${folder}/`))
      .map(([address]) => decodeURIComponent(address.slice(folder.length + 1)))
      .filter((name) => !committed.includes(name));
  }
}

const byPerson = new Map<string, Drafts>();

export function draftsOf(person: string): Drafts {
  const known = byPerson.get(person);
  if (known !== undefined) return known;
  const made = new Drafts(keptFor(person));
  byPerson.set(person, made);
  askBeforeLeaving(() => made.size > 0);
  return made;
}

/** What an editor shows when the file was read again: an untouched text follows Git, one that was changed stays. */
export function followed(draft: Draft, file: { readonly base: string; readonly text: string }): Draft {
  if (draft.text !== draft.original) {
    // The same lines at a newer revision: the edit is as good from there.
    return draft.original === file.text ? { ...draft, base: file.base } : draft;
  }
  return { base: file.base, original: file.text, text: file.text };
}

function readDrafts(value: unknown): [string, Draft][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([address, draft]: [string, unknown]) =>
    isDraft(draft) ? [[address, draft] as [string, Draft]] : [],
  );
}

function isDraft(value: unknown): value is Draft {
  return (
    typeof value === 'object' &&
    value !== null &&
    'base' in value &&
    typeof value.base === 'string' &&
    'original' in value &&
    typeof value.original === 'string' &&
    'text' in value &&
    typeof value.text === 'string'
  );
}
