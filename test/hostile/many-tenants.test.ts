import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRepository } from '../../desired-state/git/open.ts';
import type { Repository } from '../../desired-state/git/port.ts';
import { createReadCache, readDesired } from '../../desired-state/read/last-good.ts';
import { repositoryFiles } from '../bench/scale/tenants.ts';
import { allowedFor, longestBlock } from './heartbeat.ts';
import { type History, writeHistory } from './history.ts';

const tenants = 10_000;

let history: History;
let dir: string;
let repository: Repository;

/** Everybody claims what the node has, so that a new limit has all of them weighed again. */
function claiming(memoryGiB: number): Map<string, string> {
  const files = [...repositoryFiles(tenants, 'demo', ['worker-1'])].map(([path, text]): [string, string] => {
    if (path.startsWith('nodes/'))
      return [path, inSpec(text, `capacity: {memory: ${memoryGiB}Gi, cpus: 4000}`)];
    const [, tenant, file] = path.split('/');
    return [path, file === 'tenant.yaml' ? inSpec(text, `subdomain: ${tenant}`) : text];
  });
  return new Map(files);
}

function inSpec(text: string, line: string): string {
  return text.replace('\nspec:\n', `\nspec:\n  ${line}\n`);
}

beforeAll(async () => {
  const node = 'nodes/worker-1.yaml';
  const broken = [...claiming(4000)].filter(([path]) => path.endsWith('/tenant.yaml'));
  const commits = [
    Object.fromEntries(claiming(4000)),
    { [node]: claiming(4001).get(node) ?? '' },
    Object.fromEntries(broken.map(([path, text]) => [path, inSpec(text, 'noSuchField: 1')])),
    { [node]: claiming(4002).get(node) ?? '' },
  ];
  history = writeHistory(
    commits.map((changes, at) => ({ branch: 'main', onto: at === 0 ? null : 'main', changes })),
  );
  dir = await mkdtemp(join(tmpdir(), 'tenantry-hostile-many-'));
  repository = await openRepository({ url: history.dir, branch: 'main', dir });
}, 120_000);

afterAll(async () => {
  await repository?.close();
  await rm(dir, { recursive: true, force: true });
  history?.remove();
});

test('commits that weigh all of 10,000 tenants again and break them, read from nothing, keep nobody else waiting', {
  timeout: 300_000,
}, async () => {
  const head = await repository.fetch();
  const { value: desired, ms } = await longestBlock(() => readDesired(repository, head, createReadCache()));
  expect(Object.keys(desired.tenants)).toHaveLength(tenants);
  const held = Object.values(desired.tenants).filter(({ heldAt }) => heldAt !== null);
  expect(held).toHaveLength(tenants);
  expect(ms).toBeLessThan(allowedFor(ms));
});
