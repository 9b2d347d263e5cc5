import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DesiredState, revisionOf } from '../../../desired-state/model.ts';
import { createReadCache, readDesired } from '../../../desired-state/read/last-good.ts';
import { NoValidRevisionError } from '../../../desired-state/read/no-valid-revision.ts';
import * as f from './files.ts';
import { type ReadFixture, readFixture, watched } from './git-fixture.ts';

let fixture: ReadFixture;
beforeEach(async () => {
  fixture = await readFixture();
});
afterEach(async () => fixture.remove());

const acme = { ...f.base, ...f.tenant('acme'), ...f.tenant('globex') };
const broken = 'spec: [';

function revisions(state: DesiredState): Record<string, string | null> {
  return Object.fromEntries(
    Object.values(state.tenants).map((entry) => [entry.name, revisionOf(entry, state)]),
  );
}

describe('reading the desired state of a revision', () => {
  it('answers plain JSON with everything that the revision asks for', async () => {
    const revision = await fixture.commit(acme);
    const state = await readDesired(fixture.repository, revision);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect([state.revision, state.baseRevision, state.problems]).toEqual([revision, revision, []]);
    expect(Object.keys(state.nodes)).toEqual(['worker-1']);
    expect(Object.keys(state.channels)).toEqual(['production', 'staging']);
    expect(state.tenants['acme']).toMatchObject({
      name: 'acme',
      heldAt: null,
      problems: [],
      desired: { name: 'acme' },
    });
  });

  it('holds a broken tenant at its last good revision and moves the others on', async () => {
    const good = await fixture.commit(acme);
    await fixture.commit({ ...acme, 'tenants/acme/tenant.yaml': broken });
    const head = await fixture.commit({
      ...acme,
      'tenants/acme/tenant.yaml': broken,
      ...f.tenant('globex', { channel: 'staging' }),
    });
    const state = await readDesired(fixture.repository, head);
    expect(revisions(state)).toEqual({ acme: good, globex: head });
    expect(state.tenants['acme']?.problems.map(({ path }) => path)).toEqual(['tenants/acme/tenant.yaml']);
    expect(state.tenants['globex']?.desired?.image).toBe(f.imageOf.staging);
  });

  it('holds the whole revision while its shared files are broken, and tells all its problems', async () => {
    const good = await fixture.commit(acme);
    const nodes = { 'nodes/worker-1.yaml': broken };
    await fixture.commit({ ...acme, ...nodes });
    const head = await fixture.commit({ ...acme, ...nodes, 'tenants/acme/tenant.yaml': broken });
    const state = await readDesired(fixture.repository, head);
    expect([state.revision, state.baseRevision]).toEqual([head, good]);
    expect(revisions(state)).toEqual({ acme: good, globex: good });
    expect(state.problems.map(({ path }) => path)).toEqual([
      'nodes/worker-1.yaml',
      'tenants/acme/tenant.yaml',
    ]);
  });

  it('holds a revision that holds a symbolic link', async () => {
    const good = await fixture.commit(acme);
    const blob = fixture.origin.git('hash-object', '-w', '-t', 'blob', '/dev/null');
    fixture.origin.git('update-index', '--add', '--cacheinfo', `120000,${blob},tenants/acme/link`);
    fixture.origin.git('commit', '--quiet', '--message', 'a link');
    const head = await fixture.repository.fetch();
    const state = await readDesired(fixture.repository, head);
    expect([state.revision, state.baseRevision]).toEqual([head, good]);
    expect(state.problems.map(({ code }) => code)).toEqual(['git/unsafe-tree']);
  });

  it('throws with all problems when the shared files never were valid', async () => {
    await fixture.commit({ 'tenantry.yaml': broken });
    const head = await fixture.commit({
      ...f.tenant('acme', { plan: 'none' }),
      'nodes/worker-1.yaml': broken,
    });
    const error: unknown = await readDesired(fixture.repository, head).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoValidRevisionError);
    const paths = error instanceof NoValidRevisionError ? error.problems.map(({ path }) => path) : [];
    expect(paths).toEqual(['nodes/worker-1.yaml', 'tenantry.yaml', 'tenants/acme/tenant.yaml']);
  });

  it('answers the same from a fresh process as from one that followed every commit', async () => {
    const shop = { subdomain: 'shop' };
    const cache = createReadCache();
    const steps: readonly f.Tree[] = [
      { ...f.base, ...f.tenant('acme', shop) },
      { ...f.base, ...f.tenant('acme', shop), ...f.tenant('aaa', shop) },
      { ...f.base, 'tenants/acme/tenant.yaml': broken, ...f.tenant('aaa', shop) },
      { ...f.base, 'tenants/acme/tenant.yaml': broken, ...f.tenant('aaa', shop), 'tenantry.yaml': broken },
      { ...f.base, ...f.tenant('acme', { channel: 'beta' }), ...f.tenant('aaa', shop) },
      { ...f.base, ...f.tenant('acme'), ...f.tenant('aaa', shop) },
    ];
    const answers: (string | null)[][] = [];
    for (const step of steps) {
      const revision = await fixture.commit(step);
      const followed = await readDesired(fixture.repository, revision, cache);
      expect(await readDesired(fixture.repository, revision)).toEqual(followed);
      const { acme: one, aaa: two } = followed.tenants;
      answers.push([one?.desired?.subdomain ?? null, two?.desired?.subdomain ?? null]);
    }
    expect(answers).toEqual([
      ['shop', null],
      ['shop', null],
      ['shop', null],
      ['shop', null],
      ['shop', null],
      [null, 'shop'],
    ]);
  });

  it('looks at no older revision when all is well, and at one when it followed', async () => {
    const first = await fixture.commit(acme);
    const head = await fixture.commit({ ...acme, ...f.tenant('acme', { channel: 'staging' }) });
    const fresh = watched(fixture.repository);
    const cache = createReadCache();
    await readDesired(fresh.repository, head, cache);
    expect(fresh.trees).toEqual([head]);
    const next = await fixture.commit({ ...acme, 'tenants/acme/tenant.yaml': broken });
    const followed = watched(fixture.repository);
    await readDesired(followed.repository, next, cache);
    expect(followed.trees).toEqual([]);
    expect(followed.compared).toEqual([[head, next]]);
    expect(followed.compared.flat()).not.toContain(first);
  });

  it('parses nothing twice, also on its way back', async () => {
    await fixture.commit(acme);
    let head = '';
    for (const channel of ['staging', 'production', 'staging']) {
      head = await fixture.commit({
        ...acme,
        ...f.tenant('globex', { channel }),
        'tenants/acme/tenant.yaml': broken,
      });
    }
    const cache = createReadCache();
    await readDesired(fixture.repository, head, cache);
    // Six files, the good acme besides the broken one, and globex with another channel.
    expect(cache.documents.counts.parsed).toBe(8);
    await readDesired(fixture.repository, head, cache);
    expect(cache.documents.counts.parsed).toBe(8);
  });
});
