import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderWatch } from '../../../reconciler/adapters/folder-watch.ts';

let root: string;
let watching: FolderWatch;
let told: string[];
let errors: unknown[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tenantry-folder-watch-'));
  mkdirSync(join(root, 'acme/files/prompts'), { recursive: true });
  mkdirSync(join(root, 'globex/files'), { recursive: true });
  told = [];
  errors = [];
  watching = new FolderWatch({
    onChange: (folder, name) => void told.push(join(folder, name)),
    within: () => true,
    onError: (error) => void errors.push(error),
  });
  await watching.open(root);
});
afterEach(async () => {
  watching.close();
  await rm(root, { recursive: true, force: true });
});

/** The watch goes on: what happens at the neighbour's is told, by one that nothing has ended. */
async function goesOn(): Promise<void> {
  const path = join(root, 'globex/files/tone.md');
  writeFileSync(path, 'Be kind.');
  await expect.poll(() => told).toContain(path);
  expect(errors).toEqual([]);
}

// A folder tells of its own end, by its own name. By the time that this is heard, whatever is below it has another kind.
test.each(['acme/files', 'acme', 'acme/files/prompts'])(
  'INV-10: where %s is a file of a sudden, the others are watched as before',
  async (folder) => {
    const path = join(root, folder);
    rmSync(path, { recursive: true });
    writeFileSync(path, 'not a folder');
    await expect.poll(() => told).toContain(path);
    await goesOn();
    rmSync(path);
    mkdirSync(join(path, 'new'), { recursive: true });
    await expect
      .poll(() => {
        writeFileSync(join(path, 'new', 'x'), String(told.length));
        return told;
      })
      .toContain(join(path, 'new', 'x'));
  },
);

test('a folder that was moved away is watched no more, and its name is free for a file', async () => {
  renameSync(join(root, 'acme'), join(root, 'moved'));
  writeFileSync(join(root, 'acme'), 'not a folder');
  await expect.poll(() => told).toContain(join(root, 'acme'));
  await goesOn();
});
