import type { Problem } from '../../schemas/problem.ts';
import { GitError } from '../git/errors.ts';
import type { TreeEntry } from '../git/port.ts';
import { problemOfFile } from './problem-at.ts';
import type { Source } from './source.ts';

/** Contents by id; null when one is larger than any revision may hold. @throws GitError when Git itself fails */
export async function readSizes(
  source: Source,
  entries: readonly TreeEntry[],
): Promise<ReadonlyMap<string, Uint8Array> | null> {
  if (entries.length === 0) return new Map();
  try {
    return await source.read([...new Set(entries.map(({ oid }) => oid))]);
  } catch (error) {
    if (isTooLarge(error)) return null;
    throw error;
  }
}

interface Contents {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly tooLarge: readonly Problem[];
}

/** A source that cannot tell sizes beforehand finds a file that is too large while it reads. */
export async function readContents(source: Source, wanted: readonly TreeEntry[]): Promise<Contents> {
  if (wanted.length === 0) return { contents: new Map(), tooLarge: [] };
  try {
    return { contents: await source.read([...new Set(wanted.map(({ oid }) => oid))]), tooLarge: [] };
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  const tooLarge: Problem[] = [];
  for (const { path, oid } of wanted) {
    try {
      await source.read([oid]);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      tooLarge.push(problemOfFile(path, error.code, error.message));
    }
  }
  return { contents: new Map(), tooLarge };
}

function isTooLarge(error: unknown): error is GitError {
  return error instanceof GitError && error.code === 'git/blob-too-large';
}
