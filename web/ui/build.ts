import { execFile } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Where the built page lies. */
export const pageFolder = join(import.meta.dirname, 'dist');

/** What the built page is made from, beside its packages. */
const sources = ['web/ui', 'web/api/models', 'schemas', 'desired-state/write'];

/**
 * Builds the page when it is not there or older than what it is made from, and answers its folder. Several may do so at
 * once: each builds beside the folder, and the first one's page is taken.
 * @throws Error with what Vite said, when a source does not build
 */
export async function buildPage(): Promise<string> {
  if (isFresh()) return pageFolder;
  const made = `${pageFolder}-${process.pid}`;
  // A program of its own: what `NODE_ENV` says here (`test`) would make another page.
  const vite = fileURLToPath(new URL('../../bin/vite.js', import.meta.resolve('vite')));
  const config = join(import.meta.dirname, 'vite.config.ts');
  await promisify(execFile)(
    process.execPath,
    [vite, 'build', '--config', config, '--outDir', made, '--emptyOutDir'],
    {
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  if (!isFresh()) {
    const old = `${made}-old`;
    if (existsSync(pageFolder)) await rename(pageFolder, old);
    await rename(made, pageFolder);
    await rm(old, { recursive: true, force: true });
  }
  await rm(made, { recursive: true, force: true });
  return pageFolder;
}

function isFresh(): boolean {
  const built = join(pageFolder, 'index.html');
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  const root = join(import.meta.dirname, '..', '..');
  return sources
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,js,css,html,svg,json}`, { cwd: root }))
    .filter((path) => !path.startsWith('web/ui/dist'))
    .every((path) => statSync(join(root, path)).mtimeMs <= mtimeMs);
}
