import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRunner, shellUses } from './support/shell-uses.ts';
import { circles, house, reachable, root, sourceFiles } from './support/source-files.ts';

const files = sourceFiles();
const byPath = new Map(files.map((file) => [file.path, file]));

/** What each part of the house may import beside itself. The first line that fits a file decides. */
const rules: readonly { readonly part: string; readonly may: readonly string[] }[] = [
  { part: 'schemas/', may: [] },
  { part: 'desired-state/', may: ['schemas/'] },
  { part: 'renderers/', may: ['schemas/', 'desired-state/'] },
  { part: 'reconciler/plan/', may: ['schemas/', 'desired-state/', 'renderers/'] },
  { part: 'reconciler/', may: ['schemas/', 'desired-state/', 'renderers/'] },
  // Types of what the API answers, the language that editors complete, and the edits of YAML that forms make.
  { part: 'web/ui/', may: ['schemas/', 'web/api/models/', 'desired-state/write/edit-'] },
  { part: 'web/', may: ['schemas/', 'desired-state/', 'renderers/', 'reconciler/plan/'] },
  { part: 'deploy/images/', may: ['reconciler/adapters/docker-host.ts'] },
  { part: 'deploy/install/', may: [] },
  {
    part: 'deploy/cli/',
    may: ['schemas/', 'desired-state/', 'renderers/', 'reconciler/', 'web/', 'deploy/images/'],
  },
];

const ruleOf = (path: string) => rules.find(({ part }) => path.startsWith(part));
const matching = (pattern: RegExp): string[] =>
  files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );

describe('imports', () => {
  test('every part of the house has a rule, and is found', () => {
    expect(files.filter(({ path }) => ruleOf(path) === undefined).map(({ path }) => path)).toEqual([]);
    for (const { part } of rules) {
      expect(files.filter(({ path }) => path.startsWith(part)).length, part).toBeGreaterThan(0);
    }
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(files.length);
  });

  test('run one way: schemas, desired-state, renderers, reconciler/plan, the rest; only the command line knows all', () => {
    const wrong = files.flatMap(({ path, imports }) => {
      const rule = ruleOf(path);
      const allowed = rule === undefined ? [] : [rule.part, ...rule.may];
      return imports
        .filter((target) => !allowed.some((part) => target.startsWith(part)))
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('name files that exist, with their extension', () => {
    const missing = files.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path} imports ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test('never go round in a circle', () => {
    expect(circles(byPath)).toEqual([]);
  });

  test('of packages are of those that are installed for production', async () => {
    const manifest = (await import('../package.json', { with: { type: 'json' } })).default;
    const known = new Set(Object.keys(manifest.dependencies));
    // The page is bundled: what it is made from need not be there when the server runs.
    const bundled = new Set(Object.keys(manifest.devDependencies));
    const packageOf = (name: string): string =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
    const unknown = files.flatMap(({ path, modules }) =>
      modules
        .filter((name) => !name.startsWith('node:') && !known.has(packageOf(name)))
        .filter((name) => !(path.startsWith('web/ui/') && bundled.has(packageOf(name))))
        .map((name) => `${path} imports ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  test('of the installer are of Node alone: it runs before any package is there', () => {
    const installer = files.filter(({ path }) => path.startsWith('deploy/install/'));
    const packages = installer.flatMap(({ modules }) => modules.filter((name) => !name.startsWith('node:')));
    expect(packages).toEqual([]);
  });
});

describe('pure folders', () => {
  const pure = ['reconciler/plan/', 'renderers/', 'schemas/kinds/'];
  /** Modules of Node that compute and touch nothing. */
  const harmless = new Set(['node:crypto', 'node:util', 'node:buffer']);
  const reached = new Set(
    files
      .filter(({ path }) => pure.some((folder) => path.startsWith(folder)))
      .flatMap(({ path }) => [...reachable(path, byPath)]),
  );

  test('reach no file system, network, process or clock, not through others either', () => {
    const effects = [...reached].flatMap((path) =>
      (byPath.get(path)?.modules ?? [])
        .filter((name) => name.startsWith('node:') && !harmless.has(name))
        .map((name) => `${path} imports ${name}`),
    );
    expect(effects).toEqual([]);
  });

  test('read no clock, no chance, no environment', () => {
    const ambient =
      /\b(Date\.now|new Date\(\)|Math\.random|performance\.|process\.|console\.|fetch\(|setTimeout\(|randomBytes|randomUUID)/;
    expect(matching(ambient).filter((line) => reached.has(line.split(':')[0] ?? ''))).toEqual([]);
  });
});

describe('style', () => {
  test('no file is longer than 250 lines', () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 250);
    expect(long).toEqual([]);
  });

  test('there are no barrels', () => {
    expect(files.filter(({ path }) => /(^|\/)index\.[cm]?[jt]s$/.test(path)).map(({ path }) => path)).toEqual(
      [],
    );
    expect(matching(/^\s*export\s+(type\s+)?\*/)).toEqual([]);
  });

  test('there are no default exports', () => {
    expect(matching(/^\s*export\s+default\b/)).toEqual([]);
  });

  test('INV-30: no program is run through a shell', () => {
    expect(files.filter(({ modules }) => modules.some(isRunner)).length).toBeGreaterThan(5);
    expect(files.flatMap(shellUses)).toEqual([]);
  });

  test.each([
    ["import { spawnSync } from 'node:child_process';\nspawnSync('id', [], { shell: true });", 'shell'],
    [
      "import { spawn } from 'child_process';\nconst shell = '/bin/sh';\nspawn('id', [], { shell });",
      'shell',
    ],
    ["import { execa } from 'execa';\nconst how = { ['shell']: isOn() };\nexeca('id', how);", 'shell'],
    ["import { execa } from 'execa';\nhow.shell = true;\nexeca('id', how);", 'shell'],
    ["import { exec } from 'node:child_process';\nexec('id');", 'exec'],
    ["import { execSync as run } from 'node:child_process';\nrun('id');", 'execSync'],
    ["import * as programs from 'node:child_process';\nprograms.exec('id');", 'programs'],
    ["import programs from 'node:child_process';\nprograms.exec('id');", 'programs'],
    ["import { execaCommand } from 'execa';\nexecaCommand('id');", 'execaCommand'],
    ["const { exec } = await import('node:child_process');\nexec('id');", 'child_process'],
    ["import { execFile } from 'node:child_process';\nexecFile('/bin/sh', ['-c', 'id']);", '/bin/sh'],
    ["import { execa } from 'execa';\nconst program = 'bash';\nexeca(program, ['-c', 'id']);", 'bash'],
  ])('a shell in %j is seen', (text, what) => {
    const seen = shellUses({ path: 'a.ts', text });
    expect(seen.join('\n')).toContain(what);
  });

  test('what only speaks of shells is left alone', () => {
    const options = "import { spawn } from 'node:child_process';\nspawn('id', [], { shell: false });";
    expect(shellUses({ path: 'a.ts', text: options })).toEqual([]);
    const other = "export const complete = (shell: 'bash' | 'zsh') => scripts[shell];";
    expect(shellUses({ path: 'a.ts', text: other })).toEqual([]);
  });

  test.each([...house, 'test'])('%s has a README', (folder) => {
    expect(existsSync(join(root, folder, 'README.md'))).toBe(true);
  });
});
