import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { GitError } from './errors.ts';
import { IN_MEMORY } from './limits.ts';

/** Bytes that the head of a loose object (`blob 123<NUL>`) may have. */
const HEAD_BYTES = 64;

/**
 * An object that has a file of its own; null when there is none. Its size is bounded before it is inflated, which
 * isomorphic-git does not do.
 * @throws GitError `git/corrupt`, `git/blob-too-large`
 */
export async function readLooseObject(
  gitdir: string,
  oid: string,
): Promise<{ readonly type: string; readonly content: Buffer } | null> {
  const path = join(gitdir, 'objects', oid.slice(0, 2), oid.slice(2));
  let packed: Buffer;
  try {
    if ((await stat(path)).size > IN_MEMORY.objectBytes) throw tooLarge(oid);
    packed = await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null;
    throw error;
  }
  let whole: Buffer;
  try {
    whole = inflateSync(packed, { maxOutputLength: IN_MEMORY.objectBytes + HEAD_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(oid);
    throw new GitError('git/corrupt', `Object ${oid} is damaged: it cannot be inflated.`, { cause: error });
  }
  const end = whole.indexOf(0);
  const match = /^([a-z]+) (\d+)$/.exec(whole.toString('latin1', 0, Math.min(HEAD_BYTES, Math.max(0, end))));
  const content = whole.subarray(end + 1);
  if (match?.[1] === undefined || Number(match[2]) !== content.length) {
    throw new GitError('git/corrupt', `Object ${oid} is damaged: it is not as large as it says.`);
  }
  return { type: match[1], content };
}

function tooLarge(oid: string): GitError {
  return new GitError(
    'git/blob-too-large',
    `Object ${oid} has more than ${IN_MEMORY.objectBytes} bytes, which is too much to be read without the git program. ` +
      'Install it (apt-get install git), or take large files out of the repository.',
  );
}
