import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openBinaryRepository } from '../../../desired-state/git/binary.ts';
import { checkFiles } from '../../../desired-state/read/check.ts';
import { readDesired } from '../../../desired-state/read/last-good.ts';
import { generateKey } from '../../../desired-state/secrets/identity.ts';
import { initRepository } from '../../../desired-state/write/init-repository.ts';
import { starterFiles } from '../../../desired-state/write/starter.ts';
import { classifyPath } from '../../../schemas/layout.ts';
import { formatProblem } from '../../../schemas/problem.ts';
import { filesIn } from '../write/proposals.ts';

const author = { name: 'Ada', email: 'ada@example.com' };
let folder: string;
let files: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-starter-'));
  files = await starterFiles({ platform: 'demo' });
});

afterAll(async () => rm(folder, { recursive: true }));

function documents(): [string, string][] {
  return Object.entries(files).filter(([path]) => classifyPath(path).type === 'document');
}

describe('the starter repository', () => {
  it('has no problem and no warning', () => {
    expect(checkFiles(new Map(Object.entries(files))).map(formatProblem)).toEqual([]);
  });

  it('has one node, two channels and three tenants that differ', () => {
    const tenant = (name: string): unknown => parse(files[`tenants/${name}/tenant.yaml`] ?? '');
    expect(tenant('acme')).toMatchObject({
      spec: {
        channel: 'production',
        plan: 'pro',
        runtime: {
          state: 'running',
          volumes: [{ name: 'session' }, { name: 'state' }],
          update: { strategy: 'stop-first' },
        },
        whatsapp: { enabled: true },
      },
    });
    expect(tenant('globex')).toMatchObject({
      spec: { channel: 'staging', runtime: { update: { strategy: 'start-first' } } },
    });
    expect(tenant('globex')).not.toHaveProperty('spec.runtime.volumes');
    expect(tenant('initech')).toMatchObject({ spec: { drift: 'report', runtime: { state: 'stopped' } } });
    const kinds = documents()
      .map(([path]) => classifyPath(path))
      .map((place) => (place.type === 'document' ? place.kind : ''));
    const count = (kind: string) => kinds.filter((other) => other === kind).length;
    expect([count('Platform'), count('Node'), count('Channel'), count('Tenant')]).toEqual([1, 1, 2, 3]);
  });

  it('resolves to three tenants of one node, as a node reads them from Git', async () => {
    const work = join(folder, 'resolved');
    const revision = await initRepository(work, files, author);
    const repository = await openBinaryRepository({ url: work, branch: 'main', dir: join(folder, 'mirror') });
    expect(await repository.fetch()).toBe(revision);
    const state = await readDesired(repository, revision);
    expect(state.problems.map(formatProblem)).toEqual([]);
    expect(state.notActedOn).toEqual([]);
    expect(Object.keys(state.nodes)).toEqual(['worker-1']);
    expect(Object.keys(state.channels).sort()).toEqual(['production', 'staging']);
    const { acme, globex, initech } = state.tenants;
    expect(acme?.desired).toMatchObject({
      image: state.channels['production']?.images['runtime'],
      state: 'running',
      env: { LOG_LEVEL: 'debug' },
      resources: { memoryBytes: 384 * 2 ** 20, nanoCpus: 500_000_000, pids: 256 },
      update: { strategy: 'stop-first', drainMs: 5_000 },
      config: { timezone: 'Europe/Berlin' },
      whatsapp: { enabled: true, pairing: '' },
    });
    expect(Object.keys(acme?.desired?.prompts ?? {}).sort()).toEqual(['greeting', 'house-style']);
    expect(Object.keys(acme?.desired?.skills ?? {}).sort()).toEqual(['opening-hours', 'order-status']);
    expect(globex?.desired).toMatchObject({
      image: state.channels['staging']?.images['runtime'],
      volumes: [],
      update: { strategy: 'start-first' },
    });
    const inherited = { ...state.nodes['worker-1']?.environment, ...globex?.desired?.env };
    expect(inherited).toEqual({ LOG_LEVEL: 'info', NODE_REGION: 'home' });
    expect(initech?.desired).toMatchObject({
      state: 'stopped',
      drift: 'report',
      volumes: [{ name: 'state' }],
    });
    expect(acme?.desired?.image).not.toBe(globex?.desired?.image);
  });

  it('begins each document with a line that leads editors to its schema', () => {
    for (const [path, text] of documents()) {
      const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1];
      expect(schema, path).toBeDefined();
      const place = classifyPath(path);
      const kind = place.type === 'document' ? place.kind.toLowerCase() : '';
      expect(join(dirname(path), schema ?? ''), path).toBe(`.tenantry/schemas/${kind}.schema.json`);
      expect(Object.keys(files), path).toContain(join(dirname(path), schema ?? ''));
    }
  });

  it('teaches: each document but the plainest has a comment', () => {
    const silent = documents().filter(([, text]) =>
      text
        .split('\n')
        .slice(1)
        .every((line) => !line.includes('#')),
    );
    expect(silent.length).toBeLessThanOrEqual(4);
  });

  it('takes the name, the image and the keys that it is given, and stays valid', async () => {
    const [node, recovery] = await Promise.all([generateKey(), generateKey()]);
    const image = 'registry.local:5000/runtime:sha-0123abc';
    const keys = { nodeKey: node.recipient, recoveryKey: recovery.recipient };
    const own = await starterFiles({ platform: 'mine', image, ...keys });
    expect(checkFiles(new Map(Object.entries(own))).map(formatProblem)).toEqual([]);
    expect(parse(own['tenantry.yaml'] ?? '')).toMatchObject({
      metadata: { name: 'mine' },
      spec: { secrets: { recoveryKeys: [recovery.recipient] } },
    });
    expect(parse(own['nodes/worker-1.yaml'] ?? '')).toMatchObject({
      spec: { keys: { age: node.recipient } },
    });
    for (const channel of ['staging', 'production']) {
      expect(parse(own[`channels/${channel}.yaml`] ?? '')).toMatchObject({
        spec: { images: { runtime: image } },
      });
    }
  });
});

