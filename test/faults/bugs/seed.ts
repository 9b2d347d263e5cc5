/**
 * Loaded before a program (`node --import`): one bug is in its code, named by the environment. The text of source
 * files is changed while they are loaded; the files are not touched.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bugNamed, bugVariable } from './all.ts';
import { withEdits } from './bug.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const bug = bugNamed(process.env[bugVariable] ?? '');
const byUrl = Map.groupBy(bug.edits, ({ file }) => pathToFileURL(join(root, file)).href);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edits = byUrl.get(url);
    if (edits === undefined) return loaded;
    const source = loaded.source;
    if (source === undefined || source === null) throw new Error(`${url} was loaded without its text`);
    const text = typeof source === 'string' ? source : Buffer.from(source as Uint8Array).toString('utf8');
    return { ...loaded, source: withEdits(text, edits) };
  },
});
