import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRepository } from '../../desired-state/git/open.ts';
import type { Repository } from '../../desired-state/git/port.ts';
import { type DesiredState, revisionOf as since } from '../../desired-state/model.ts';
import { createReadCache, readDesired } from '../../desired-state/read/last-good.ts';
import { tenantry } from '../deploy/cli/command.ts';
import { corpus } from './corpus/all.ts';
import type { HostileInput } from './entry.ts';
import { fleet, tenant } from './fleet.ts';
import { isTooLong, longestBlock } from './heartbeat.ts';
import { type History, writeHistory } from './history.ts';
import { faultsOf, spread } from './judge.ts';

/** The neighbour's own wish in every hostile commit: it must be granted, unless what everybody shares is broken. */
const neighbour = { 'tenants/globex/tenant.yaml': tenant('globex', '  runtime:\n    env: {MARK: "1"}\n') };

const areas = Object.entries(corpus).map(([area, entries]) => [area, spread(area, entries, 14)] as const);
const selected = areas.flatMap(([, entries]) => entries);

let history: History;
let dir: string;
let repository: Repository;
let healthy: DesiredState;
const cache = createReadCache();

beforeAll(async () => {
  const branches = selected.map((_, index) => `entry-${index}`);
  history = writeHistory([
    { branch: 'main', onto: null, changes: fleet },
    ...selected.map(({ files }, index) => ({
      branch: `entry-${index}`,
      onto: 'main',
      changes: { ...neighbour, ...files },
    })),
    // One branch leads to all of them, so that one fetch brings them.
    { branch: 'main', onto: 'main', changes: {}, merges: branches },
  ]);
  dir = await mkdtemp(join(tmpdir(), 'tenantry-hostile-mirror-'));
  repository = await openRepository({ url: history.dir, branch: 'main', dir });
  await repository.fetch();
  healthy = await readDesired(repository, revisionOf(null), cache);
}, 120_000);

afterAll(async () => {
  await repository?.close();
  history?.remove();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
});

/** The commit of an entry; of the healthy repository when there is none. */
function revisionOf(entry: HostileInput | null): string {
  return history.commits[entry === null ? 0 : selected.indexOf(entry) + 1] ?? '';
}

/** What is in force for a tenant, and since when. */
function inForce(state: DesiredState, name: string) {
  const entry = state.tenants[name] ?? { desired: null, heldAt: null };
  return { desired: entry.desired, revision: since(entry, state) };
}

function heldFaults({ name, held }: HostileInput, desired: DesiredState): string[] {
  const faults: string[] = [];
  const kept = held === 'nobody' ? [] : held === 'acme' ? ['acme'] : ['acme', 'globex'];
  for (const each of kept) {
    if (JSON.stringify(inForce(desired, each)) !== JSON.stringify(inForce(healthy, each)))
      faults.push(`${name}: ${each} does not keep what was in force`);
  }
  const granted = desired.tenants['globex']?.desired?.env['MARK'] === '1';
  if (granted !== (held !== 'everybody'))
    faults.push(`${name}: the neighbour's wish is ${granted ? '' : 'not '}granted`);
  const base = held === 'everybody' ? healthy.revision : desired.revision;
  if (desired.baseRevision !== base)
    faults.push(`${name}: the shared files in force are those of another revision`);
  return faults;
}

describe('INV-8, INV-10: as a commit, what is hostile is inert: who it concerns keeps what was in force, and the neighbour is served', () => {
  test.each(areas)(
    '%s',
    async (_, entries) => {
      const faults: string[] = [];
      for (const entry of entries) {
        const { value: desired, ms } = await longestBlock(() =>
          readDesired(repository, revisionOf(entry), cache),
        );
        faults.push(...faultsOf(entry, desired.problems), ...heldFaults(entry, desired));
        const again = () => longestBlock(() => readDesired(repository, revisionOf(entry), createReadCache()));
        if (await isTooLong(ms, again))
          faults.push(`${entry.name}: nothing else could run for ${Math.round(ms)} ms`);
      }
      expect(faults).toEqual([]);
    },
    600_000,
  );
});

describe('the command line says the same of a commit and ends with 1', () => {
  const formats = ['json', 'text', 'github'] as const;
  const shown = {
    json: ({ path, line, column }: HostileInput['expected']) =>
      `"path": ${JSON.stringify(path)},\n      "line": ${line},\n      "column": ${column},`,
    text: ({ path, line, column }: HostileInput['expected']) => `${path}:${line}:${column}: `,
    github: ({ path, line, column }: HostileInput['expected']) =>
      `::error file=${path},line=${line},col=${column},`,
  };

  test.each(
    areas.map(([area, entries], index) => [area, formats[index % 3] ?? 'json', entries.at(-1)] as const),
  )(
    '%s, in %s',
    async (_, format, entry) => {
      if (entry === undefined) throw new Error('The area has no entries.');
      const args = ['validate', '.', '--ref', revisionOf(entry), '--format', format];
      const { code, stdout, stderr } = await tenantry(args, { cwd: history.dir });
      expect(stderr).toBe('');
      expect(code).toBe(1);
      expect(stdout).toContain(shown[format](entry.expected));
    },
    120_000,
  );
});
