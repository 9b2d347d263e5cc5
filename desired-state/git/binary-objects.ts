import type { BlobBatch } from './batch.ts';
import { parseCommitObject, treeIdOf } from './commit-object.ts';
import { GitError } from './errors.ts';
import type { Commit } from './port.ts';
import { MAX_BLOB_BYTES } from './tree-rules.ts';

/** Objects of the mirror, through the one process that reads them. */
export class MirrorObjects {
  readonly #batch: BlobBatch;

  constructor(batch: BlobBatch) {
    this.#batch = batch;
  }

  /** Contents by id. @throws GitError `git/missing`, `git/blob-too-large` */
  async blobs(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const reading = oids.map(async (oid): Promise<[string, Uint8Array]> => [oid, await this.#blob(oid)]);
    return new Map(await Promise.all(reading));
  }

  async #blob(oid: string): Promise<Uint8Array> {
    const answer = await this.#batch.read(oid);
    if (answer.kind === 'missing')
      throw new GitError('git/missing', `There is no blob ${oid} in the mirror.`);
    if (answer.kind === 'too-large') {
      throw new GitError(
        'git/blob-too-large',
        `Blob ${oid} has ${answer.size} bytes; ${MAX_BLOB_BYTES} (1 MiB) are allowed. Make the file smaller.`,
      );
    }
    if (answer.type !== 'blob') throw new GitError('git/missing', `${oid} is a ${answer.type}, not a blob.`);
    return answer.content;
  }

  /** @throws GitError `git/missing` */
  async commit(oid: string): Promise<Commit> {
    return parseCommitObject(oid, await this.#commitContent(oid));
  }

  /** The id of the commit that a name stands for; null when there is none, or it is anything else. */
  async knownCommit(name: string): Promise<string | null> {
    const answer = await this.#batch.read(name);
    return answer.kind === 'object' && answer.type === 'commit' ? answer.oid : null;
  }

  /** Commits backwards along first parents, one after the other: quicker than a process when there are few. */
  async firstParents(from: string, limit: number): Promise<readonly Commit[]> {
    const found: Commit[] = [];
    for (let oid: string | undefined = from; oid !== undefined && found.length < limit; ) {
      const commit = await this.commit(oid);
      found.push(commit);
      oid = commit.parents[0];
    }
    return found;
  }

  /** The tree of a commit. @throws GitError `git/missing`, `git/corrupt` */
  async treeOf(commit: string): Promise<string> {
    const tree = treeIdOf(await this.#commitContent(commit));
    if (tree === null) throw new GitError('git/corrupt', `Commit ${commit} names no tree.`);
    return tree;
  }

  /** The content of a tree object; null when it is larger than a blob may be. @throws GitError `git/missing` */
  async tree(oid: string): Promise<Buffer | null> {
    const answer = await this.#batch.read(oid);
    if (answer.kind === 'missing')
      throw new GitError('git/missing', `There is no tree ${oid} in the mirror.`);
    if (answer.kind === 'too-large') return null;
    if (answer.type !== 'tree') throw new GitError('git/missing', `${oid} is a ${answer.type}, not a tree.`);
    return Buffer.from(answer.content.buffer, answer.content.byteOffset, answer.content.byteLength);
  }

  async #commitContent(oid: string): Promise<Buffer> {
    const answer = await this.#batch.read(oid);
    if (answer.kind === 'missing')
      throw new GitError('git/missing', `There is no commit ${oid} in the mirror.`);
    return Buffer.from(answer.kind === 'too-large' ? answer.head : answer.content);
  }
}

/** Without a process of git, where that answers; null when git has to be asked, which says what is wrong as well. */
export async function quickly<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
