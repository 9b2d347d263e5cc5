/** What one person's tab keeps of his work beyond a reload: what he follows, what he has begun to write. */
export interface Kept {
  read(name: string): unknown;
  /** Null forgets it. */
  write(name: string, value: unknown): void;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
const PREFIX = 'tenantry/';

/**
 * Keeps by person, so that nobody finds the work of whoever used the tab before.
 *
 * @param store null where the browser gives none: then it is kept nowhere
 */
export function keptFor(person: string, store: Store | null = tabStore()): Kept {
  const key = (name: string): string => `${PREFIX}${person}/${name}`;
  return {
    read(name) {
      const text = store?.getItem(key(name)) ?? null;
      if (text === null) return null;
      try {
        return JSON.parse(text) as unknown;
      } catch (error) {
        if (error instanceof SyntaxError) return null;
        throw error;
      }
    },
    write(name, value) {
      if (value === null) return store?.removeItem(key(name));
      try {
        store?.setItem(key(name), JSON.stringify(value));
      } catch (error) {
        // The store is full: it stays in memory, as before there was one.
        if (!(error instanceof DOMException)) throw error;
      }
    },
  };
}

/** Forgets what the tab keeps, of whomever: he has left. */
export function forgetKept(): void {
  const store = tabStore();
  for (const key of Object.keys(store ?? {})) if (key.startsWith(PREFIX)) store?.removeItem(key);
}

function tabStore(): Storage | null {
  try {
    return globalThis.sessionStorage ?? null;
  } catch (error) {
    // Storage is forbidden here.
    if (error instanceof DOMException) return null;
    throw error;
  }
}
