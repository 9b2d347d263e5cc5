import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DesiredState } from '../../../desired-state/model.ts';
import { type Answer, answering } from '../../../desired-state/read/answer.ts';
import type { JudgedFile } from '../../../desired-state/read/document-cache.ts';
import type { DocumentSet } from '../../../desired-state/read/documents.ts';
import { enforce } from '../../../desired-state/read/enforced.ts';
import { filesOf, regroup } from '../../../desired-state/read/grouping.ts';
import type { Enforced } from '../../../desired-state/read/in-force.ts';
import { createReadCache, readDesired } from '../../../desired-state/read/last-good.ts';
import { Ledger } from '../../../desired-state/read/ledger.ts';
import { NoValidRevisionError } from '../../../desired-state/read/no-valid-revision.ts';
import { Resolver, resolve } from '../../../desired-state/read/resolve.ts';
import { atOnce } from '../../../desired-state/read/turns.ts';
import * as f from './files.ts';
import { type ReadFixture, readFixture } from './git-fixture.ts';

const names = ['aa', 'bb', 'cc', 'a-b', 'dd', 'ee'] as const;
const toTenant = (name: string) => ({ tenant: { name, port: 8080 } });

/** The shared files: in order and of several kinds, or broken. */
const shared: fc.Arbitrary<f.Tree> = fc
  .record({
    memory: fc.constantFrom('512Mi', '768Mi', '2Gi'),
    image: fc.constantFrom(f.imageOf.production, f.imageOf.staging),
    ingress: fc.boolean(),
    site: fc.option(fc.constantFrom('one.example.com', 'x.example.com', 'y.example.com')),
    library: fc.option(fc.constantFrom('a', 'b')),
    broken: fc.oneof(
      { weight: 9, arbitrary: fc.constant<f.Tree>({}) },
      { weight: 1, arbitrary: fc.constant<f.Tree>({ 'channels/x.yaml': 'spec: [' }) },
    ),
  })
  .map(({ memory, image, ingress, site, library, broken }) => ({
    ...f.base,
    ...f.channel('production', { images: { runtime: image } }),
    ...f.node('worker-1', {
      capacity: { memory, tenants: 4 },
      ...(ingress ? { ingress: { kind: 'caddy', domain: 'example.com' } } : {}),
    }),
    ...(site === null ? {} : f.site('sites/', 's', { domains: [site], target: toTenant('aa') })),
    ...(library === null ? {} : f.prompt('library', 'safety', library)),
    ...broken,
  }));

/** A tenant's folder, sound or broken. */
function folder(name: string): fc.Arbitrary<f.Tree> {
  const sound = fc
    .record({
      subdomain: fc.constantFrom('one', 'two', null),
      memory: fc.constantFrom(128, 256, 512),
      more: fc.constantFrom<f.Tree>(
        {},
        f.skill(`tenants/${name}`, 'hours'),
        f.site(`tenants/${name}/sites/`, 'shop', { domains: ['x.example.com'], target: toTenant(name) }),
        { [`tenants/${name}/README.md`]: 'for people' },
      ),
      library: fc.boolean(),
      comment: fc.constantFrom('', '# a comment\n'),
    })
    .map(({ subdomain, memory, more, library, comment }) => {
      const tenant = f.tenant(name, {
        ...(subdomain === null ? {} : { subdomain }),
        ...(library ? { library: { prompts: ['safety'] } } : {}),
        runtime: { resources: { memory: `${memory}Mi` } },
      });
      const commented = Object.entries(tenant).map(([path, text]) => [path, comment + text]);
      return { ...(Object.fromEntries(commented) as f.Tree), ...more };
    });
  const broken = fc.constantFrom<f.Tree>(
    { [`tenants/${name}/tenant.yaml`]: 'spec: [' },
    f.tenant(name, { node: 'nowhere' }),
    f.skill(`tenants/${name}`, 'alone'),
    { [`tenants/${name}.yaml`]: 'x' },
  );
  return fc.oneof({ weight: 5, arbitrary: sound }, { weight: 1, arbitrary: broken });
}

/** What no tenant depends on, and holds all of the revision when it is broken. */
const apart = fc.constantFrom<f.Tree>(
  {},
  {},
  { 'sites/broken.yaml': 'spec: [' },
  f.site('sites/', 'other', { domains: ['z.example.com'], target: toTenant('aa') }),
);

/** One commit: folders that it changes or takes away, and at times the shared files. */
const commit = fc.record({
  apart,
  shared: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: shared }),
  folders: fc
    .subarray([...names], { maxLength: 3 })
    .chain((touched) =>
      fc.tuple(...touched.map((name) => fc.tuple(fc.constant(name), fc.option(folder(name), { freq: 4 })))),
    ),
});

const history: fc.Arbitrary<readonly f.Tree[]> = fc
  .tuple(shared, fc.array(commit, { minLength: 2, maxLength: 7 }))
  .map(([first, commits]) => {
    let common = first;
    const folders = new Map<string, f.Tree>();
    return commits.map((step) => {
      common = step.shared ?? common;
      for (const [name, tree] of step.folders) {
        if (tree === null) folders.delete(name);
        else folders.set(name, tree);
      }
      return Object.assign({}, common, step.apart, ...folders.values()) as f.Tree;
    });
  });

