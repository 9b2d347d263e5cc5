import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContextEntry, contextDigest } from './context.ts';
import { sharedLibraries } from './libraries.ts';

/** All that makes one image, and the tag that follows from it. */
export interface ImageDefinition {
  /** `tenantry/runtime:sha-1a2b3c4d5e6f`: the tag names exactly this content. */
  readonly ref: string;
  /** What it is built on, which must be there first; null for one from scratch. */
  readonly base: ImageDefinition | null;
  readonly entries: readonly ContextEntry[];
  readonly buildArguments: Readonly<Record<string, string>>;
}

/** One build of the runtime among several, so that trials have something to roll out. */
export interface RuntimeVariant {
  /** What `/api/health` reports as its version. */
  readonly version?: string;
  /** Environment baked into the image, such as `UNHEALTHY=1` for a bad release. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Repositories of the images that are made here. */
export const imageRepositories = { base: 'tenantry/node-base', runtime: 'tenantry/runtime' } as const;

const defaultVersion = 'v1';

/**
 * Node and its libraries, from the Node that runs this.
 *
 * @throws Error when `node` cannot be read or a library is missing
 */
async function baseDefinition(node: string = process.execPath): Promise<ImageDefinition> {
  const libraries = await sharedLibraries(node);
  const entries: ContextEntry[] = [
    file('Dockerfile', join(import.meta.dirname, 'base', 'Dockerfile')),
    file('rootfs/usr/local/bin/node', await realpath(node)),
    ...(await Promise.all(libraries.map(async (path) => file(join('rootfs', path), await realpath(path))))),
    text(
      'rootfs/etc/passwd',
      'root:x:0:0:root:/:/nologin\nruntime:x:10001:10001:runtime:/nonexistent:/nologin\n',
    ),
    text('rootfs/etc/group', 'root:x:0:\nruntime:x:10001:\n'),
    text('rootfs/etc/nsswitch.conf', 'hosts: files dns\n'),
    ...['owned/data/state', 'owned/data/session', 'owned/tmp'].map((path) => ({
      kind: 'folder' as const,
      path,
    })),
  ];
  return define(imageRepositories.base, null, entries, {});
}

/** The reference runtime on that base. */
export async function runtimeDefinition(variant: RuntimeVariant = {}): Promise<ImageDefinition> {
  const folder = join(import.meta.dirname, 'runtime');
  const modules = (await readdir(folder)).filter((name) => name.endsWith('.mjs')).sort();
  const dockerfile = await readFile(join(folder, 'scratch.Dockerfile'), 'utf8');
  const base = await baseDefinition();
  const entries = [
    text('Dockerfile', dockerfile + envInstructions(variant.env ?? {})),
    ...modules.map((name) => file(name, join(folder, name))),
  ];
  return define(imageRepositories.runtime, base, entries, {
    BASE: base.ref,
    VERSION: variant.version ?? defaultVersion,
  });
}

async function define(
  repository: string,
  base: ImageDefinition | null,
  entries: readonly ContextEntry[],
  buildArguments: Readonly<Record<string, string>>,
): Promise<ImageDefinition> {
  const digest = await contextDigest(entries, buildArguments);
  return { ref: `${repository}:sha-${digest}`, base, entries, buildArguments };
}

function envInstructions(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .sort()
    .map(([name, value]) => {
      // The Dockerfile language expands `$`, ends at a line break and has its own quoting: let nothing near it.
      if (/^[A-Z_][A-Z0-9_]*$/.test(name) && /^[\w.:/@+-]*$/.test(value)) return `ENV ${name}="${value}"\n`;
      throw new Error(
        `${name}=${value} cannot be baked into an image: use letters, digits and . : / @ + - only`,
      );
    })
    .join('');
}

function file(path: string, source: string): ContextEntry {
  return { kind: 'file', path, source };
}

function text(path: string, content: string): ContextEntry {
  return { kind: 'text', path, text: content };
}
