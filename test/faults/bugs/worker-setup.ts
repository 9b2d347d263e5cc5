import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bugVariable } from './all.ts';
import { type Bug } from './bug.ts';

/** How a process has to be started to have the bug in its code. */
export function seededWith(bug: Bug): { execArgv: readonly string[]; env: Readonly<Record<string, string>> } {
  const hook = pathToFileURL(join(import.meta.dirname, 'seed.ts')).href;
  return { execArgv: ['--import', hook], env: { [bugVariable]: bug.name } };
}