/** What a state says, without the objects that it is made of. */
function said(state: Enforced | null): unknown {
  if (state === null) return null;
  const { tenants, siteClaims, tenantProblems, shared: _, weighed: __, ...rest } = state;
  const standing = [...tenants].map(([name, it]) => [name, it && { heldAt: it.heldAt, desired: it.desired }]);
  const claims = [...siteClaims].map(([path, list]) => [path, list.map(({ key }) => key)]);
  const problems = [...tenantProblems].sort(([a], [b]) => Number(a > b) - Number(a < b));
  return { ...rest, tenants: standing, claims, tenantProblems: problems };
}

/** A revision as it is read after another one: what both have in common is the same objects. */
function from(
  before: { readonly tree: f.Tree; readonly documents: DocumentSet },
  tree: f.Tree,
  documents: DocumentSet,
): DocumentSet {
  const now = new Map([...filesOf(documents.files)].map((file) => [file.path, file]));
  const changes = new Map<string, JudgedFile | null>();
  for (const { path } of filesOf(before.documents.files)) if (!now.has(path)) changes.set(path, null);
  for (const [path, file] of now) if (tree[path] !== before.tree[path]) changes.set(path, file);
  return { ...documents, files: regroup(before.documents.files, changes) };
}

describe('following a branch', () => {
  it('puts in force what weighing everything anew at each revision puts in force', () => {
    fc.assert(
      fc.property(history, (trees) => {
        const resolver = new Resolver();
        const ledger = new Ledger();
        let followed: Enforced | null = null;
        let anew: Enforced | null = null;
        let answer: Answer | null = null;
        let before: { readonly tree: f.Tree; readonly documents: DocumentSet } | null = null;
        for (const [index, tree] of trees.entries()) {
          const documents = f.documents(tree, `r${index}`);
          const steps: DocumentSet = before === null ? documents : from(before, tree, documents);
          before = { tree, documents: steps };
          followed = enforce(followed, resolver.resolve(steps), ledger);
          anew = enforce(anew, resolve(documents));
          expect(said(followed)).toEqual(said(anew));
          if (followed === null || anew === null) continue;
          const state: DesiredState = atOnce(answering(followed, answer));
          expect(state).toEqual(atOnce(answering(anew, null)));
          answer = { enforced: followed, state };
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('goes on telling that a capacity came down below what is there', () => {
    const small = (memory: string) => ({
      ...f.base,
      ...f.node('worker-1', { capacity: { memory } }),
      ...f.tenant('aa'),
      ...f.tenant('bb'),
    });
    const resolver = new Resolver();
    const ledger = new Ledger();
    let followed: Enforced | null = null;
    for (const tree of [small('2Gi'), small('300Mi'), { ...small('300Mi'), 'README.md': '' }])
      followed = enforce(followed, resolver.resolve(f.documents(tree)), ledger);
    expect(followed?.problems.map(({ path }) => path)).toEqual(['nodes/worker-1.yaml']);
  });

  let fixture: ReadFixture;
  beforeAll(async () => {
    fixture = await readFixture();
  });
  afterAll(async () => fixture.remove());

  async function read(revision: string, cache = createReadCache()): Promise<DesiredState | null> {
    try {
      return await readDesired(fixture.repository, revision, cache);
    } catch (error) {
      if (error instanceof NoValidRevisionError) return null;
      throw error;
    }
  }

  it('answers what a fresh process answers, and shares with the answer before whatever is equal', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.infiniteStream(fc.boolean()), async (trees, looks) => {
        const cache = createReadCache();
        let before: DesiredState | null = null;
        for (const tree of trees) {
          const revision = await fixture.commit(tree);
          // Several commits may come at once.
          if (looks.next().value === false) continue;
          const state = await read(revision, cache);
          expect(state).toEqual(await read(revision));
          if (state === null) continue;
          expect(Object.keys(state.tenants)).toEqual(Object.keys(state.tenants).sort());
          if (before !== null) expectShared(before, state);
          before = state;
        }
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

/** Whatever has the same value in both is the same object in both. */
function expectShared(before: DesiredState, after: DesiredState): void {
  const parts: [unknown, unknown][] = [
    [before.platform, after.platform],
    [before.nodes, after.nodes],
    [before.channels, after.channels],
    [before.tenants, after.tenants],
    [before.problems, after.problems],
    [before.notActedOn, after.notActedOn],
  ];
  for (const [name, entry] of Object.entries(after.tenants)) {
    const old = before.tenants[name];
    if (old === undefined) continue;
    parts.push([old, entry], [old.desired, entry.desired], [old.problems, entry.problems]);
  }
  for (const name of Object.keys(after.nodes)) parts.push([before.nodes[name], after.nodes[name]]);
  for (const name of Object.keys(after.channels)) parts.push([before.channels[name], after.channels[name]]);
  for (const [old, now] of parts) {
    if (JSON.stringify(old) === JSON.stringify(now)) expect(now).toBe(old);
  }
}
