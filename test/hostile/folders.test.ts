import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRepository } from '../../desired-state/git/open.ts';
import type { Repository } from '../../desired-state/git/port.ts';
import { fleet as small, tenant } from './fleet.ts';
import { type Changes, type History, shownAt, writeHistory } from './history.ts';
import { Worker } from './worker.ts';

const names = ['acme', 'globex', 'hooli', 'initech'];
const fleet: Readonly<Record<string, string>> = {
  ...small,
  ...Object.fromEntries(names.map((name) => [`tenants/${name}/tenant.yaml`, tenant(name)])),
};
const paths = Object.keys(fleet);

/** Takes away all that is below a folder. */
const without = (folder: string): Changes =>
  Object.fromEntries(paths.filter((path) => path.startsWith(folder)).map((path) => [path, null]));

/** Each path under another name, where `to` answers one. */
function moved(to: (path: string) => string): Changes {
  const kept = paths.filter((path) => to(path) !== path);
  return Object.fromEntries([
    ...kept.map((path) => [path, null] as const),
    ...kept.map((path) => [to(path), fleet[path] ?? ''] as const),
  ]);
}

const renamed = (from: string, to: string): Changes =>
  moved((path) => (path.startsWith(from) ? to + path.slice(from.length) : path));

const text = 'nothing to see here\n';
const held = /4 of 4 tenants would be removed from worker-1.*tenantry approve/;

/** What a commit does to the folders, and the words with which a person is told. */
const entries: readonly (readonly [name: string, changes: Changes, says: RegExp])[] = [
  ['everything is gone', without(''), /tenantry\.yaml/],
  ['the folder of all tenants is gone', without('tenants/'), held],
  ['the folder of all tenants has another name', renamed('tenants/', 'customers/'), held],
  ['the folder of all tenants is in upper case', renamed('tenants/', 'Tenants/'), /Tenants/],
  ['the folder of all tenants is one level deeper', renamed('tenants/', 'tenants/all/'), /tenants\/all\//],
  [
    'the folder of all tenants is a file',
    { ...without('tenants/'), tenants: text },
    /tenants:1 .*is a folder/,
  ],
  [
    'the folder of one tenant is a file',
    { ...without('tenants/acme/'), 'tenants/acme': text },
    /tenants\/acme:1 .*bring that back(.|\n)*Held/,
  ],
  [
    'the folders of two tenants are files',
    {
      ...without('tenants/acme/'),
      ...without('tenants/hooli/'),
      'tenants/acme': text,
      'tenants/hooli': text,
    },
    /tenants\/acme:1 (.|\n)*tenants\/hooli:1 /,
  ],
  ['the folder of sites is a file', { ...without('sites/'), sites: text }, /sites:1 .*is a folder/],
  [
    'each tenant.yaml has another name',
    moved((path) => path.replace(/tenant\.yaml$/, 'tenant.yml')),
    /tenants\/acme\/tenant\.yml/,
  ],
  [
    'each tenant.yaml is gone, and other files are left',
    Object.fromEntries(
      names.flatMap((name) => [
        [`tenants/${name}/tenant.yaml`, null],
        [`tenants/${name}/prompts/greeting.yaml`, fleet['tenants/acme/prompts/greeting.yaml'] ?? ''],
      ]),
    ),
    /tenants\/acme/,
  ],
  [
    'each tenant is on another node',
    {
      'nodes/worker-2.yaml': (fleet['nodes/worker-1.yaml'] ?? '').replaceAll('worker-1', 'worker-2'),
      ...Object.fromEntries(
        names.map((name) => [
          `tenants/${name}/tenant.yaml`,
          tenant(name).replace('node: worker-1', 'node: worker-2'),
        ]),
      ),
    },
    held,
  ],
  ['the folder of nodes is gone', without('nodes/'), /worker-1/],
  ['the file of the node is gone', without('nodes/worker-1.yaml'), /worker-1/],
  ['the folder of nodes has another name', renamed('nodes/', 'workers/'), /worker-1/],
  ['the folder of nodes is a file', { ...without('nodes/'), nodes: text }, /worker-1/],
  ['the node has another name', renamed('nodes/worker-1', 'nodes/worker-9'), /worker-9/],
  ['the folder of channels is gone', without('channels/'), /production/],
  ['the folder of channels has another name', renamed('channels/', 'canals/'), /production/],
  ['the folder of channels is a file', { ...without('channels/'), channels: text }, /production/],
  ['the platform is gone', without('tenantry.yaml'), /tenantry\.yaml/],
  [
    'the platform is a folder',
    { ...without('tenantry.yaml'), 'tenantry.yaml/x.yaml': text },
    /tenantry\.yaml/,
  ],
];

/** What takes a commit back. */
function takenBack(changes: Changes): Changes {
  const strange = Object.keys(changes).filter((path) => !(path in fleet));
  return { ...Object.fromEntries(strange.map((path) => [path, null])), ...fleet };
}

describe('INV-9: a commit that takes folders away deletes nothing', () => {
  let history: History;
  let dir: string;
  let real: Repository;
  let head: string;
  let worker: Worker;

  beforeAll(async () => {
    const commits = entries.flatMap(([, changes]) => [changes, takenBack(changes)]);
    history = writeHistory(
      [fleet, ...commits].map((changes, index) => ({
        branch: 'main',
        onto: index === 0 ? null : 'main',
        changes,
      })),
    );
    dir = await mkdtemp(join(tmpdir(), 'tenantry-hostile-folders-'));
    real = await openRepository({ url: history.dir, branch: 'main', dir });
    await real.fetch();
    worker = await Worker.start(shownAt(real, () => head));
    head = history.commits[0] ?? '';
    const calls = await worker.converge();
    expect(calls.filter((call) => call.startsWith('startContainer'))).toHaveLength(names.length);
  }, 60_000);
  afterAll(async () => {
    await real?.close();
    history?.remove();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  });

  test.each(entries.map(([name, , says], index) => [name, index, says] as const))(
    '%s',
    async (_, index, says) => {
      head = history.commits[2 * index + 1] ?? '';
      expect(await worker.converge()).toEqual([]);
      const { source, problems, tenants } = await worker.status();
      const running = tenants.filter(({ state }) => state === 'running').map(({ tenant: name }) => name);
      expect(running).toEqual(names);
      const told = [
        source.detail,
        ...problems.map(({ path, line, message }) => `${path}:${line} ${message}`),
        ...tenants.map(({ phase, reason }) => `${phase}: ${reason}`),
      ].join('\n');
      expect(told).toMatch(says);
      head = history.commits[2 * index + 2] ?? '';
      expect(await worker.converge()).toEqual([]);
      expect((await worker.status()).source.state).toBe('ok');
    },
  );
});
