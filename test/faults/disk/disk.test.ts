import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import pLimit from 'p-limit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFiles } from '../../../reconciler/adapters/files.ts';
import { removeSecretsMount } from '../../../reconciler/adapters/files-tmpfs.ts';
import { openState } from '../../../reconciler/adapters/state.ts';
import type { Fault } from '../boundary.ts';
import { randomFrom } from '../campaign/random.ts';
import { DiskBoundary } from './boundary.ts';
import { bringTo, openOutbox, textOf } from './contents.ts';

const writer = join(import.meta.dirname, 'writer.ts');

/** Folders of a node, and processes that write them. */
class Disk {
  readonly folder: string;
  readonly boundary: DiskBoundary;

  constructor(folder: string) {
    this.folder = folder;
    this.boundary = new DiskBoundary({ dataDir: this.dataDir, secretsDir: this.secretsDir });
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  get secretsDir(): string {
    return join(this.folder, 'secrets');
  }

  /** Runs the writer to its end, or until the fault ends it. Answers its words, null when it was killed. */
  async write(version: number): Promise<string | null> {
    const { execArgv, env } = this.boundary;
    const args = [...execArgv, writer, this.dataDir, this.secretsDir, String(version)];
    const { stdout, stderr, exitCode, signal } = await execa(process.execPath, args, { env, reject: false });
    if (signal === 'SIGKILL') return null;
    if (exitCode !== 0) throw new Error(stderr);
    return stdout;
  }

  /** The versions that each thing holds; a thing that is torn shows as its text. */
  async versions(): Promise<Record<string, string>> {
    const damages: string[] = [];
    const state = openState(join(this.dataDir, 'state'), ({ name }) => damages.push(name));
    const memory = (await state.read('memory')) as { readonly text: string } | null;
    const history = (await state.readLog('history')) as { readonly text: string }[];
    const files = openFiles(this);
    const secrets = await files.readSecrets('acme');
    const file = (path: string): Promise<string> => readFile(join(files.configDir('acme'), path), 'utf8');
    expect(damages).toEqual([]);
    const outbox = await openOutbox(this);
    const told = (await outbox.read(0, 1_000_000)).map(
      ({ entry }) => JSON.parse(entry) as { readonly text?: string },
    );
    await outbox.close();
    return {
      memory: versionIn(memory?.text ?? ''),
      history: history.map(({ text }) => versionIn(text)).join(),
      // What is lost is told of by a note without a text.
      outbox: told.flatMap(({ text }) => (text === undefined ? [] : versionIn(text))).join(),
      'a.md': versionIn(await file('a.md')),
      'prompts/b.md': versionIn((await file('prompts/b.md')).replace(/^b /, '')),
      KEY: versionIn(Buffer.from(secrets?.get('KEY') ?? '').toString('utf8')),
    };
  }

  async remove(): Promise<void> {
    await removeSecretsMount(this.secretsDir);
    await rm(this.folder, { recursive: true, force: true });
    await this.boundary.close();
  }
}

/** `1` where the whole text is of version 1. */
function versionIn(text: string): string {
  const version = /^version (\d) /.exec(text)?.[1] ?? '';
  return text === textOf(version) ? version : text;
}

let disks: Disk[];
const newDisk = async (): Promise<Disk> => {
  const disk = new Disk(await mkdtemp(join(tmpdir(), 'tenantry-test-disk-')));
  disks.push(disk);
  return disk;
};
beforeEach(() => {
  disks = [];
});
afterEach(async () => {
  for (const disk of disks) await disk.remove();
});

describe('the disk as a boundary', () => {
  test('shows every write under a key that is the same each time, and counts on in the next process', async () => {
    const disk = await newDisk();
    const { boundary } = disk;
    await disk.write(1);
    boundary.reset();
    expect(boundary.seen()).toEqual(['damage state/history.jsonl', 'damage state/memory.json']);
    await disk.write(2);
    const first = boundary.seen();
    expect(first).toContain('write state/memory.json#1');
    expect(first).toContain('rename state/memory.json#1');
    expect(first).toContain('write state/history.jsonl#1');
    expect(first).toContain('write tenants/:tenant/.staging/0#1');
    expect(first).toContain('write outbox/:segment#1');
    expect(first).toContain('write secrets/.staging/:tenant/0#1');
    boundary.reset();
    await disk.write(1);
    expect(boundary.seen()).toEqual(first);
    await disk.write(2);
    expect(boundary.seen()).toContain('write state/memory.json#2');
  });

  test('does what is asked where it is asked, once, and says so', async () => {
    const disk = await newDisk();
    const { boundary } = disk;
    await disk.write(1);
    boundary.reset();
    boundary.arm({ at: 'write state/memory.json#1', action: 'enospc' });
    expect(boundary.fired()).toBe(false);
    expect(await disk.write(2)).toMatch(/^state\/write-failed .*ENOSPC/);
    expect(boundary.fired()).toBe(true);
    expect(await disk.write(2)).toBe('');
    expect(() => boundary.arm({ at: 'remove state/memory.json#1', action: 'enospc' })).toThrow(
      'cannot happen',
    );
  });

  test('a disk that is full takes nothing more until the fault is taken away; secrets have room of their own', async () => {
    const disk = await newDisk();
    const { boundary } = disk;
    await disk.write(1);
    boundary.reset();
    boundary.arm({ at: 'write state/memory.json#1', action: 'full' });
    const said = (await disk.write(2))?.split('\n').map((line) => line.split(' ')[0]);
    expect(said).toEqual(['state/write-failed', 'state/write-failed', 'files/write-failed']);
    expect(await disk.write(3)).toContain('ENOSPC');
    expect(await disk.versions()).toEqual({
      memory: '1',
      history: '1',
      outbox: '1',
      'a.md': '1',
      'prompts/b.md': '1',
      KEY: '3',
    });
    boundary.arm(null);
    expect(await disk.write(4)).toBe('');
  });

  test('INV-1, INV-18: after a fault at a write there is the old content or the new one, whole', async () => {
    const model = await newDisk();
    await bringTo(1, model);
    await model.write(2);
    const every = model.boundary
      .seen()
      .flatMap((at) => model.boundary.actions(at).map((action) => ({ at, action })));
    expect(every.length).toBeGreaterThan(100);
    const torn = every.filter(({ at, action }) => at.startsWith('write') && /half|enospc/.test(action));
    expect(torn.map(({ at }) => at)).toContain('write outbox/:segment#1');
    const points = [...torn, ...sample(every, 30)];
    const limit = pLimit(2);
    await Promise.all(points.map((point) => limit(() => withstands(point))));
  }, 120_000);
});

/** Some of the points, the same in every run; the whole of them is the campaign's (`npm run faults`). */
function sample<T>(points: readonly T[], count: number): T[] {
  const random = randomFrom(1);
  return Array.from({ length: count }, () => points[Math.floor(random() * points.length)]).filter(
    (point) => point !== undefined,
  );
}

const logs: ReadonlySet<string> = new Set(['history', 'outbox']);

async function withstands(fault: Fault): Promise<void> {
  const disk = await newDisk();
  const where = `${fault.at} ${fault.action}`;
  await bringTo(1, disk);
  disk.boundary.arm(fault);
  const said = await disk.write(2);
  expect(disk.boundary.fired(), where).toBe(true);
  expect(said === null, where).toBe(fault.action.startsWith('kill'));
  // What is to be told waits, and nobody has to hear of it.
  const waits = fault.at.includes(' outbox/');
  const failures = said === null || waits ? [] : said.split('\n');
  for (const failure of failures) expect(failure, where).toMatch(/^(state|files)\/write-failed /);
  if (fault.action !== 'full') expect(failures.length, where).toBeLessThan(2);
  for (const [name, version] of Object.entries(await disk.versions())) {
    expect(version, `${name} after ${where}`).toMatch(logs.has(name) ? /^1(,2)?$/ : /^[12]$/);
  }
  expect(await bringTo(3, disk), where).toEqual([]);
  const { history, outbox, ...rest } = await disk.versions();
  expect(outbox, where).toMatch(/^1(,2)?,3$/);
  expect(history, where).toMatch(/^1(,2)?,3$/);
  expect(Object.values(rest), where).toEqual(['3', '3', '3', '3']);
  await disk.remove();
}
