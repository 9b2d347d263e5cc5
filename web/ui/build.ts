import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where the built page lies. */
export const pageFolder = join(import.meta.dirname, 'dist');

/** What the built page is made from, beside its packages. */
const sources = ['web/ui', 'web/api/models', 'schemas', 'desired-state/write'];

/**
 * Builds the page when it is not there or older than what it is made from, and answers its folder.
 * @throws Error of Vite when a source does not build
 */
export async function buildPage(): Promise<string> {
  if (isFresh()) return pageFolder;
  // Only here: a control node that serves a built page does not need the page's tools.
  const { build } = await import('vite');
  await build({ configFile: join(import.meta.dirname, 'vite.config.ts'), logLevel: 'warn' });
  return pageFolder;
}

function isFresh(): boolean {
  const built = join(pageFolder, 'index.html');
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  const root = join(import.meta.dirname, '..', '..');
  return sources
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,css,html,svg,json}`, { cwd: root }))
    .filter((path) => !path.startsWith('web/ui/dist/'))
    .every((path) => statSync(join(root, path)).mtimeMs <= mtimeMs);
}
