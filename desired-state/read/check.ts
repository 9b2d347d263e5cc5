import type { Problem } from '../../schemas/problem.ts';
import { createDocumentCache, type DocumentCache } from './document-cache.ts';
import { type DocumentSet, documentsOf, loadDocuments } from './documents.ts';
import { enforce } from './enforced.ts';
import { sortProblems } from './problem-at.ts';
import { resolve } from './resolve.ts';
import type { Source } from './source.ts';

/**
 * All problems of a set of files that has no history: of claims that exclude each other, every one is told.
 * @throws GitError when the source cannot be read; never for what files hold
 */
export async function checkSource(
  source: Source,
  cache: DocumentCache = createDocumentCache(),
): Promise<readonly Problem[]> {
  const problems = check(await loadDocuments(source, cache));
  cache.endRound();
  return problems;
}

/** The same for files in memory, by path. */
export function checkFiles(
  files: ReadonlyMap<string, string | Uint8Array>,
  cache: DocumentCache = createDocumentCache(),
): readonly Problem[] {
  const problems = check(documentsOf(files, cache));
  cache.endRound();
  return problems;
}

function check(documents: DocumentSet): readonly Problem[] {
  const resolution = resolve(documents);
  const enforced = enforce(null, resolution);
  if (enforced !== null) return enforced.problems;
  const tenants = [...resolution.tenants.values()].flatMap(({ problems }) => problems);
  return sortProblems([...resolution.sharedProblems, ...resolution.problems, ...tenants]);
}
