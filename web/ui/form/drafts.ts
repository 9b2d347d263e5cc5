/** A text that somebody has begun to change, with what it began from. */
export interface Draft {
  readonly base: string;
  readonly original: string;
  readonly text: string;
}

const drafts = new Map<string, Draft>();

/** Drafts stay while the page is open, wherever one goes in it: leaving an editor loses nothing. */
export function draftOf(address: string): Draft | null {
  return drafts.get(address) ?? null;
}

export function keepDraft(address: string, draft: Draft): void {
  if (draft.text === draft.original) drafts.delete(address);
  else drafts.set(address, draft);
}

/** What an editor shows when the file was read again: an untouched text follows Git, one that was changed stays. */
export function followed(draft: Draft, file: { readonly base: string; readonly text: string }): Draft {
  if (draft.text !== draft.original) {
    // The same lines at a newer revision: the edit is as good from there.
    return draft.original === file.text ? { ...draft, base: file.base } : draft;
  }
  return { base: file.base, original: file.text, text: file.text };
}
