import type { Problem } from '../../schemas/problem.ts';
import { closest } from '../../schemas/suggest.ts';
import type { JudgedFile } from './document-cache.ts';

/** A value of a document: where a problem, if there is one, will be shown. */
export interface Location {
  readonly file: JudgedFile;
  readonly pointer: string;
}

/** An error at a value of a document. */
export function problemAt({ file, pointer }: Location, code: string, message: string): Problem {
  const { line, column } = file.locate(pointer);
  return { code, severity: 'error', path: file.path, line, column, pointer, message };
}

/** An error of a whole file, or of one that is missing. */
export function problemOfFile(path: string, code: string, message: string): Problem {
  return { code, severity: 'error', path, line: 1, column: 1, pointer: '', message };
}

/** Where documents are that others name. */
const homes = {
  node: 'nodes/',
  channel: 'channels/',
  tenant: 'tenants/',
  plan: 'tenantry.yaml',
  prompt: 'library/prompts/',
  skill: 'library/skills/',
} as const;

/** Names that a sentence lists. */
const LISTED = 5;

/** A name that stands for nothing: the nearest one that there is, or else what there is to choose from. */
export function unknownName(
  at: Location,
  what: keyof typeof homes,
  name: string,
  known: Iterable<string>,
): Problem {
  const names = [...known].sort();
  const meant = closest(name, names);
  const listed = names.slice(0, LISTED).map((other) => `\`${other}\``);
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : '';
  const hint =
    meant !== null
      ? `did you mean \`${meant}\`?`
      : names.length === 0
        ? 'add it there.'
        : `add it there, or choose one of ${listed.join(', ')}${more}.`;
  return problemAt(at, 'policy/unknown-name', `There is no ${what} \`${name}\` in ${homes[what]}; ${hint}`);
}

/** Whether any of them keeps its document from being used. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** By file, then by position: the order in which a person mends them. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (a, b) =>
      Number(a.path > b.path) - Number(a.path < b.path) ||
      a.line - b.line ||
      a.column - b.column ||
      Number(a.message > b.message) - Number(a.message < b.message),
  );
}
