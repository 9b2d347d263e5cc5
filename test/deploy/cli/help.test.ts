import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../deploy/cli/context.ts';
import { plain } from '../../../deploy/cli/output/colours.ts';
import { buildProgram } from '../../../deploy/cli/program.ts';
import { tenantry } from './command.ts';

const context: CommandContext = {
  env: {},
  cwd: '/',
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  colours: plain,
  width: 80,
  signal: new AbortController().signal,
  now: () => 0,
  print: () => undefined,
  note: () => undefined,
  printJson: () => undefined,
  exitWith: () => undefined,
};

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ ...command.configureOutput(), writeOut: (part) => void (text += part) });
  command.outputHelp();
  return text;
}

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
const commands = all(await buildProgram(context, 'all')).map(
  (command) => [pathOf(command), command] as const,
);

describe('the help', () => {
  it('knows every command of the interface', () => {
    expect(commands.map(([path]) => path.replace(/^tenantry ?/, '')).sort()).toEqual([
      '',
      'approve',
      'completion',
      'demo',
      'drift',
      'history',
      'init',
      'logs',
      'node',
      'node join',
      'pin',
      'plan',
      'promote',
      'reconcile',
      'secret',
      'secret keygen',
      'secret list',
      'secret set',
      'secret unset',
      'status',
      'tenant',
      'tenant add',
      'tenant disconnect',
      'tenant list',
      'tenant pair',
      'tenant remove',
      'tenant restart',
      'tenant resume',
      'tenant rollback',
      'tenant set',
      'tenant show',
      'tenant start',
      'tenant stop',
      'tenant suspend',
      'validate',
      'web',
    ]);
  });

  it.each(commands)('of %s says what it does, has examples, and keeps within 80 columns', (path, command) => {
    const text = helpOf(command);
    expect(command.description()).not.toBe('');
    const examples = text.slice(text.indexOf('\nExamples:\n'));
    expect(examples).toContain(
      `$ ${path === 'tenantry' || path.includes('completion') ? '' : path}`.trimEnd(),
    );
    const long = text.split('\n').filter((line) => line.length > 80 && !line.trimStart().startsWith('$'));
    expect(long).toEqual([]);
  });

  it('describes each option', () => {
    const mute = commands.flatMap(([path, { options }]) =>
      options.filter(({ description }) => description === '').map(({ flags }) => `${path} ${flags}`),
    );
    expect(mute).toEqual([]);
  });
});

describe('exit codes of the process', () => {
  it.each([
    [['--help'], 0],
    [['--version'], 0],
    [['plan', '--help'], 0],
    [[], 2],
    [['nonsense'], 2],
    [['status', '--nonsense'], 2],
    [['plan', '--format', 'xml', '--node', 'a', '--repo', '.'], 2],
    [['plan', '--repo', '.'], 2],
    [['reconcile', '--node', 'worker-1', '--poll', '0'], 2],
    [['reconcile', '--node', 'worker-1', '--health-port', '65536'], 2],
    [['status', '--data-dir', '/nonexistent/tenantry'], 1],
    [['tenant', 'list', '--repo', '/nonexistent/repository'], 1],
  ])('for %j is %i', async (args, code) => {
    expect((await tenantry(args)).code).toBe(code);
  });

  it('suggests what was probably meant', async () => {
    expect((await tenantry(['stauts'])).stderr).toContain('Did you mean status?');
  });

  it('prints errors on standard error, as one sentence without a stack', async () => {
    const { stdout, stderr } = await tenantry(['status', '--data-dir', '/nonexistent/tenantry']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: There is no status in \/nonexistent\/tenantry: .*\.$/);
  });

  it('colours only where it is asked to without a terminal', async () => {
    const args = ['status', '--data-dir', '/nonexistent/tenantry'];
    expect((await tenantry(args)).stderr).not.toContain('\u001b[');
    expect((await tenantry(args, { env: { FORCE_COLOR: '1' } })).stderr).toContain('\u001b[');
    expect((await tenantry(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stderr).not.toContain(
      '\u001b[',
    );
  });
});
