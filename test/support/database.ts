import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pino } from 'pino';
import manifest from '../../package.json' with { type: 'json' };
import type { Database } from '../../web/ports.ts';
import { embeddedEngine, embeddedOptions, migratingClient } from '../../web/store/embedded.ts';
import { guarded } from '../../web/store/guarded.ts';
import { migrate } from '../../web/store/migrate.ts';

const root = new URL('../../', import.meta.url).pathname;

/** A logger that says nothing, for parts whose log no test looks at. */
export const silentLog = pino({ level: 'silent' });

/** How `openTestDatabase` opens one, where it is not the embedded engine. */
let opening: (() => Promise<Database>) | null = null;

/** Has all stores of this file's tests opened by `open`: so that the same tests hold on another engine. */
export function openTestDatabasesBy(open: () => Promise<Database>): void {
  opening = open;
}

/**
 * An empty, migrated store in memory: the embedded engine, without a folder. Close it after the file's tests. It starts
 * from a dump that is kept between runs (`node_modules/.cache`), for a fresh one takes seconds; the dump is made anew
 * when a migration or PGlite changes.
 */
export async function openTestDatabase(): Promise<Database> {
  if (opening !== null) return opening();
  const engine = await PGlite.create({ ...embeddedOptions, loadDataDir: await migratedDump() });
  return guarded(embeddedEngine(engine, () => undefined));
}

/** Takes all rows out of the named tables, for tests that share a store. */
export async function emptyTables(database: Database, ...tables: readonly string[]): Promise<void> {
  await database.query(`truncate ${tables.map((table) => `"${table}"`).join(', ')} restart identity cascade`);
}

async function migratedDump(): Promise<Blob> {
  const folder = join(root, 'web/store/migrations');
  const sources = readdirSync(folder).toSorted();
  const hash = createHash('sha256').update(manifest.dependencies['@electric-sql/pglite']);
  for (const name of sources) hash.update(name).update(readFileSync(join(folder, name)));
  const cache = join(root, 'node_modules/.cache/tenantry');
  const path = join(cache, `store-${hash.digest('hex').slice(0, 16)}.tar`);
  try {
    return new Blob([readFileSync(path)]);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const engine = await PGlite.create(embeddedOptions);
  await migrate(migratingClient(engine), silentLog);
  const dump = await engine.dumpDataDir('none');
  await engine.close();
  mkdirSync(cache, { recursive: true });
  removeOutdated(cache);
  // Two test files may make it at once: each writes its own, and the last one named it.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, Buffer.from(await dump.arrayBuffer()));
  renameSync(own, path);
  return dump;
}

/** Dumps of migrations as they were; one that another work tree still uses is younger than a day. */
function removeOutdated(cache: string): void {
  for (const name of readdirSync(cache).filter((entry) => /^store-.*\.tar/.test(entry))) {
    const path = join(cache, name);
    if (Date.now() - statSync(path).mtimeMs > 86_400_000) rmSync(path, { force: true });
  }
}
