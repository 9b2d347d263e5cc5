import type { Problem } from '../../schemas/problem.ts';
import { closest } from '../../schemas/suggest.ts';
import { EditError } from './edit-error.ts';
import { readDocument } from './yaml-node.ts';

/** The files of one revision, as text. */
export interface SourceFiles {
  /** Content of a file; null when there is none. */
  read(path: string): string | null;
  /** Every path, with forward slashes. */
  list(): readonly string[];
}

/** One file that changes: null stands for "no such file", before or after. */
export interface Edit {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A change of the repository that has a meaning, ready to be checked and committed. Plain JSON. */
export interface Proposal {
  /** What was done, in one word, for the commit's trailer: `stop`, `set`, `promote`. */
  readonly verb: string;
  /** Subject of the commit message: `acme: stop the runtime`. */
  readonly subject: string;
  /** Sentences that say what changed. */
  readonly body: readonly string[];
  /** Only files that really change; empty when there is nothing to do. */
  readonly edits: readonly Edit[];
  /** Folders that the proposal takes as a whole (`tenants/acme/`): a file that appears there meanwhile is a conflict. */
  readonly folders: readonly string[];
}

/** Builds a proposal; edits that change nothing fall out. */
export function proposal(
  parts: Omit<Proposal, 'folders'> & { readonly folders?: readonly string[] },
): Proposal {
  const edits = parts.edits.filter(({ before, after }) => before !== after);
  return { ...parts, edits, folders: parts.folders ?? [] };
}

/**
 * An edit of a file that must exist.
 * @throws EditError `edit/unknown` when it does not; what `change` throws, with the path in front
 */
export function editFile(source: SourceFiles, path: string, change: (text: string) => string): Edit {
  const before = source.read(path);
  if (before === null) throw new EditError('edit/unknown', `There is no ${path} in this revision.`);
  return { path, before, after: located(path, () => change(before)) };
}

/** Runs work on a file's text and puts the file's path in front of the message of its EditError. */
export function located<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EditError)) throw error;
    throw new EditError(error.code, `${path}: ${error.message}`, { cause: error });
  }
}

/** The plain value of a YAML file that must exist. @throws EditError `edit/unknown`, `edit/unreadable` */
export function valueOf(source: SourceFiles, path: string): unknown {
  const text = source.read(path);
  if (text === null) throw new EditError('edit/unknown', `There is no ${path} in this revision.`);
  return located(path, () => readDocument(text).value);
}

/** Path of a tenant's own file. @throws EditError `edit/unknown` when there is no such tenant, with the nearest name */
export function tenantFile(source: SourceFiles, tenant: string): string {
  return known(source, 'tenant', tenant, /^tenants\/([^/]+)\/tenant\.yaml$/);
}

/** Path of a channel's file. @throws EditError `edit/unknown` when there is no such channel, with the nearest name */
export function channelFile(source: SourceFiles, channel: string): string {
  return known(source, 'channel', channel, /^channels\/([^/]+)\.yaml$/);
}

/** Path of a node's file. @throws EditError `edit/unknown` when there is no such node, with the nearest name */
export function nodeFile(source: SourceFiles, node: string): string {
  return known(source, 'node', node, /^nodes\/([^/]+)\.yaml$/);
}

function known(source: SourceFiles, kind: string, name: string, place: RegExp): string {
  const paths = new Map(
    source.list().flatMap((path) => {
      const found = place.exec(path)?.[1];
      return found === undefined ? [] : [[found, path] as const];
    }),
  );
  const path = paths.get(name);
  if (path !== undefined) return path;
  const meant = closest(name, [...paths.keys()]);
  const hint =
    meant === null ? `There are: ${[...paths.keys()].join(', ') || 'none'}.` : `Did you mean "${meant}"?`;
  throw new EditError('edit/unknown', `There is no ${kind} "${name}". ${hint}`);
}

/** All files as they are once the edits are made. */
export function filesAfter(source: SourceFiles, edits: readonly Edit[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const path of source.list()) {
    const text = source.read(path);
    if (text !== null) files.set(path, text);
  }
  for (const { path, after } of edits) {
    if (after === null) files.delete(path);
    else files.set(path, after);
  }
  return files;
}

/** Says what is wrong with a whole repository: all its files by path. */
export type Validate = (files: ReadonlyMap<string, string>) => readonly Problem[];

/**
 * Refuses a proposal that would leave an error in a file that it edits, or cause one anywhere else. Errors that
 * other files had before stay their owners' business: they keep nobody from editing his own.
 * @throws EditError `edit/invalid` with the located problems
 */
export function checkProposal(source: SourceFiles, proposal: Proposal, validate: Validate): void {
  const { edits } = proposal;
  if (edits.length === 0) return;
  const edited = new Set(edits.map(({ path }) => path));
  const after = validate(filesAfter(source, edits));
  const elsewhere = after.some(({ path, severity }) => severity === 'error' && !edited.has(path));
  const before = elsewhere ? validate(filesAfter(source, [])) : [];
  refuseProblems(proposal, causedProblems(edited, before, after));
}

/**
 * Errors that a change leaves in files that it edits, and those that it causes elsewhere: others' old ones hinder nobody.
 * @param edited paths of the files
 * @param before all problems without it
 * @param after all problems with it
 */
export function causedProblems(
  edited: ReadonlySet<string>,
  before: readonly Problem[],
  after: readonly Problem[],
): readonly Problem[] {
  const known = new Set(before.map(identity));
  return after.filter(
    (problem) => problem.severity === 'error' && (edited.has(problem.path) || !known.has(identity(problem))),
  );
}

/** @throws EditError `edit/invalid` when there are any */
export function refuseProblems({ subject }: Proposal, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  throw new EditError('edit/invalid', `"${subject}" was not committed: it would leave ${count}.`, {
    problems,
  });
}

function identity({ code, path, pointer, message }: Problem): string {
  return JSON.stringify([code, path, pointer, message]);
}
