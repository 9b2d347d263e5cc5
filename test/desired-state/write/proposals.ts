import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { checkFiles } from '../../../desired-state/read/check.ts';
import type { Proposal, SourceFiles } from '../../../desired-state/write/edit.ts';
import { checkProposal, filesAfter } from '../../../desired-state/write/edit.ts';
import { sourceOf } from '../../../desired-state/write/source-at.ts';
import { starterFiles } from '../../../desired-state/write/starter.ts';

/** The starter repository, in memory. */
export async function starterSource(): Promise<SourceFiles> {
  return sourceOf(new Map(Object.entries(await starterFiles({ platform: 'test' }))));
}

/** The files after a proposal that must pass its checks. */
export function accepted(source: SourceFiles, proposal: Proposal): SourceFiles {
  checkProposal(source, proposal, checkFiles);
  return sourceOf(filesAfter(source, proposal.edits));
}

/** The lines that a proposal takes out of a file and puts into it. */
export function lineChanges(proposal: Proposal, path: string): { removed: string[]; added: string[] } {
  const edit = proposal.edits.find((other) => other.path === path);
  expect(edit, `the proposal edits ${path}`).toBeDefined();
  const before = (edit?.before ?? '').split('\n');
  const after = (edit?.after ?? '').split('\n');
  return {
    removed: before.filter((line) => !after.includes(line)),
    added: after.filter((line) => !before.includes(line)),
  };
}

/** All files of a folder by path, without `.git`. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.git/'));
  const files: Record<string, string> = {};
  for (const path of paths) files[path] = await readFile(join(folder, path), 'utf8');
  return files;
}
