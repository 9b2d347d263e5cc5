import { stat } from 'node:fs/promises';
import type { Repository } from '../../desired-state/git/port.ts';
import type { DesiredState } from '../../desired-state/model.ts';
import { checkSource } from '../../desired-state/read/check.ts';
import { createDocumentCache } from '../../desired-state/read/document-cache.ts';
import { readDesired } from '../../desired-state/read/last-good.ts';
import { NoValidRevisionError } from '../../desired-state/read/no-valid-revision.ts';
import { gitSource, type Source } from '../../desired-state/read/source.ts';
import { workTreeSource } from '../../desired-state/read/work-tree.ts';
import { nullIfMissing } from '../../reconciler/adapters/files-digest.ts';
import type { Problem } from '../../schemas/problem.ts';
import { CommandError } from './errors.ts';

/** All that is wrong with a repository. */
export interface Judgement {
  /** Commit id, or `work tree`. */
  readonly revision: string;
  /** Documents that were read. */
  readonly documents: number;
  readonly problems: readonly Problem[];
}

/** Judges the files of a folder as they are now, committed or not. @throws CommandError when there is no such folder */
export async function judgeFolder(folder: string): Promise<Judgement> {
  const found = await stat(folder).catch(nullIfMissing);
  if (found === null || !found.isDirectory()) throw new CommandError(`There is no folder ${folder}.`);
  return judge(workTreeSource(folder));
}

export function judgeRevision(repository: Repository, revision: string): Promise<Judgement> {
  return judge(gitSource(repository, revision));
}

async function judge(source: Source): Promise<Judgement> {
  const cache = createDocumentCache();
  const problems = await checkSource(source, cache);
  return { revision: source.revision, documents: cache.counts.parsed, problems };
}

/** What a revision asks for; null when there is no valid revision at or before it. */
export async function desiredOrNull(repository: Repository, revision: string): Promise<DesiredState | null> {
  try {
    return await readDesired(repository, revision);
  } catch (error) {
    if (error instanceof NoValidRevisionError) return null;
    throw error;
  }
}
