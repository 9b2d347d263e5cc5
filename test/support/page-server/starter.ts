import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../source-files.ts';

/** The files of the starter repository by their paths in it. */
export function starter(): [string, string][] {
  const folder = join(root, 'desired-state/starter');
  return globSync('**/*.yaml', { cwd: folder }).map((path) => [
    path,
    readFileSync(join(folder, path), 'utf8'),
  ]);
}