describe('making the repository', () => {
  it('writes and commits every file on the branch main, with the author', async () => {
    const directory = join(folder, 'new', 'repository');
    const commit = await initRepository(directory, files, author);
    const git = async (...args: string[]) => (await execa('git', ['-C', directory, ...args])).stdout;
    expect(await git('log', '--format=%H %an %ae', 'main')).toBe(`${commit} Ada ada@example.com`);
    expect(await git('status', '--porcelain')).toBe('');
    expect(await filesIn(directory)).toEqual(files);
    expect(
      (await git('ls-files', '-z'))
        .split('\0')
        .filter((path) => path !== '')
        .sort(),
    ).toEqual(Object.keys(files).sort());
  });

  it('does not follow GIT_DIR into another repository', async () => {
    const directory = join(folder, 'hooked');
    process.env.GIT_DIR = join(folder, 'elsewhere.git');
    try {
      await initRepository(directory, files, author);
    } finally {
      delete process.env.GIT_DIR;
    }
    expect((await execa('git', ['-C', directory, 'rev-list', '--count', 'main'])).stdout).toBe('1');
  });

  it('refuses a folder that holds something, and a file', async () => {
    const used = join(folder, 'used');
    await mkdir(used);
    await writeFile(join(used, 'mine.txt'), 'mine');
    await expect(initRepository(used, files, author)).rejects.toThrow(/not empty \(it holds mine\.txt\)/);
    expect(await filesIn(used)).toEqual({ 'mine.txt': 'mine' });
    await expect(initRepository(join(used, 'mine.txt'), files, author)).rejects.toThrow(/is a file/);
  });
});
