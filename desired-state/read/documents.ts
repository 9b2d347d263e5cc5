import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Kind } from '../../schemas/kinds.ts';
import { classifyPath } from '../../schemas/layout.ts';
import type { Problem } from '../../schemas/problem.ts';
import { type ParsedDocument, parseDocument } from '../../schemas/validate.ts';
import { GitError } from '../git/errors.ts';
import type { TreeEntry } from '../git/port.ts';
import type { DocumentCache, JudgedFile } from './document-cache.ts';
import { problemOfFile } from './problem-at.ts';
import type { Source } from './source.ts';
import { blobId } from './work-tree.ts';

/** A document of one kind, parsed. */
export type Parsed<K extends Kind> = Extract<ParsedDocument, { kind: K }>;

/** The files of one revision, each judged by itself. */
export interface DocumentSet {
  readonly revision: string;
  /** Documents, and files that should not be there, by path and in the order of their paths. */
  readonly files: ReadonlyMap<string, JudgedFile>;
  /** Files of stacks that another tool reads. */
  readonly attachments: ReadonlySet<string>;
  /** Why the revision was not read at all: what is in it that no revision may hold. Else empty. */
  readonly refused: readonly Problem[];
}

/** Milliseconds of parsing after which whatever else the process does has its turn: one file may take 100. */
const SLICE_MS = 20;

/**
 * Reads the documents of a revision; fetches and parses only those that the cache does not have. What the files hold
 * never throws.
 * @throws GitError when Git itself fails
 */
export async function loadDocuments(source: Source, cache: DocumentCache): Promise<DocumentSet> {
  let entries: readonly TreeEntry[];
  try {
    entries = await source.entries();
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git/unsafe-tree') throw error;
    return refusedSet(source, refusals(error));
  }
  const { files, missing } = sortOut(entries, cache);
  const { contents, tooLarge } = await readContents(source, missing);
  if (tooLarge.length > 0) return refusedSet(source, tooLarge);
  let began = performance.now();
  for (const { path, oid } of missing) {
    files.set(path, parseInto(cache, path, oid, contents.get(oid)));
    if (performance.now() - began < SLICE_MS) continue;
    await othersTurn();
    began = performance.now();
  }
  return documentSet(source.revision, files, entries);
}

/** The same for files that are in memory already, by path. */
export function documentsOf(
  contents: ReadonlyMap<string, string | Uint8Array>,
  cache: DocumentCache,
): DocumentSet {
  const bytes = new Map([...contents].map(([path, content]) => [path, Buffer.from(content)]));
  const entries = [...bytes].map(([path, content]) => ({ path, oid: blobId(content) }));
  const { files, missing } = sortOut(entries, cache);
  for (const { path, oid } of missing) files.set(path, parseInto(cache, path, oid, bytes.get(path)));
  return documentSet('files', files, entries);
}

interface Sorted {
  readonly files: Map<string, JudgedFile>;
  /** Documents that are not in the cache. */
  readonly missing: readonly TreeEntry[];
}

function sortOut(entries: readonly TreeEntry[], cache: DocumentCache): Sorted {
  const files = new Map<string, JudgedFile>();
  const missing: TreeEntry[] = [];
  for (const entry of entries) {
    const { type } = classifyPath(entry.path);
    // The path alone is wrong: the content does not matter, and is not fetched.
    if (type === 'unknown') files.set(entry.path, parseDocument(entry.path, new Uint8Array()));
    if (type !== 'document') continue;
    const file = cache.get(entry.path, entry.oid);
    if (file === undefined) missing.push(entry);
    else files.set(entry.path, file);
  }
  return { files, missing };
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

interface Contents {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly tooLarge: readonly Problem[];
}

/** A source that cannot tell sizes beforehand finds a file that is too large while it reads. */
async function readContents(source: Source, wanted: readonly TreeEntry[]): Promise<Contents> {
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

function refusedSet({ revision }: Source, refused: readonly Problem[]): DocumentSet {
  return { revision, files: new Map(), attachments: new Set(), refused };
}

function documentSet(
  revision: string,
  files: ReadonlyMap<string, JudgedFile>,
  entries: readonly TreeEntry[],
): DocumentSet {
  const attachments = entries.filter(({ path }) => classifyPath(path).type === 'attachment');
  return {
    revision,
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    attachments: new Set(attachments.map(({ path }) => path)),
    refused: [],
  };
}

function refusals(error: GitError): Problem[] {
  if (error.offences.length === 0) return [problemOfFile('.', error.code, error.message)];
  return error.offences.map(({ path, why }) => problemOfFile(path, error.code, `This file ${why}.`));
}
