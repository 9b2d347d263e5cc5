import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGitToken, revokeGitToken } from '../../../web/git-server/tokens.ts';
import type { Database } from '../../../web/ports.ts';
import { openTestDatabase } from '../../support/database.ts';
import { commit, type GitControl, git, startGitControl, write } from '../../support/git-control.ts';
import { git as gitIn } from '../../support/git-repo.ts';

let db: Database;
let control: GitControl;
beforeAll(async () => {
  db = await openTestDatabase();
  control = await startGitControl(db, { ownersUseGit: true });
}, 120_000);
afterAll(async () => {
  await control.close();
  await db.close();
});

const edit = (clone: string, path: string, from: string, to: string): void => {
  const text = readFileSync(join(clone, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  write(clone, { [path]: text.replace(from, to) });
};
const push = (clone: string, ...args: string[]) => git(clone, 'push', 'origin', ...args);

describe('who comes to the embedded Git server', () => {
  test('without a token, with a wrong one, a revoked one or one that is over, gets nothing', async () => {
    const good = await control.token('operator');
    const expired = await createGitToken(
      db,
      { name: 'old', scopes: ['read'], owner: { account: 'account-1' }, expiresAt: Date.now() - 1 },
      Date.now(),
    );
    const revoked = await createGitToken(
      db,
      { name: 'lost', scopes: ['read'], owner: { account: 'account-1' }, expiresAt: null },
      Date.now(),
    );
    expect(await revokeGitToken(db, 'account-2', revoked.token.id)).toBe(false);
    expect(await revokeGitToken(db, 'account-1', revoked.token.id)).toBe(true);
    const wrong = `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`;
    for (const token of [
      wrong,
      expired.secret,
      revoked.secret,
      'tnt_git_',
      'x',
      'eyJhbGciOiJub25lIn0.e30.',
    ]) {
      const { code, shown } = await git('/', 'ls-remote', control.as(token));
      expect(code, token).toBe(128);
      expect(shown, token).toContain('Authentication failed');
    }
    expect((await git('/', 'ls-remote', control.url)).code).toBe(128);
    expect((await git('/', 'ls-remote', control.as(good))).code).toBe(0);
    expect(control.audit.some(({ outcome, who }) => outcome === 'refused' && who === 'anonymous')).toBe(true);
  });

  test('with a token for reading may fetch and not push, and is told why', async () => {
    const clone = await control.clone(await control.token('operator', ['read']));
    write(clone, { 'docs/a.txt': 'a\n' });
    await commit(clone, 'a');
    const { code, shown } = await push(clone, 'main');
    expect(code).toBe(128);
    expect(shown).toContain('remote: The token "laptop" is for read alone.');
    expect(shown).toContain('403');
  });

  test('as a viewer may fetch and not push; as nobody, neither', async () => {
    const clone = await control.clone(await control.token('viewer'));
    write(clone, { 'docs/a.txt': 'a\n' });
    await commit(clone, 'a');
    expect((await push(clone, 'main')).shown).toContain('remote: You are viewer: you may fetch, not push.');
    const nobody = await git('/', 'ls-remote', control.as(await control.token(null)));
    expect(nobody.shown).toContain('remote: Nothing is given to nobody@example.com');
  });

  test('as a node may fetch while it is enrolled, and never push', async () => {
    const tokens = await Promise.all(
      ['worker-1', 'worker-2'].map((node) =>
        createGitToken(db, { name: node, scopes: ['read'], owner: { node }, expiresAt: null }, Date.now()),
      ),
    );
    const [enrolled = '', stranger = ''] = tokens.map(({ secret }) => secret);
    const clone = await control.clone(enrolled);
    write(clone, { 'docs/a.txt': 'a\n' });
    await commit(clone, 'a');
    expect((await push(clone, 'main')).code).toBe(128);
    expect((await git('/', 'ls-remote', control.as(stranger))).code).toBe(128);
  });

  test('as a program without git finds no file and no other protocol', async () => {
    const token = await control.token('platform-admin');
    const headers = { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` };
    const status = async (path: string, init: RequestInit = {}): Promise<number> =>
      (await fetch(`${control.url}${path}`, { headers, ...init })).status;
    expect(await status('/info/refs?service=git-upload-pack')).toBe(200);
    expect(await status('/info/refs')).toBe(403);
    expect(await status('/info/refs?service=git-upload-archive')).toBe(403);
    for (const path of ['/HEAD', '/config', '/objects/info/packs', '/../platform.git/HEAD'])
      expect(await status(path), path).toBe(404);
    const base = control.url.replace('platform.git', '');
    for (const name of ['other.git', '..%2f..%2fetc', '.platform.new'])
      expect(
        (await fetch(`${base}${name}/info/refs?service=git-upload-pack`, { headers })).status,
        name,
      ).toBe(404);
  });
});

describe('a tenant’s owner who pushes', () => {
  test('may change what of his tenant is his', async () => {
    const clone = await control.clone(await control.token('tenant-owner'));
    edit(clone, 'tenants/acme/tenant.yaml', 'language: de', 'language: fr');
    edit(clone, 'tenants/acme/prompts/greeting.yaml', 'thank them', 'thank them twice');
    const made = await commit(clone, 'acme: french');
    const { code, shown } = await push(clone, 'main');
    expect(code, shown).toBe(0);
    expect(await control.head()).toBe(made);
  });

  test.each([
    ['another tenant’s prompt', 'tenants/globex/prompts/greeting.yaml', 'text:', 'text:  '],
    ['his tenant’s node', 'tenants/acme/tenant.yaml', 'cpus: 0.5', 'cpus: 0.4'],
    ['the platform', 'tenantry.yaml', 'percent: 10', 'percent: 90'],
  ])('may not change %s', async (_what, path, from, to) => {
    const clone = await control.clone(await control.token('tenant-owner'));
    const before = await control.head();
    edit(clone, path, from, to);
    await commit(clone, 'not mine');
    const { code, shown } = await push(clone, 'main');
    expect(code).toBe(1);
    expect(shown).toContain('remote: This push is not taken: it changes what is not yours.');
    expect(shown).toContain(`remote: ${path}: `);
    expect(await control.head()).toBe(before);
  });

  test.each(['author', 'committer'])(
    'may not push a commit that names somebody else as its %s',
    async (who) => {
      const clone = await control.clone(await control.token('tenant-owner'));
      const before = await control.head();
      edit(clone, 'tenants/acme/prompts/greeting.yaml', 'one question', '1 question');
      const own = await commit(clone, 'by whom?');
      const text = gitIn(clone, ['cat-file', 'commit', own]);
      const line = new RegExp(`^(${who} .*)<ada@example.com>`, 'm');
      const other = `${text.replace(line, '$1<grace@example.com>')}\n`;
      const made = gitIn(clone, ['hash-object', '-t', 'commit', '-w', '--stdin'], other);
      const { code, shown } = await push(clone, `${made}:main`);
      expect(code).toBe(1);
      expect(shown).toContain('you are ada@example.com, and commits of others are in it');
      expect(shown).toContain(`commit ${made.slice(0, 12)} is by `);
      expect(shown).toContain('grace@example.com');
      expect(await control.head()).toBe(before);
    },
  );

  test('may not hide it in a commit that a later one takes back, nor in a merge', async () => {
    const clone = await control.clone(await control.token('tenant-owner'));
    edit(clone, 'tenants/globex/tenant.yaml', 'node: worker-1', 'node: worker-1 # mine');
    await commit(clone, 'not mine');
    await git(clone, 'revert', '--no-edit', 'HEAD');
    const hidden = await push(clone, 'main');
    expect(hidden.code).toBe(1);
    expect(hidden.shown).toContain('remote: tenants/globex/tenant.yaml: ');
    await git(clone, 'reset', '--quiet', '--hard', 'origin/main');
    await git(clone, 'checkout', '--quiet', '-b', 'side', 'origin/main');
    edit(clone, 'tenants/acme/tenant.yaml', 'timezone: Europe/Berlin', 'timezone: Europe/Paris');
    await commit(clone, 'mine');
    await git(clone, 'checkout', '--quiet', 'main');
    await git(clone, 'merge', '--quiet', '--no-ff', '--no-commit', 'side');
    edit(clone, 'tenants/globex/tenant.yaml', 'node: worker-1', 'node: worker-1 # mine');
    await commit(clone, 'an evil merge');
    const merged = await push(clone, 'main');
    expect(merged.code).toBe(1);
    expect(merged.shown).toContain('remote: tenants/globex/tenant.yaml: ');
  });

  test('may merge his own with what others have pushed meanwhile, onto theirs and not theirs onto his', async () => {
    const owner = await control.clone(await control.token('tenant-owner'));
    const operator = await control.clone(await control.token('operator'));
    edit(operator, 'tenants/globex/prompts/greeting.yaml', 'text:', 'text:  ');
    const theirs = await commit(operator, 'globex: theirs');
    expect((await push(operator, 'main')).code).toBe(0);
    edit(owner, 'tenants/acme/tenant.yaml', 'timezone: Europe/Berlin', 'timezone: Europe/Rome');
    const mine = await commit(owner, 'acme: mine');
    // Its first parent is his: what was valid before would be looked for past theirs.
    await git(owner, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main');
    const { code, shown } = await push(owner, 'main');
    expect(code).toBe(1);
    expect(shown).toContain('git pull --rebase');
    expect(await control.head()).toBe(theirs);
    await git(owner, 'reset', '--quiet', '--hard', 'origin/main');
    expect((await git(owner, 'merge', '--quiet', '--no-ff', '--no-edit', mine)).code).toBe(0);
    const merged = await push(owner, 'main');
    expect(merged.code, merged.shown).toBe(0);
    expect((await git(owner, 'rev-parse', 'HEAD^1')).shown.trim()).toBe(theirs);
    expect(await control.head()).toBe((await git(owner, 'rev-parse', 'HEAD')).shown.trim());
  });

  test('nobody puts the followed branch beside its first parents, and whom it hinders rebases', async () => {
    const admin = await control.clone(await control.token('platform-admin'));
    const other = await control.clone(await control.token('operator'));
    edit(other, 'tenants/globex/prompts/greeting.yaml', 'text:', 'text:  ');
    await commit(other, 'globex: theirs');
    expect((await push(other, 'main')).code).toBe(0);
    edit(admin, 'tenants/acme/prompts/greeting.yaml', 'text:', 'text:  ');
    await commit(admin, 'acme: more');
    await git(admin, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main');
    const { code, shown } = await push(admin, 'main');
    expect(code).toBe(1);
    expect(shown).toContain('remote: This push would leave what main was until now beside it');
    expect((await git(admin, 'pull', '--quiet', '--rebase', 'origin', 'main')).code).toBe(0);
    expect((await push(admin, 'main')).code).toBe(0);
  });

  test('may not bring back another tenant’s older file by a merge and take it back behind it', async () => {
    const operator = await control.clone(await control.token('operator'));
    const owner = await control.clone(await control.token('tenant-owner'));
    const path = 'tenants/globex/prompts/greeting.yaml';
    edit(operator, path, 'text:', 'text:  ');
    await commit(operator, 'globex: newer');
    expect((await push(operator, 'main')).code).toBe(0);
    edit(owner, 'tenants/acme/prompts/greeting.yaml', 'name:', 'name:  ');
    const mine = await commit(owner, 'acme: mine');
    const newer = await control.head();
    await git(owner, 'fetch', '--quiet', 'origin');
    await git(owner, 'reset', '--quiet', '--hard', 'origin/main');
    await git(owner, 'merge', '--quiet', '--no-ff', '--no-commit', mine);
    // Like the second parent's, so that it is in neither the merge's own difference nor, taken back, in all of the push.
    await git(owner, 'checkout', mine, '--', path);
    const merge = await commit(owner, 'a merge that picks');
    await git(owner, 'checkout', newer, '--', path);
    await commit(owner, 'as it was');
    const { code, shown } = await push(owner, 'main');
    expect(code).toBe(1);
    expect(shown).toContain(`remote: ${path}: `);
    expect(shown).toContain(`(commit ${merge.slice(0, 12)})`);
    expect(await control.head()).toBe(newer);
  });

  test('may bring what is the branch’s into his proposal', async () => {
    const operator = await control.clone(await control.token('operator'));
    const owner = await control.clone(await control.token('tenant-owner'));
    edit(operator, 'tenants/globex/prompts/greeting.yaml', 'text:', 'text:  ');
    await commit(operator, 'globex: theirs');
    expect((await push(operator, 'main')).code).toBe(0);
    edit(owner, 'tenants/acme/prompts/greeting.yaml', 'name:', 'name:  ');
    await commit(owner, 'acme: mine');
    expect((await push(owner, 'HEAD:refs/heads/proposals/merged')).code).toBe(0);
    await git(owner, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main');
    const { code, shown } = await push(owner, 'HEAD:refs/heads/proposals/merged');
    expect(code, shown).toBe(0);
  });

  test('may propose what is his, and not what is not', async () => {
    const clone = await control.clone(await control.token('tenant-owner'));
    edit(clone, 'tenants/acme/prompts/greeting.yaml', 'one question', 'no question');
    await commit(clone, 'mine');
    expect((await push(clone, 'HEAD:refs/heads/proposals/mine')).code).toBe(0);
    edit(clone, 'tenants/globex/prompts/greeting.yaml', 'text:', 'text:   ');
    await commit(clone, 'not mine');
    expect((await push(clone, 'HEAD:refs/heads/proposals/mine')).code).toBe(1);
  });

  test('may rewrite and delete his own proposals and nobody else’s, whoever pushed or proposed them', async () => {
    const owner = await control.clone(await control.token('tenant-owner'));
    const operator = await control.clone(await control.token('operator'));
    edit(operator, 'tenants/acme/prompts/greeting.yaml', 'name:', 'name:   ');
    await git(operator, 'commit', '--all', '--quiet', '--message', 'theirs', '--author', 'G <g@example.com>');
    expect((await push(operator, 'HEAD:refs/heads/proposals/theirs')).code).toBe(0);
    const theirs = await control.head('proposals/theirs');
    edit(owner, 'tenants/acme/prompts/greeting.yaml', 'name:', 'name:    ');
    await commit(owner, 'mine');
    for (const args of [
      ['--delete', 'proposals/theirs'],
      ['--force', 'HEAD:refs/heads/proposals/theirs'],
    ]) {
      const { code, shown } = await push(owner, ...args);
      expect(code, args.join(' ')).toBe(1);
      expect(shown).toContain('remote: proposals/theirs holds commits of others');
    }
    expect(await control.head('proposals/theirs')).toBe(theirs);
    expect((await push(operator, '--delete', 'proposals/theirs')).code).toBe(0);
    // As the page proposes: by the control node, from him.
    const text = gitIn(owner, ['cat-file', 'commit', 'HEAD']);
    const byControl = `${text.replace(/^(committer .*)<ada@example.com>/m, '$1<tenantry@control.example>')}\n`;
    const his = gitIn(owner, ['hash-object', '-t', 'commit', '-w', '--stdin'], byControl);
    expect((await git(owner, 'push', control.server.path, `${his}:refs/heads/proposals/his`)).code).toBe(0);
    const rewritten = await push(owner, '--force', 'HEAD:refs/heads/proposals/his');
    expect(rewritten.code, rewritten.shown).toBe(0);
    expect((await push(owner, '--delete', 'proposals/his')).code).toBe(0);
  });

  test('makes his branches below proposals/, and nobody one that is in the way of all', async () => {
    const owner = await control.clone(await control.token('tenant-owner'));
    edit(owner, 'tenants/acme/prompts/greeting.yaml', 'name:', 'name:     ');
    await commit(owner, 'mine');
    const elsewhere = await push(owner, 'HEAD:refs/heads/release');
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.shown).toContain('git push origin HEAD:refs/heads/proposals/release');
    const admin = await control.clone(await control.token('platform-admin'));
    const above = await push(admin, 'HEAD:refs/heads/proposals');
    expect(above.code).toBe(1);
    expect(above.shown).toContain('remote: proposals: branches of proposals are below this name');
  });

  test('has so many proposals open and no more', async () => {
    const owner = await control.clone(await control.token('tenant-owner'));
    edit(owner, 'tenants/acme/prompts/greeting.yaml', 'name:', 'name:      ');
    const mine = await commit(owner, 'mine');
    const refs = Array.from(
      { length: 50 },
      (_, index) => `create refs/heads/proposals/many-${index} ${mine}`,
    );
    expect((await push(owner, 'HEAD:refs/heads/proposals/many')).code).toBe(0);
    gitIn(control.server.path, ['update-ref', '--stdin'], `${refs.slice(1).join('\n')}\n`);
    const beyond = await push(owner, 'HEAD:refs/heads/proposals/one-more');
    expect(beyond.code).toBe(1);
    expect(beyond.shown).toMatch(/remote: \d+ proposals of yours are open, and you may have 50/);
    expect((await push(owner, '--delete', 'proposals/many')).code).toBe(0);
    const others = await control.clone(await control.token('operator'));
    expect((await push(others, 'HEAD:refs/heads/proposals/of-somebody-else')).code).toBe(0);
    gitIn(
      control.server.path,
      ['update-ref', '--stdin'],
      refs.slice(1).join('\n').replaceAll('create', 'delete').concat('\n'),
    );
  });

  test('is let in only where the platform has said so: a clone shows all tenants', async () => {
    const closed = await startGitControl(db);
    try {
      const { code, shown } = await git('/', 'ls-remote', closed.as(await closed.token('tenant-owner')));
      expect(code).toBe(128);
      expect(shown).toContain('remote: The repository holds all tenants');
    } finally {
      await closed.close();
    }
  });

  test('an operator brings the work of others, and the audit names him', async () => {
    const clone = await control.clone(await control.token('operator'));
    edit(clone, 'tenants/globex/prompts/greeting.yaml', 'text:', 'text:    ');
    await git(
      clone,
      'commit',
      '--all',
      '--quiet',
      '--message',
      'theirs',
      '--author',
      'Grace <grace@example.com>',
    );
    expect((await push(clone, 'main')).code).toBe(0);
    const commit = await control.head();
    expect(control.audit.at(-1)).toMatchObject({ who: 'operator@example.com', outcome: 'done', commit });
  });

  test('an operator changes everything but who may do what', async () => {
    const clone = await control.clone(await control.token('operator'));
    edit(clone, 'tenantry.yaml', 'spec:', 'spec:\n  access: {platform-admin: [operator@example.com]}');
    await commit(clone, 'operator: promote myself');
    const { code, shown } = await push(clone, 'main');
    expect(code).toBe(1);
    expect(shown).toContain('/spec/access is not yours to change');
  });
});
