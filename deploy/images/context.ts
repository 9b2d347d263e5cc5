import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';

/** One thing in a build context. Folders that hold other entries need no entry of their own. */
export type ContextEntry =
  | { readonly kind: 'file'; readonly path: string; readonly source: string }
  | { readonly kind: 'text'; readonly path: string; readonly text: string }
  | { readonly kind: 'folder'; readonly path: string };

/**
 * What names one build: the sha256 of all that goes in. Times, owners and the checkout's umask do not count, because
 * they do not go in either (see `packContext`).
 *
 * @returns the first 12 hex digits
 */
export async function contextDigest(
  entries: readonly ContextEntry[],
  buildArguments: Readonly<Record<string, string>>,
): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(Object.entries(buildArguments).sort()));
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`\0${entry.path}\0${entry.kind === 'folder' ? 'folder' : 'file'}\0`);
    if (entry.kind === 'file') await hashFile(hash, entry.source);
    if (entry.kind === 'text') hash.update(entry.text);
  }
  return hash.digest('hex').slice(0, 12);
}

/**
 * Streams the entries as a tar archive to `use`. The same entries give the same bytes, and so the same image layers:
 * sorted, no times, owner 0, plain modes. Nothing is copied: `tar` follows a folder of links.
 */
export async function packContext<T>(
  entries: readonly ContextEntry[],
  use: (archive: Readable) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-build-'));
  try {
    await stage(folder, entries);
    const reproducible = [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--format=gnu',
    ];
    const modes = '--mode=u=rwX,go=rX';
    const tar = execa(
      'tar',
      ['--create', ...reproducible, modes, '--dereference', '--directory', folder, '.'],
      {
        buffer: { stdout: false, stderr: true },
      },
    );
    try {
      const [result] = await Promise.all([use(tar.stdout), tar]);
      return result;
    } finally {
      // A reader that failed leaves the pipe full, and tar would wait for ever.
      tar.kill();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function stage(folder: string, entries: readonly ContextEntry[]): Promise<void> {
  for (const entry of entries) {
    const path = join(folder, entry.path);
    await mkdir(entry.kind === 'folder' ? path : dirname(path), { recursive: true });
    if (entry.kind === 'file') await symlink(entry.source, path);
    if (entry.kind === 'text') await writeFile(path, entry.text);
  }
}

async function hashFile(hash: Hash, path: string): Promise<void> {
  const content: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const part of content) hash.update(part);
}
