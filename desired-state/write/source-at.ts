import type { Repository } from '../git/port.ts';
import type { SourceFiles } from './edit.ts';

/**
 * Reads all files of a revision.
 * @param select which paths to read; the others are neither listed nor fetched
 * @throws GitError `git/unsafe-tree`, `git/corrupt`
 */
export async function sourceAt(
  repository: Repository,
  revision: string,
  select: (path: string) => boolean = () => true,
): Promise<SourceFiles> {
  const entries = (await repository.tree(revision)).filter(({ path }) => select(path));
  const blobs = await repository.blobs(entries.map(({ oid }) => oid));
  // A byte order mark is kept: an edit changes no byte that it does not mean to.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const files = new Map(
    entries.map(({ path, oid }) => {
      const bytes = blobs.get(oid);
      if (bytes === undefined) throw new Error(`The repository gave no content for ${path}.`);
      return [path, decoder.decode(bytes)];
    }),
  );
  return sourceOf(files);
}

/** A source over files that are in memory. */
export function sourceOf(files: ReadonlyMap<string, string>): SourceFiles {
  return { read: (path) => files.get(path) ?? null, list: () => [...files.keys()] };
}
