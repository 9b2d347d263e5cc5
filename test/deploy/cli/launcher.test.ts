import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '..', '..', '..', 'deploy', 'cli', 'tenantry.mjs');

/** A Node that calls itself version 20, so that the launcher hands over on any machine. */
const pretendOld = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.0.0'})`;

describe('the launcher', () => {
  it('runs the command line on a Node that is new enough', async () => {
    const { stdout } = await execa(process.execPath, [launcher, '--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('hands over to the pinned Node on an old one, with arguments, output and exit code', async () => {
    await access(join(launcher, '..', '..', '..', 'node_modules', 'node', 'bin', 'node'));
    const old = (...args: string[]) =>
      execa(process.execPath, ['--import', pretendOld, launcher, ...args], { reject: false });
    expect((await old('--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
    const wrong = await old('nonsense');
    expect(wrong.stderr).toContain("unknown command 'nonsense'");
    expect(wrong.exitCode).toBe(2);
  });
});
