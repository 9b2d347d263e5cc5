import type { Outcome } from '../world/world.ts';
import type { Evidence } from './evidence.ts';

/** `docker/timeout`: the world failed, and the reconciler knows what that means. */
const told = /^[a-z]+\/[a-z-]+$/;

/** Errors without a code that say to a person what is the matter with the branch. */
const named: ReadonlySet<string> = new Set(['NoValidRevisionError', 'LostHistoryError', 'UnrecordedError']);

/** What the language itself throws: no fault of the world causes it, only a mistake in the program. */
const ofTheLanguage = /^(Type|Reference|Range|Syntax|Eval|Assertion)Error$/;

/** A fault may make a run fail, by an error that the reconciler knows; never by one that is its own. */
export function mistakes({ outcomes, recovery, disk, output, shutdown }: Evidence): string[] {
  const runs = [...outcomes, recovery].flatMap((outcome) => mistakenIn(outcome, shutdown));
  const results = internalResults(disk).map(
    (message) => `a step failed by what it does not know: ${message}`,
  );
  const logged = errorsIn(output).map(({ type, message }) => `a mistake in the program: ${type}: ${message}`);
  return [...new Set([...runs, ...results, ...logged])];
}

function mistakenIn(outcome: Outcome, shutdown: boolean): string[] {
  if (outcome.type !== 'failed') return [];
  const { code, name, message } = outcome;
  if ((code !== null && told.test(code)) || named.has(name)) return [];
  if (shutdown && /asked to end|shutting down/.test(message)) return [];
  return [`a run failed by what it does not know: ${name}: ${message}`];
}

/** Outcomes of tenants' plans whose error has no code of its own, by the node's history. */
function internalResults(disk: Evidence['disk']): string[] {
  const lines = [...disk]
    .filter(([path]) => path.endsWith('/history.jsonl'))
    .flatMap(([, text]) => text.split('\n'));
  return lines.flatMap((line) => {
    const { value } = (parsed(line) ?? {}) as { readonly value?: HistoryEntry };
    // What is interrupted says by what, and that is the end of the process.
    if (value?.error?.code !== 'internal' || value.outcome === 'interrupted') return [];
    return [value.error.message];
  });
}

interface HistoryEntry {
  readonly outcome: string;
  readonly error: { readonly code: string; readonly message: string } | null;
}

interface LoggedError {
  readonly type: string;
  readonly message: string;
}

function errorsIn(output: string): LoggedError[] {
  return output.split('\n').flatMap((line) => {
    if (!line.includes('"err":{')) return [];
    const { err } = (parsed(line) ?? {}) as { readonly err?: LoggedError };
    return err !== undefined && ofTheLanguage.test(err.type) ? [err] : [];
  });
}

/** A line that a kill or a test has cut is none. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
