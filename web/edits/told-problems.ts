import { tenantOfPath } from '../../schemas/layout.ts';
import type { Problem } from '../../schemas/problem.ts';

/** Tenants that somebody may know of; null: all. */
type Visible = ReadonlySet<string> | null;

/**
 * Problems as somebody may be told of them: an owner knows of no other tenant. What is wrong with one because of him is
 * told without a name, and where one is named beside something of his own, it is "another tenant". Pure.
 */
export function toldProblems(problems: readonly Problem[], visible: Visible): Problem[] {
  if (visible === null) return [...problems];
  const told = problems.map((problem): Problem => {
    const tenant = tenantOfPath(problem.path);
    if (tenant === null || visible.has(tenant))
      return { ...problem, message: withoutNames(problem.message, visible) };
    const { code, severity } = problem;
    const message =
      'Something of another tenant would not be valid any more. Leave out what it shares with it.';
    return { code, severity, path: '', line: 1, column: 1, pointer: '', message };
  });
  const keys = told.map((problem) => JSON.stringify(problem));
  return told.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

function withoutNames(message: string, visible: ReadonlySet<string>): string {
  const or = (text: string, name: string, instead: string): string => (visible.has(name) ? text : instead);
  return message
    .replaceAll(/the site in tenants\/([^/\s]+)\/[^\s`;,]*\.yaml/g, (text, name: string) =>
      or(text, name, 'a site of another tenant'),
    )
    .replaceAll(/tenants\/([^/\s`]+)\/[^\s`;,]*/g, (text, name: string) =>
      or(text, name, 'a file of another tenant'),
    )
    .replaceAll(/tenant `([^`]+)`/g, (text, name: string) => or(text, name, 'another tenant'));
}

/** What is wrong with a text for itself, whatever else is in the repository. */
export function isOfItsText({ code }: Problem): boolean {
  return code.startsWith('yaml/') || code.startsWith('schema/');
}
