import type { Kind } from '../../schemas/kinds.ts';
import { classifyPath } from '../../schemas/layout.ts';
import type { Problem } from '../../schemas/problem.ts';
import { type ParsedDocument, parseDocument } from '../../schemas/validate.ts';
import { GitError } from '../git/errors.ts';
import type { TreeChange, TreeEntry } from '../git/port.ts';
import { MAX_FILES } from '../git/tree-rules.ts';
import type { DocumentCache, JudgedFile } from './document-cache.ts';
import { type Grouped, group, regroup } from './grouping.ts';
import { problemOfFile } from './problem-at.ts';
import { readContents, readSizes } from './read-contents.ts';
import type { Source } from './source.ts';
import { inTurns } from './turns.ts';
import { blobId } from './work-tree.ts';

/** A document of one kind, parsed. */
export type Parsed<K extends Kind> = Extract<ParsedDocument, { kind: K }>;

/** The files of one revision, each judged by itself. */
export interface DocumentSet {
  readonly revision: string;
  /** Documents, and files that should not be there. */
  readonly files: Grouped;
  /** Files of stacks that another tool reads. */
  readonly attachments: ReadonlySet<string>;
  /** Why the revision was not read at all: what is in it that no revision may hold. Else empty. */
  readonly refused: readonly Problem[];
  /** How many files it has, documents or not. */
  readonly count: number;
}

/**
 * Reads the documents of a revision; fetches and parses only those that the cache does not have. What the files hold
 * never throws.
 *
 * @param before a revision that was read: what both have in common is not even listed
 * @throws GitError when Git itself fails
 */
export async function loadDocuments(
  source: Source,
  cache: DocumentCache,
  before: DocumentSet | null = null,
): Promise<DocumentSet> {
  const known =
    before === null || before.refused.length > 0 ? null : await loadChanges(source, cache, before);
  return known ?? loadAll(source, cache);
}

/** Files whose contents are held at once. */
const AT_ONCE = 500;

async function loadAll(source: Source, cache: DocumentCache): Promise<DocumentSet> {
  let entries: readonly TreeEntry[];
  try {
    entries = await source.entries();
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git/unsafe-tree') throw error;
    return refusedSet(source, refusals(error));
  }
  cache.leaveAll();
  const { files, missing, take } = sorting(cache);
  await inTurns(entries, take);
  const tooLarge: Problem[] = [];
  for (let first = 0; first < missing.length; first += AT_ONCE) {
    const some = missing.slice(first, first + AT_ONCE);
    const read = await readContents(source, some);
    tooLarge.push(...read.tooLarge);
    if (tooLarge.length > 0) continue;
    await inTurns(some, ({ path, oid }) => files.push(parseInto(cache, path, oid, read.contents.get(oid))));
  }
  if (tooLarge.length > 0) return refusedSet(source, tooLarge);
  return documentSet(source.revision, files, entries);
}

/** Null when only a look at the whole revision can tell whether it may be read. */
async function loadChanges(
  source: Source,
  cache: DocumentCache,
  before: DocumentSet,
): Promise<DocumentSet | null> {
  const changes = (await source.changes?.(before.revision)) ?? null;
  if (changes === null) return null;
  const entries = changes.flatMap(({ path, after }) => (after === null ? [] : [{ path, oid: after }]));
  const count = before.count + changes.reduce((sum, change) => sum + gain(change), 0);
  if (count > MAX_FILES) return null;
  const { files, missing, others, take } = sorting(cache);
  await inTurns(entries, take);
  // Of files that are no documents, too, none may be too large.
  const contents = await readSizes(source, [...missing, ...others]);
  if (contents === null) return null;
  for (const { path, before: old } of changes) if (old !== null) cache.leave(path, old);
  await inTurns(missing, ({ path, oid }) => files.push(parseInto(cache, path, oid, contents.get(oid))));
  const changed = new Map<string, JudgedFile | null>();
  await inTurns(changes, ({ path, before: old }) => {
    if (old !== null && isRead(path)) changed.set(path, null);
  });
  for (const file of files) changed.set(file.path, file);
  return {
    revision: source.revision,
    files: regroup(before.files, changed),
    attachments: changedAttachments(before.attachments, changes),
    refused: [],
    count,
  };
}

