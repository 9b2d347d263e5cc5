import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { git } from '../../support/git-repo.ts';
import { type Figures, scale } from './figures.ts';
import type { ScaleNode } from './node.ts';
import { usageOfSelf } from './usage.ts';

const command = join(import.meta.dirname, '..', '..', '..', 'deploy', 'cli', 'tenantry.mjs');

/** `tenantry validate` over the files of a repository, from the birth of the process to its end. */
export async function measureValidation(node: ScaleNode, rounds: number, figures: Figures): Promise<void> {
  const folder = `${node.repository.dir}.files`;
  git(node.repository.dir, ['worktree', 'add', '--quiet', '--detach', folder, 'main']);
  try {
    for (let round = 0; round < rounds; round += 1) {
      const before = usageOfSelf().childrenMs;
      const began = performance.now();
      const { stdout } = await execa(process.execPath, [command, 'validate', folder, '--format', 'json'], {
        detached: true,
      });
      const ms = performance.now() - began;
      const cpuMs = usageOfSelf().childrenMs - before;
      const { valid, documents } = JSON.parse(stdout) as {
        readonly valid: boolean;
        readonly documents: number;
      };
      if (!valid) throw new Error(`the generated repository is not valid: ${stdout.slice(0, 500)}`);
      figures.add(scale.validate(documents), ms, 'ms');
      figures.add(scale.validateCpu(documents), cpuMs, 'ms');
    }
  } finally {
    git(node.repository.dir, ['worktree', 'remove', '--force', folder]);
    await rm(folder, { recursive: true, force: true });
  }
}
