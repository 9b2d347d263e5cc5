import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIsomorphicRepository } from '../../../desired-state/git/isomorphic.ts';
import { createDocumentCache } from '../../../desired-state/read/document-cache.ts';
import { documentsOf, loadDocuments } from '../../../desired-state/read/documents.ts';
import { gitSource } from '../../../desired-state/read/source.ts';
import * as f from './files.ts';
import { type ReadFixture, readFixture, watched } from './git-fixture.ts';

let fixture: ReadFixture;
beforeAll(async () => {
  fixture = await readFixture();
});
afterAll(async () => fixture.remove());

const tree = {
  ...f.base,
  ...f.tenant('acme'),
  'README.md': '# x\n',
  'stacks/m/compose.yaml': 'services: {}\n',
};

describe('loading the documents of a revision', () => {
  it('parses every document once, and no file that is none', async () => {
    const cache = createDocumentCache();
    const revision = await fixture.commit(tree);
    const set = await loadDocuments(gitSource(fixture.repository, revision), cache);
    expect([...f.byPath(set).keys()]).toEqual([
      'channels/production.yaml',
      'channels/staging.yaml',
      'nodes/worker-1.yaml',
      'tenantry.yaml',
      'tenants/acme/tenant.yaml',
    ]);
    expect(set.attachments).toEqual(new Set(['stacks/m/compose.yaml']));
    expect(cache.counts).toEqual({ parsed: 5, reused: 0 });
  });

  it('parses nothing when the same revision is read again, and asks Git for no content', async () => {
    const cache = createDocumentCache();
    const { repository, blobs } = watched(fixture.repository);
    const source = gitSource(repository, await fixture.commit(tree));
    const first = await loadDocuments(source, cache);
    const asked = blobs.length;
    const second = await loadDocuments(source, cache);
    expect(cache.counts).toEqual({ parsed: 5, reused: 5 });
    expect(blobs.length).toBe(asked);
    const again = f.byPath(second);
    for (const [path, file] of f.byPath(first)) expect(again.get(path)).toBe(file);
  });

  it('parses only what changed since the revision before', async () => {
    const cache = createDocumentCache();
    await loadDocuments(gitSource(fixture.repository, await fixture.commit(tree)), cache);
    const next = await fixture.commit({
      ...tree,
      ...f.tenant('acme', { channel: 'staging' }),
      ...f.tenant('globex'),
    });
    await loadDocuments(gitSource(fixture.repository, next), cache);
    expect(cache.counts).toEqual({ parsed: 7, reused: 4 });
  });

  it('takes the same content at another path for another document', () => {
    const text = f.document('Prompt', 'hello', { text: 'x' });
    const set = documentsOf(
      new Map([
        ['tenants/acme/prompts/hello.yaml', text],
        ['library/prompts/hello.yaml', text],
        ['tenants/acme/skills/hello.yaml', text],
      ]),
      createDocumentCache(),
    );
    const problems = [...f.byPath(set)].map(([path, { kind, problems: found }]) => [
      path,
      kind,
      found.length,
    ]);
    expect(problems).toEqual([
      ['library/prompts/hello.yaml', 'Prompt', 0],
      ['tenants/acme/prompts/hello.yaml', 'Prompt', 0],
      ['tenants/acme/skills/hello.yaml', 'Skill', 1],
    ]);
  });

  it('forgets a document that several readings did not ask for, and keeps those that they did', () => {
    const cache = createDocumentCache();
    const old = new Map(Object.entries({ ...f.base, ...f.tenant('acme') }));
    documentsOf(old, cache);
    const kept = new Map(Object.entries(f.base));
    for (let round = 0; round < 6; round += 1) {
      documentsOf(kept, cache);
      cache.endRound();
    }
    expect(cache.size).toBe(kept.size);
    const { parsed } = cache.counts;
    documentsOf(old, cache);
    expect(cache.counts.parsed).toBe(parsed + 1);
  });

  it('does not throw for a tree that holds what no revision may hold', async () => {
    await fixture.commit(tree);
    const blob = fixture.origin.git('hash-object', '-w', '-t', 'blob', '/dev/null');
    fixture.origin.git('update-index', '--add', '--cacheinfo', `120000,${blob},tenants/acme/link`);
    fixture.origin.git('commit', '--quiet', '--message', 'a link');
    const revision = await fixture.repository.fetch();
    const set = await loadDocuments(gitSource(fixture.repository, revision), createDocumentCache());
    expect(f.byPath(set).size).toBe(0);
    expect(f.lines(set.refused)).toEqual([
      'git/unsafe-tree tenants/acme/link:1:1: This file is a symbolic link; put the file itself there.',
    ]);
  });

  it('names a document that is too large, whichever adapter reads it', async () => {
    const revision = await fixture.commit({
      ...tree,
      'tenants/acme/secrets.yaml': `# ${'x'.repeat(1024 * 1024)}`,
    });
    const dir = join(fixture.origin.dir, '..', 'isomorphic');
    const other = await openIsomorphicRepository({ url: fixture.origin.dir, branch: 'main', dir });
    await other.fetch();
    for (const repository of [fixture.repository, other]) {
      const { refused } = await loadDocuments(gitSource(repository, revision), createDocumentCache());
      expect(refused.map(({ path }) => path)).toEqual(['tenants/acme/secrets.yaml']);
    }
    await other.close();
  });
});