function gain({ before, after }: TreeChange): number {
  return Number(after !== null) - Number(before !== null);
}

/** Only a stack has files that another tool reads: whatever else a revision is full of need not be looked at closely. */
function isAttachment(path: string): boolean {
  return path.startsWith('stacks/') && classifyPath(path).type === 'attachment';
}

/** Whether there is a judged file for this path. */
function isRead(path: string): boolean {
  const { type } = classifyPath(path);
  return type === 'document' || type === 'unknown';
}

function changedAttachments(
  before: ReadonlySet<string>,
  changes: readonly TreeChange[],
): ReadonlySet<string> {
  const touched = changes.filter((change) => gain(change) !== 0 && isAttachment(change.path));
  if (touched.length === 0) return before;
  const paths = new Set(before);
  for (const { path, after } of touched) {
    if (after === null) paths.delete(path);
    else paths.add(path);
  }
  return paths;
}

/** The same for files that are in memory already, by path. */
export function documentsOf(
  contents: ReadonlyMap<string, string | Uint8Array>,
  cache: DocumentCache,
): DocumentSet {
  const bytes = new Map([...contents].map(([path, content]) => [path, Buffer.from(content)]));
  const entries = [...bytes].map(([path, content]) => ({ path, oid: blobId(content) }));
  cache.leaveAll();
  const { files, missing, take } = sorting(cache);
  entries.forEach(take);
  for (const { path, oid } of missing) files.push(parseInto(cache, path, oid, bytes.get(path)));
  return documentSet('files', files, entries);
}

interface Sorting {
  readonly files: JudgedFile[];
  /** Documents that are not in the cache. */
  readonly missing: TreeEntry[];
  /** What is no document. */
  readonly others: TreeEntry[];
  /** Adds an entry to where it belongs. */
  readonly take: (entry: TreeEntry) => void;
}

function sorting(cache: DocumentCache): Sorting {
  const files: JudgedFile[] = [];
  const missing: TreeEntry[] = [];
  const others: TreeEntry[] = [];
  const take = (entry: TreeEntry): void => {
    const { type } = classifyPath(entry.path);
    // The path alone is wrong: the content does not matter, and is not fetched.
    if (type === 'unknown') files.push(parseDocument(entry.path, new Uint8Array()));
    if (type !== 'document') {
      others.push(entry);
      return;
    }
    const file = cache.get(entry.path, entry.oid);
    if (file === undefined) missing.push(entry);
    else files.push(file);
  };
  return { files, missing, others, take };
}

function parseInto(
  cache: DocumentCache,
  path: string,
  oid: string,
  bytes: Uint8Array | undefined,
): JudgedFile {
  if (bytes === undefined)
    throw new GitError('git/missing', `Git did not answer the blob ${oid} of ${path}.`);
  const file = parseDocument(path, bytes);
  cache.put(path, oid, file);
  return file;
}

function refusedSet({ revision }: Source, refused: readonly Problem[]): DocumentSet {
  return { revision, files: group([]), attachments: new Set(), refused, count: 0 };
}

function documentSet(
  revision: string,
  files: readonly JudgedFile[],
  entries: readonly TreeEntry[],
): DocumentSet {
  const attachments = entries.filter(({ path }) => isAttachment(path));
  return {
    revision,
    files: group(files),
    attachments: new Set(attachments.map(({ path }) => path)),
    refused: [],
    count: entries.length,
  };
}

function refusals(error: GitError): Problem[] {
  if (error.offences.length === 0) return [problemOfFile('.', error.code, error.message)];
  return error.offences.map(({ path, why }) => problemOfFile(path, error.code, `This file ${why}.`));
}
