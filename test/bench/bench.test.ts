import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { test as base, describe, expect } from 'vitest';
import { label } from '../../renderers/labels.ts';
import { until } from '../support/engine-wait.ts';
import { root } from '../support/source-files.ts';
import { realNames } from './real/names.ts';
import type { RealFacts } from './real/report.ts';
import type { Report } from './report.ts';
import { edit } from './web/edit.ts';
import { linkNames, storeKinds } from './web/links.ts';
import { listNames } from './web/list.ts';

const run = join(import.meta.dirname, 'run.ts');

/** Compiled code is kept, as the command's own is: a run is over in seconds. */
const cache = join(root, 'node_modules/.cache/tenantry');

/** A folder of a test's own, and the bench as a process of its own, whose temporary folder is in there to look into. */
interface Place {
  readonly dir: string;
  readonly bench: (
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => ReturnType<typeof benchIn>;
  readonly report: () => Promise<Report>;
}

function benchIn(dir: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  return execa(process.execPath, [run, '--smoke', '--json', join(dir, 'report.json'), ...args], {
    env: { TMPDIR: join(dir, 'tmp'), NODE_COMPILE_CACHE: cache, ...env },
    reject: false,
  });
}

const test = base.extend<{ place: Place }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the parameter what a fixture needs
  place: async ({}, use) => {
    const dir = await mkdtemp(join(tmpdir(), 'tenantry-bench-test-'));
    await mkdir(join(dir, 'tmp'));
    // Postgres runs as a user of its own, and has its folder in there.
    await chmod(dir, 0o711);
    await use({
      dir,
      bench: (args, env = {}) => benchIn(dir, args, env),
      report: async () => JSON.parse(await readFile(join(dir, 'report.json'), 'utf8')) as Report,
    });
    await rm(dir, { recursive: true, force: true });
  },
});

/** Names of what is on the engine under a platform's label. */
async function leftOf(platform: string): Promise<string[]> {
  const filter = ['--filter', `label=${label.platform}=${platform}`];
  const containers = await execa('docker', ['container', 'ls', '--all', '--format', '{{.Names}}', ...filter]);
  const networks = await execa('docker', ['network', 'ls', '--format', '{{.Name}}', ...filter]);
  return [containers, networks].flatMap(({ stdout }) => stdout.split('\n')).filter((line) => line !== '');
}

/** Private engines that are left of a process. */
async function enginesOf(pid: number): Promise<string[]> {
  const home = '/var/lib/tenantry-test';
  const owners = await Promise.all(
    (await readdir(home)).map((name) => readFile(join(home, name, 'owner.json'), 'utf8').catch(() => '{}')),
  );
  return owners.filter((owner) => (JSON.parse(owner) as { pid?: number }).pid === pid);
}

/** Who reached whom in every run of the group `real`, also in one that is done once more. */
const isolation: RealFacts['isolation'][number][] = [];

