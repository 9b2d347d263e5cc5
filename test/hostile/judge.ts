import { plain } from '../../deploy/cli/output/colours.ts';
import { problemLines, problemsForGithub } from '../../deploy/cli/output/problems.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { HostileInput } from './entry.ts';

/** What is wrong with the findings of an entry, in words; empty when they are as they must be. */
export function faultsOf(entry: HostileInput, problems: readonly Problem[]): string[] {
  const faults = [...problems.flatMap(wording), ...shown(problems)];
  return [...missedIn(entry, problems), ...faults.map((fault) => `${entry.name}: ${fault}`)];
}

/** Says that the finding of an entry is not among those told, by code, file, line, column and pointer; or nothing. */
export function missedIn({ name, expected }: HostileInput, problems: readonly Problem[]): string[] {
  const { code, path, line, column, pointer } = expected;
  const found = problems.some(
    (problem) =>
      problem.code === code &&
      problem.path === path &&
      problem.line === line &&
      problem.column === column &&
      problem.pointer === pointer &&
      problem.severity === 'error',
  );
  if (found) return [];
  const got = problems.slice(0, 3).map((problem) => `${problem.code} ${place(problem)}`);
  return [`${name}: no ${code} ${place(expected)}, but ${got.join(', ') || 'nothing'}`];
}

function place({ path, line, column, pointer }: HostileInput['expected']): string {
  return `${path}:${line}:${column} (${pointer})`.slice(0, 200);
}

/** Most characters of a sentence: nobody reads more, and a file made to cost must not come back as a message. */
const LONGEST = 700;

function wording({ message, line, column }: Problem): string[] {
  const faults: string[] = [];
  if (!/^[A-Z`].*[.?]$/u.test(message))
    faults.push(`no sentence: ${JSON.stringify(message.slice(0, LONGEST))}`);
  if (message.length > LONGEST) faults.push(`a sentence of ${message.length} characters`);
  if (line < 1 || column < 1) faults.push(`a position that there is not: ${line}:${column}`);
  return faults;
}

/** In every format a problem is one line, or one value, and nothing in it steers a terminal or a workflow. */
function shown(problems: readonly Problem[]): string[] {
  const faults: string[] = [];
  // biome-ignore lint: the control characters are the point
  const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
  if (problemLines(problems, plain).some((line) => control.test(line)))
    faults.push('text holds a control character');
  const commands = problemsForGithub(problems, '');
  if (commands.some((command) => !/^::error file=[^\n\r]+::[^\n\r]+$/u.test(command)))
    faults.push('a workflow command is broken');
  if (JSON.stringify(JSON.parse(JSON.stringify(problems))) !== JSON.stringify(problems))
    faults.push('JSON does not hold it');
  return faults;
}

/** Areas of entries that are made to keep the program busy: each one is timed, always. */
const costly: ReadonlySet<string> = new Set(['cost', 'redos']);

/** `count` of an area's entries, evenly spread; all of those that cost time, and all when `HOSTILE=all` asks for it. */
export function spread<T>(area: string, entries: readonly T[], count: number): readonly T[] {
  if (process.env['HOSTILE'] === 'all' || costly.has(area) || entries.length <= count) return entries;
  return Array.from({ length: count }, (_, i) => entries[Math.floor((i * entries.length) / count)]).filter(
    (entry) => entry !== undefined,
  );
}
