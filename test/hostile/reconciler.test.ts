import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRepository } from '../../desired-state/git/open.ts';
import type { Repository } from '../../desired-state/git/port.ts';
import { everyEntry } from './corpus/all.ts';
import type { HostileInput } from './entry.ts';
import { fleet, tenant } from './fleet.ts';
import { isTooLong, longestBlock } from './heartbeat.ts';
import { type Changes, type History, shownAt, writeHistory } from './history.ts';
import { missedIn } from './judge.ts';
import { Worker } from './worker.ts';

const selected = everyEntry;

let history: History;
let dir: string;
let repository: Repository;
let head: string;

/** The neighbour asks for something in every hostile commit. */
function wish(index: number): Changes {
  return { 'tenants/globex/tenant.yaml': tenant('globex', `  runtime:\n    env: {MARK: "${index}"}\n`) };
}

/**
 * What takes a hostile commit back: its files are gone, and then all of the fleet is as it was. A file that took the
 * place of a folder took all that was in it along.
 */
function takenBack({ files }: HostileInput): Changes {
  const others = Object.keys(files).filter((path) => !Object.hasOwn(fleet, path));
  return { ...Object.fromEntries(others.map((path) => [path, null])), ...fleet };
}

beforeAll(async () => {
  const commits = selected.flatMap((entry, index) => [{ ...wish(index), ...entry.files }, takenBack(entry)]);
  history = writeHistory(
    [fleet, ...commits].map((changes, index) => ({
      branch: 'main',
      onto: index === 0 ? null : 'main',
      changes,
    })),
  );
  dir = await mkdtemp(join(tmpdir(), 'tenantry-hostile-worker-'));
  const real = await openRepository({ url: history.dir, branch: 'main', dir });
  await real.fetch();
  repository = shownAt(real, () => head);
}, 120_000);

afterAll(async () => {
  await repository?.close();
  history?.remove();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
});

/** The same hostile commit to a reconciler that knows nothing of it, after the commit before. */
async function shownToAnother(index: number): Promise<{ readonly ms: number }> {
  head = history.commits[2 * index] ?? '';
  const another = await Worker.start(repository);
  await another.converge();
  head = history.commits[2 * index + 1] ?? '';
  return longestBlock(() => another.converge());
}

const ofGlobex = (call: string) => / tenant_globex_runtime(?:_next|_old)?(?: |$)/.test(call);

test('INV-8, INV-10: a reconciler that is shown the corpus commit by commit changes nothing for it, says what is wrong, and goes on serving the neighbour', async () => {
  head = history.commits[0] ?? '';
  const worker = await Worker.start(repository);
  expect((await worker.converge()).filter((call) => call.startsWith('startContainer'))).toHaveLength(2);

  const faults: string[] = [];
  for (const [index, entry] of selected.entries()) {
    const { name, held } = entry;
    head = history.commits[2 * index + 1] ?? '';
    const { value: calls, ms } = await longestBlock(() => worker.converge());
    const served = calls.some((call) => call.startsWith('startContainer') && ofGlobex(call));
    const wrong = calls.filter((call) => !ofGlobex(call));
    if (wrong.length > 0) faults.push(`${name}: ${wrong.join(', ')}`);
    if (served !== (held !== 'everybody'))
      faults.push(`${name}: the neighbour is ${served ? '' : 'not '}served`);
    if (await isTooLong(ms, () => shownToAnother(index)))
      faults.push(`${name}: nothing else could run for ${Math.round(ms)} ms`);
    const { source, tenants, problems } = await worker.status();
    if (source.state !== 'invalid') faults.push(`${name}: the status says ${source.state}`);
    faults.push(...missedIn(entry, problems));
    const acme = tenants.find((each) => each.tenant === 'acme');
    if (acme?.state !== 'running') faults.push(`${name}: acme does not run`);

    head = history.commits[2 * index + 2] ?? '';
    const after = await worker.converge();
    const late = after.filter((call) => !ofGlobex(call));
    if (late.length > 0) faults.push(`${name}, taken back: ${late.join(', ')}`);
    if ((await worker.status()).source.state !== 'ok') faults.push(`${name}, taken back: not in order`);
  }
  expect(faults).toEqual([]);
}, 900_000);
