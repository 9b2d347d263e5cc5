import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Edit } from '../../desired-state/write/edit.ts';
import { CommandError } from './errors.ts';

/**
 * The edits as the lines of a unified diff, made by git.
 * @throws CommandError when there is no git program
 */
export async function diffOf(edits: readonly Edit[]): Promise<string[]> {
  if (edits.length === 0) return [];
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-diff-'));
  try {
    for (const { path, before, after } of edits) {
      await write(join(dir, 'a', path), before);
      await write(join(dir, 'b', path), after);
    }
    await mkdir(join(dir, 'a'), { recursive: true });
    await mkdir(join(dir, 'b'), { recursive: true });
    const args = [
      'diff',
      '--no-index',
      '--no-color',
      '--no-ext-diff',
      '--src-prefix=',
      '--dst-prefix=',
      '--',
      'a',
      'b',
    ];
    const { exitCode, stdout, stderr, code } = await execa('git', args, {
      cwd: dir,
      reject: false,
      timeout: 30_000,
    });
    if (code === 'ENOENT')
      throw new CommandError('--dry-run needs the git program, and there is none on the path.');
    // 1 means that there are differences.
    if (exitCode !== 0 && exitCode !== 1) throw new CommandError(`git diff failed: ${stderr.trim()}`);
    return stdout
      .split('\n')
      .filter((line) => line !== '' && !/^(diff --git|index |new file|deleted file)/.test(line));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function write(file: string, text: string | null): Promise<void> {
  if (text === null) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
