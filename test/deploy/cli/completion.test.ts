import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { inProcess } from './command.ts';

/** What bash offers after these words, the last of which is being typed. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const { stdout: script } = await inProcess(['completion', 'bash']);
  const list = words.map((word) => `'${word}'`).join(' ');
  // `tenantry` itself is replaced, so that the names of tenants are known.
  const program = `${script}
tenantry() { [[ "$*" == "tenant list --names" ]] && printf 'acme\\nglobex\\n'; }
COMP_WORDS=(tenantry ${list}); COMP_CWORD=${words.length}; _tenantry; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['-s'], { input: program });
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion in bash', () => {
  it('offers commands, and commands of a group', async () => {
    expect(await offered('pl')).toEqual(['plan']);
    expect(await offered('tenant', 're')).toEqual(['restart', 'remove', 'resume']);
  });

  it('offers options, and the choices of an option', async () => {
    expect(await offered('plan', '--det')).toEqual(['--detailed-exitcode']);
    expect(await offered('plan', '--format', '')).toEqual(['text', 'json', 'markdown']);
  });

  it('offers the names of tenants', async () => {
    expect(await offered('tenant', 'stop', 'gl')).toEqual(['globex']);
    expect(await offered('status', 'ac')).toEqual(['acme']);
  });

  it('offers nothing for a free value', async () => {
    expect(await offered('tenant', 'add', '--owner', '')).toEqual([]);
  });
});

describe('completion in the other shells', () => {
  it('has a line for each command in fish', async () => {
    const { stdout } = await inProcess(['completion', 'fish']);
    expect(stdout).toContain(`-a plan -d 'what would change on a node'`);
    expect(stdout).toMatch(
      /__fish_seen_subcommand_from tenant; and __fish_seen_subcommand_from stop' -a '\(tenantry tenant list/,
    );
  });

  it('builds on the script for bash in zsh', async () => {
    const { stdout } = await inProcess(['completion', 'zsh']);
    expect(stdout).toMatch(/^autoload -U \+X bashcompinit && bashcompinit\n/);
    expect(stdout).toContain((await inProcess(['completion', 'bash'])).stdout);
  });
});
