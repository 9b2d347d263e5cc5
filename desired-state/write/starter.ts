import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kindNames, readSchema, schemaFile } from '../../schemas/kinds.ts';
import { insertItem, setScalar, setValue } from './edit-yaml.ts';

const FOLDER = fileURLToPath(new URL('../starter/', import.meta.url));
/** Where editors find the schemas that the first line of each file names. */
const SCHEMAS = '.tenantry/schemas';

export interface StarterOptions {
  /** Name of the installation: `metadata.name` of tenantry.yaml. */
  readonly platform: string;
  /** Pinned image of the runtime, for both channels; an example that nobody can pull when it is left out. */
  readonly image?: string;
  /** age recipient of the node worker-1. */
  readonly nodeKey?: string;
  /** age recipient of an operator. */
  readonly recoveryKey?: string;
}

/**
 * The files of a new desired-state repository, by path: those of `starter/`, with the given values edited in, and
 * the JSON Schemas for editors.
 * @throws EditError when a file of `starter/` cannot be edited
 */
export async function starterFiles(options: StarterOptions): Promise<Record<string, string>> {
  const { platform, image, nodeKey, recoveryKey } = options;
  const files = await readFolder();
  const edit = (path: string, change: (text: string) => string): void => {
    const text = files[path];
    if (text === undefined) throw new Error(`The starter has no ${path}.`);
    files[path] = change(text);
  };
  edit('tenantry.yaml', (text) => setScalar(text, '/metadata/name', platform));
  if (image !== undefined) {
    for (const channel of ['staging', 'production']) {
      edit(`channels/${channel}.yaml`, (text) => setScalar(text, '/spec/images/runtime', image));
    }
  }
  if (nodeKey !== undefined) edit('nodes/worker-1.yaml', (text) => setValue(text, '/spec/keys/age', nodeKey));
  if (recoveryKey !== undefined) {
    edit('tenantry.yaml', (text) => insertItem(text, '/spec/secrets/recoveryKeys', recoveryKey));
  }
  for (const kind of kindNames) {
    files[`${SCHEMAS}/${schemaFile(kind)}`] = `${JSON.stringify(readSchema(kind), null, 2)}\n`;
  }
  return files;
}

async function readFolder(): Promise<Record<string, string>> {
  const entries = await readdir(FOLDER, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(
      async (path) => [relative(FOLDER, path).split(sep).join('/'), await readFile(path, 'utf8')] as const,
    ),
  );
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