// Mostly they wait for an engine, each with things of its own. Once more when one fails: where the machine stands still for
// some ten seconds, dockerd kills a containerd that does not answer, and what is measured then is that engine's trouble.
describe.concurrent('the bench', { timeout: 300_000, retry: 1 }, () => {
  test('measures everybody on a small scale, prints and writes it, and leaves nothing behind', async ({
    place,
  }) => {
    const { dir, bench, report } = place;
    const { exitCode, stdout, stderr } = await bench(['--only', 'cold,no-op,repair']);
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    const { rows, targets, passCalls, platforms, sweep } = await report();
    expect(rows.map(({ group, name }) => `${group}: ${name}`)).toEqual([
      expect.stringMatching(/^cold: bare dockerode, 1 starts/),
      expect.stringMatching(/^cold: bare dockerode, 1 starts/),
      'cold: Tenantry, in process',
      'cold: tenantry reconcile --once',
      'cold: docker-compose up',
      'no-op: full pass of a running reconciler',
      'no-op: the same, with Git asked and status written',
      'no-op: tenantry reconcile --once, again',
      'no-op: docker-compose up, again',
      'repair: Tenantry, kill called to running',
      'repair: Tenantry, container dead to running',
      'repair: bare start',
      'repair: bare kill, then start',
    ]);
    for (const { name, median, min, max, values } of rows) {
      expect(values, name).toHaveLength(1);
      expect(min, name).toBeGreaterThan(0);
      expect([median, max], name).toEqual([min, min]);
    }
    expect(sweep).toHaveLength(2);
    expect(targets).toHaveLength(5);
    expect(passCalls?.mutations).toBe(0);
    expect(passCalls?.reads).toBeGreaterThan(0);
    for (const { text } of targets) expect(stdout).toContain(text);
    expect(platforms.length).toBeGreaterThanOrEqual(9);
    for (const platform of platforms) expect(await leftOf(platform)).toEqual([]);
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
  });

  test('brings up, restarts and takes down engines of its own, and tells who reaches whom', async ({
    place,
  }) => {
    const { dir, bench, report } = place;
    const running = bench(['--only', 'real']);
    const { exitCode, stdout, stderr } = await running;
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    const { rows, real, targets } = await report();
    isolation.push(...(real?.isolation ?? []));
    expect(rows.map(({ name, values }) => [name, values.length])).toEqual(
      realNames().map((name) => [name, name.startsWith('engine ') ? 1 : 2]),
    );
    expect(real?.restarts.map(({ way, replaced }) => [way, replaced])).toEqual([
      ['stopped, live-restore on', 0],
      ['killed, live-restore on', 0],
      ['stopped, live-restore off', 0],
      ['killed, live-restore off', 0],
    ]);
    expect(real?.isolation.map(({ pairs, itself, fromNode }) => [pairs, itself, fromNode])).toEqual([
      [20, 20, 2],
      [20, 20, 2],
    ]);
    const anew = targets.find(({ text }) => text.includes('begin anew under live-restore'));
    expect(anew).toMatchObject({ ratio: 0, reached: true });
    for (const { text } of targets) expect(stdout).toContain(text);
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
    expect(await enginesOf(running.pid ?? 0)).toEqual([]);
  });

  test('goes on without docker-compose and says so', async ({ place }) => {
    const { dir, bench, report } = place;
    const { exitCode, stdout, stderr } = await bench(['--only', 'no-op'], {
      PATH: await pathWithout(dir, 'docker-compose'),
    });
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('docker-compose is not installed');
    const { rows, targets } = await report();
    expect(rows.map(({ name }) => name)).not.toContain('docker-compose up, again');
    expect(rows).toHaveLength(3);
    expect(targets).toEqual([]);
  });

  test('measures many tenants and a soak on an engine double, where no engine answers, and leaves nothing behind', async ({
    place,
  }) => {
    const { dir, bench, report } = place;
    const { exitCode, stdout, stderr } = await bench(['--only', 'scale,soak'], {
      DOCKER_HOST: `unix://${join(dir, 'nobody.sock')}`,
    });
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    const { rows, targets, machine } = await report();
    expect(machine).toMatchObject({ docker: null });
    const names = rows.map(({ group, name, unit }) => `${group}: ${name}, ${unit}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'scale: start to first full plan, 12 tenants, ms',
        'scale: full pass, converged, 12 tenants: CPU, ms',
        'scale: resident memory, running, 12 tenants, MiB',
        'scale: revision to first Docker call, 6 tenants, ms',
        'scale: revision to first Docker call, 12 tenants, ms',
      ]),
    );
    expect(names).toContain('scale: tenantry validate, 53 documents, ms');
    expect(names).toContain('soak: growth of what is on the heap, without code, %/h');
    for (const { name, median, group } of rows) {
      if (group === 'scale') expect(median, name).toBeGreaterThan(0);
    }
    expect(targets).toEqual([]);
    expect(stdout).toContain('Published by Flux');
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
  });

  test('INV-10: measures what a broken tenant costs the others, and leaves nothing behind', async ({
    place,
  }) => {
    const { dir, bench, report } = place;
    const { exitCode, stdout, stderr } = await bench(['--only', 'neighbours']);
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    const { rows, targets } = await report();
    expect(rows.map(({ group, values }) => [group, values.length])).toEqual([
      ['neighbours', 2],
      ['neighbours', 2],
      ['neighbours', 1],
      ['neighbours', 1],
    ]);
    expect(targets.map(({ limit }) => limit)).toEqual([1.1]);
    expect(stdout).toContain('INV-10');
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
  });

  test('measures edits, readers and links of a control node on a small scale, and leaves nothing behind', async ({
    place,
  }) => {
    const { dir, bench, report } = place;
    const { exitCode, stdout, stderr } = await bench(['--only', 'edit,list,links']);
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    const { rows, targets, platforms } = await report();
    const valuesOf = new Map(rows.map(({ name, values }) => [name, values]));
    for (const what of ['prompt', 'image'] as const) {
      const [whole = 0] = valuesOf.get(edit.whole(what)) ?? [];
      const parts = rows.filter(({ name }) => name.startsWith(`${what}: … `));
      expect(parts).toHaveLength(7);
      expect(parts.reduce((sum, { median }) => sum + median, 0)).toBeCloseTo(whole, 0);
      expect(valuesOf.get(edit.floor(what))?.[0]).toBeGreaterThan(0);
    }
    const { page, wholeCpu } = listNames(6);
    for (const name of [page(50), page(99), wholeCpu])
      expect(valuesOf.get(name)?.[0], name).toBeGreaterThan(0);
    for (const store of storeKinds) {
      const { first, away, lostStatuses, lostOutcomes } = linkNames(store);
      for (const name of [first, away]) expect(valuesOf.get(name)?.[0], name).toBeGreaterThan(0);
      expect([valuesOf.get(lostStatuses), valuesOf.get(lostOutcomes)]).toEqual([[0], [0]]);
    }
    expect(targets.map(({ limit, reached }) => [limit, reached])).toEqual([
      [0, true],
      [0, true],
    ]);
    for (const { text } of targets) expect(stdout).toContain(text);
    for (const platform of platforms) expect(await leftOf(platform)).toEqual([]);
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
  });

  test('Ctrl-C: what is under way ends, and all that was made is removed', async ({ place }) => {
    const { dir, bench } = place;
    const running = bench(['--only', 'cold']);
    let stderr = '';
    running.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    await until(
      'the first run has begun',
      async () => {
        const [host] = (await readdir(join(dir, 'tmp'))).filter((name) => name.startsWith('tenantry-host-'));
        return host ?? null;
      },
      120_000,
    );
    running.kill('SIGINT');
    const { exitCode } = await running;
    expect(stderr).toContain('stopped by SIGINT');
    expect(exitCode).toBe(1);
    expect(existsSync(join(dir, 'report.json'))).toBe(false);
    expect(await readdir(join(dir, 'tmp'))).toEqual([]);
  });

  test('a wrong argument is refused with one sentence, before anything is made', async ({ place }) => {
    const { bench } = place;
    const { exitCode, stderr } = await bench(['--only', 'warm']);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'error: --only knows cold, no-op, repair, real, scale, neighbours, edit, list, links, soak, and not "warm"',
    );
  });
});

test('no tenant reached another in any run of the bench, those that were done once more included', () => {
  expect(isolation.length).toBeGreaterThanOrEqual(2);
  expect(isolation.map(({ reached }) => reached)).toEqual(isolation.map(() => 0));
});

/** A `PATH` with one folder in `dir` that has every program of this machine's, but for `absent`. */
async function pathWithout(dir: string, absent: string): Promise<string> {
  const bin = join(dir, 'bin');
  await mkdir(bin);
  const programs = new Map<string, string>();
  // The first folder that has a program is the one that counts, as in any PATH.
  for (const folder of (process.env['PATH'] ?? '').split(':').filter((path) => existsSync(path)))
    for (const program of await readdir(folder))
      if (!programs.has(program)) programs.set(program, join(folder, program));
  programs.delete(absent);
  for (const [program, path] of programs) await symlink(path, join(bin, program));
  return bin;
}
