import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBinaryRepository } from '../../../desired-state/git/binary.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { commitEdits, commitMessage } from '../../../desired-state/write/commit.ts';
import type { Proposal, SourceFiles } from '../../../desired-state/write/edit.ts';
import { EditError } from '../../../desired-state/write/edit-error.ts';
import { initRepository } from '../../../desired-state/write/init-repository.ts';
import { parseAssignment, setFields } from '../../../desired-state/write/set-fields.ts';
import { sourceAt } from '../../../desired-state/write/source-at.ts';
import { starterFiles } from '../../../desired-state/write/starter.ts';
import { removeTenant, setState } from '../../../desired-state/write/tenant-edits.ts';

const author = { name: 'Ada', email: 'ada@example.com' };
const committer = { name: 'Tenantry', email: 'tenantry@example.com' };
let folder: string;
let remote: string;
let repository: Repository;
let base: string;
let source: SourceFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-commit-'));
  remote = join(folder, 'remote.git');
  await initRepository(join(folder, 'work'), await starterFiles({ platform: 'test' }), author);
  await execa('git', ['clone', '--quiet', '--bare', join(folder, 'work'), remote]);
  repository = await open('one');
  base = await repository.fetch();
  source = await sourceAt(repository, base);
});

afterEach(async () => rm(folder, { recursive: true }));

async function open(name: string): Promise<Repository> {
  return openBinaryRepository({ url: remote, branch: 'main', dir: join(folder, name) });
}

async function commitWith(using: Repository, from: string, proposal: Proposal) {
  return commitEdits({ repository: using, base: from, proposal, author, committer });
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await execa('git', ['--git-dir', remote, ...args]);
  return stdout;
}

/** Somebody else's commit, made elsewhere. */
async function meanwhile(proposal: (files: SourceFiles) => Proposal): Promise<string> {
  const other = await open('other');
  const head = await other.fetch();
  const { commit } = await commitWith(other, head, proposal(await sourceAt(other, head)));
  return commit ?? '';
}

describe('committing an edit', () => {
  it('pushes one commit with a message in words, a trailer, the author and the committer', async () => {
    const { commit, parent } = await commitWith(repository, base, setState(source, 'acme', 'stopped'));
    expect(parent).toBe(base);
    expect(await git('rev-parse', 'main')).toBe(commit);
    expect(await git('log', '-1', '--format=%an <%ae>|%cn <%ce>|%P|%B', 'main')).toBe(
      `Ada <ada@example.com>|Tenantry <tenantry@example.com>|${base}|acme: stop the runtime\n\n` +
        'spec.runtime.state is now stopped.\n\nTenantry-Edit: stop\n',
    );
    expect(await git('log', '-1', '--format=%(trailers:key=Tenantry-Edit,valueonly)', 'main')).toContain(
      'stop',
    );
    expect(await git('diff', '--numstat', base, 'main')).toBe('1\t1\ttenants/acme/tenant.yaml');
  });

  it('does nothing at all when there is nothing to change', async () => {
    expect(await commitWith(repository, base, setState(source, 'initech', 'stopped'))).toEqual({
      commit: null,
      parent: base,
    });
    expect(await git('rev-parse', 'main')).toBe(base);
  });

  it('is made again on the new head when somebody changed other files', async () => {
    const theirs = await meanwhile((files) => setState(files, 'globex', 'stopped'));
    const { commit, parent } = await commitWith(repository, base, setState(source, 'acme', 'stopped'));
    expect(parent).toBe(theirs);
    expect(await git('rev-parse', 'main')).toBe(commit);
    expect(await git('diff', '--name-only', base, 'main')).toBe(
      'tenants/acme/tenant.yaml\ntenants/globex/tenant.yaml',
    );
  });

  it('is a conflict with both texts when somebody changed the same file', async () => {
    const theirs = await meanwhile((files) => setFields(files, 'acme', [parseAssignment('drift=report')]));
    const mine = setState(source, 'acme', 'stopped');
    await expect(commitWith(repository, base, mine)).rejects.toMatchObject({
      code: 'edit/conflict',
      files: [
        {
          path: 'tenants/acme/tenant.yaml',
          base: source.read('tenants/acme/tenant.yaml'),
          ours: mine.edits[0]?.after,
          theirs: expect.stringContaining('drift: report') as unknown,
        },
      ],
    });
    expect(await git('rev-parse', 'main')).toBe(theirs);
  });

  it('is a conflict when a file appeared in a folder that it removes as a whole', async () => {
    await meanwhile((files) => ({
      ...setState(files, 'globex', 'stopped'),
      edits: [{ path: 'tenants/acme/prompts/late.yaml', before: null, after: '# late\n' }],
    }));
    await expect(commitWith(repository, base, removeTenant(source, 'acme'))).rejects.toMatchObject({
      code: 'edit/conflict',
      files: [{ path: 'tenants/acme/prompts/late.yaml', ours: null, theirs: '# late\n' }],
    });
  });

  it('is a conflict when the base does not hold the text that the edit began from', async () => {
    const stale = { ...setState(source, 'acme', 'stopped') };
    const edits = stale.edits.map((edit) => ({ ...edit, before: 'something else' }));
    await expect(commitWith(repository, base, { ...stale, edits })).rejects.toBeInstanceOf(EditError);
    expect(await git('rev-parse', 'main')).toBe(base);
  });

  it('loses none of many concurrent edits (INV-27)', async () => {
    const writers = await Promise.all(Array.from({ length: 5 }, (_, index) => open(`writer-${index}`)));
    await Promise.all(writers.map((writer) => writer.fetch()));
    await Promise.all(
      writers.map((writer, index) =>
        commitWith(writer, base, {
          verb: 'add',
          subject: `add ${index}`,
          body: [],
          edits: [{ path: `library/prompts/p${index}.yaml`, before: null, after: `# ${index}\n` }],
          folders: [],
        }),
      ),
    );
    expect(await git('rev-list', '--count', `${base}..main`)).toBe('5');
    const names = await git('diff', '--name-only', base, 'main');
    expect(names.split('\n')).toEqual(
      Array.from({ length: 5 }, (_, index) => `library/prompts/p${index}.yaml`),
    );
  });

  it('lets one of two edits of the same file win and gives the other the newer text (INV-27)', async () => {
    const writers = await Promise.all([open('a'), open('b')]);
    await Promise.all(writers.map((writer) => writer.fetch()));
    const results = await Promise.allSettled(
      writers.map((writer, index) =>
        commitWith(writer, base, setFields(source, 'acme', [parseAssignment(`runtime.env.W=${index}`)])),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await git('rev-list', '--count', `${base}..main`)).toBe('1');
  });
});

describe('a commit message', () => {
  it('cannot be given lines or trailers by a value', () => {
    const message = commitMessage({
      verb: 'set',
      subject: 'acme: x\n\nTenantry-Edit: forged',
      body: ['a\r\nTenantry-Edit: forged', ''],
      edits: [],
      folders: [],
    });
    expect(message).toBe('acme: x Tenantry-Edit: forged\n\na Tenantry-Edit: forged\n\nTenantry-Edit: set\n');
  });
});
