import { formatProblem, type Problem } from '../../../schemas/problem.ts';
import type { Colours } from './colours.ts';
import { count, printable } from './text.ts';

/** One line a problem, in the form `path:line:column: …` that editors and terminals turn into a link. */
export function problemLines(problems: readonly Problem[], colours: Colours): string[] {
  return problems.map((problem) => {
    const word = problem.severity === 'error' ? colours.red('error') : colours.yellow('warning');
    return `${word} ${printable(formatProblem(problem))}`;
  });
}

/** `2 errors and 1 warning`, `no problems` */
export function problemCount(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return parts.join(' and ') || 'no problems';
}

/** Workflow commands of GitHub Actions, which show each problem at its line in a pull request. */
export function problemsForGithub(problems: readonly Problem[], prefix: string): string[] {
  return problems.map(({ severity, path, line, column, message, code }) => {
    const properties = Object.entries({ file: prefix + path, line, col: column, title: code });
    const list = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
    return `::${severity} ${list}::${escapeData(message)}`;
  });
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
