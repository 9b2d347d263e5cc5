import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CliProcess } from '../support/cli-process.ts';
import { engineHost } from '../support/engine.ts';
import { fill } from '../support/full-disk.ts';
import { health, runtimeImage, TestHost, yaml } from '../support/host.ts';
import { startReconcilerProcess } from '../support/reconciler-process.ts';
import { containerWhen, nodeWhen } from '../support/watched.ts';

/** The data folder is a filesystem of its own, which the test fills to its last byte. */
let host: TestHost;
let dataDir: string;
let filler: string;
let image: string;
let reconciler: CliProcess | null = null;
let neighbour: { id: string; startedAt: string };

const runtime = { health };
const greeting = (text: string) => ({ 'prompts/greeting.yaml': yaml('Prompt', 'greeting', { text }) });
const docker = (...args: string[]) => execa('docker', ['--host', engineHost(), ...args]);
const remount = (how: 'ro' | 'rw') => execa('mount', ['-o', `remount,${how}`, dataDir]);
const start = (): CliProcess => startReconcilerProcess(host, { more: ['--poll', '1'] });

beforeAll(async () => {
  image = await runtimeImage('v1');
}, 300_000);
beforeEach(async () => {
  host = await TestHost.make();
  ({ dataDir } = host.options());
  filler = join(dataDir, 'filler');
  await mkdir(dataDir);
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tenantry-test', dataDir]);
  host.tenant('neighbour', { image, runtime });
  host.tenant('acme', { image, runtime }, greeting('Hello.'));
  await host.once();
  neighbour = await host.identity('neighbour');
}, 60_000);
afterEach(async () => {
  await reconciler?.end('SIGKILL');
  reconciler = null;
  await execa('umount', ['--lazy', dataDir]);
  await host.remove();
}, 60_000);

/** What a disk does, and how it ends. */
const kinds: readonly (readonly [string, () => Promise<unknown>, () => Promise<unknown>])[] = [
  ['is full', () => fill(filler), () => rm(filler)],
  ['became read-only', () => remount('ro'), () => remount('rw')],
];

describe.each(kinds)('INV-18: a node whose disk %s', { timeout: 120_000 }, (_, fails, mends) => {
  test('a reconciler that is started there anew mends what happened, and follows Git when the disk is well again', async () => {
    await fails();
    await docker('kill', host.container('acme'));
    reconciler = start();
    await containerWhen(host, 'acme', 'runs again', ({ State }) => State.Running);
    await docker('rm', '--force', host.container('acme'));
    await containerWhen(host, 'acme', 'is there again', ({ State }) => State.Running);
    const revision = host.tenant('acme', { image, runtime }, greeting('Good day.'));
    await reconciler.says('This machine cannot write its mirror of the repository');
    await reconciler.end('SIGKILL');
    await docker('kill', host.container('acme'));
    reconciler = start();
    await containerWhen(host, 'acme', 'runs once more', ({ State }) => State.Running);
    await mends();
    const followed = await nodeWhen(host, 'follows', (status) => status.revision === revision);
    expect(followed.trouble).toBeNull();
    await expect
      .poll(async () => JSON.stringify(await host.ask('acme', '/api/prompts')))
      .toContain('Good day.');
    expect(await host.identity('neighbour')).toEqual(neighbour);
  });
});
