import { randomBytes } from 'node:crypto';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../web/ports.ts';
import { openTestDatabase } from '../../support/database.ts';
import { commit, type GitControl, git, startGitControl, write } from '../../support/git-control.ts';
import { git as gitIn } from '../../support/git-repo.ts';
import { canary, leaksIn } from '../../support/leaks.ts';

let db: Database;
let control: GitControl;
beforeAll(async () => {
  db = await openTestDatabase();
  control = await startGitControl(db, { ownersUseGit: true, limits: { pushBytes: 2 * 1024 * 1024 } });
}, 120_000);
afterAll(async () => {
  await control.close();
  await db.close();
});

const tenantFile = 'tenants/acme/tenant.yaml';
const prompt = 'tenants/acme/prompts/greeting.yaml';

/** Changes a file of a clone by replacing a text that must be there. */
function change(clone: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(clone, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  write(clone, { [path]: text.replace(from, to) });
}

describe('a push to the embedded Git server', () => {
  test('that is valid moves the branch, wakes the control node, and is in the audit with its commit', async () => {
    const clone = await control.clone(await control.token('operator'));
    change(clone, prompt, 'Ask one question', 'Ask two questions');
    const made = await commit(clone, 'acme: two questions');
    const { code, shown } = await git(clone, 'push', 'origin', 'main');
    expect(code, shown).toBe(0);
    expect(await control.head()).toBe(made);
    await expect.poll(() => control.moved.at(-1)).toBe(made);
    await expect
      .poll(() => control.audit.at(-1))
      .toMatchObject({ who: 'operator@example.com', action: 'git.push', outcome: 'done', commit: made });
    expect(control.audit.at(-1)?.from).toContain('127.0.0.1 git/');
  });

  test('that is not valid is refused with every problem and its place, and changes nothing', async () => {
    const clone = await control.clone(await control.token('operator'));
    const before = await control.head();
    change(clone, tenantFile, 'memory: 384Mi', 'memory: lots');
    write(clone, { 'tenants/new/tenant.yaml': 'apiVersion: tenantry.dev/v1\nkind: Tenant\nkind: Tenant\n' });
    await commit(clone, 'acme: lots of memory');
    const { code, shown } = await git(clone, 'push', 'origin', 'main');
    expect(code).toBe(1);
    expect(shown).toMatch(/remote: This push is not taken: it would leave \d+ problems\./);
    expect(shown).toMatch(/remote: tenants\/acme\/tenant\.yaml:17:25: /);
    expect(shown).toMatch(/remote: tenants\/new\/tenant\.yaml:3:1: /);
    expect(shown).toContain('[remote rejected] main -> main (pre-receive hook declined)');
    expect(await control.head()).toBe(before);
    await expect
      .poll(() => control.audit.at(-1))
      .toMatchObject({ action: 'git.push', outcome: 'refused', commit: null });
    expect(control.audit.at(-1)?.reason).toContain('tenants/acme/tenant.yaml:17:25');
  });

  test('that holds what no revision may hold is refused, on any branch', async () => {
    const clone = await control.clone(await control.token('platform-admin'));
    symlinkSync('/etc/passwd', join(clone, 'tenants/acme/prompts/link.yaml'));
    await commit(clone, 'a link');
    for (const target of ['main', 'HEAD:refs/heads/proposals/link']) {
      const { code, shown } = await git(clone, 'push', 'origin', target);
      expect(code, target).toBe(1);
      expect(shown).toContain('remote: tenants/acme/prompts/link.yaml:1:1: ');
    }
  });

  test('that rewrites or deletes the followed branch is refused, forced or not', async () => {
    const clone = await control.clone(await control.token('platform-admin'));
    const before = await control.head();
    await git(clone, 'commit', '--quiet', '--amend', '--message', 'another past');
    const forced = await git(clone, 'push', '--force', 'origin', 'main');
    expect(forced.code).toBe(1);
    expect(forced.shown).toContain('remote: main cannot be rewritten');
    const deleted = await git(clone, 'push', 'origin', '--delete', 'main');
    expect(deleted.code).toBe(1);
    expect(deleted.shown).toContain('remote: main cannot be deleted');
    const tagged = await git(clone, 'push', 'origin', 'HEAD:refs/tags/v1');
    expect(tagged.code).toBe(1);
    expect(tagged.shown).toContain('remote: refs/tags/v1: only branches are kept here');
    expect(await control.head()).toBe(before);
  });

  test('of a proposal may be unfinished, rewritten and deleted, and moves nothing', async () => {
    const clone = await control.clone(await control.token('operator'));
    const before = control.moved.length;
    change(clone, tenantFile, 'memory: 384Mi', 'memory: lots');
    await commit(clone, 'an idea');
    const first = await git(clone, 'push', 'origin', 'HEAD:refs/heads/proposals/memory');
    expect(first.code, first.shown).toBe(0);
    expect(first.shown).toContain('remote: tenants/acme/tenant.yaml:17:25: ');
    await git(clone, 'commit', '--quiet', '--amend', '--message', 'a better idea');
    const again = await git(clone, 'push', '--force', 'origin', 'HEAD:refs/heads/proposals/memory');
    expect(again.code, again.shown).toBe(0);
    const gone = await git(clone, 'push', 'origin', '--delete', 'proposals/memory');
    expect(gone.code, gone.shown).toBe(0);
    expect(control.moved.length).toBe(before);
    const kept = () => control.audit.filter(({ reason = '' }) => reason.includes('proposals/memory'));
    await expect.poll(kept).toHaveLength(3);
    const [made, rewritten, deleted] = kept();
    expect(made).toMatchObject({ outcome: 'done', reason: 'proposed as proposals/memory' });
    expect(rewritten?.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(rewritten?.reason).toBe(
      `proposed as proposals/memory, which was at ${made?.commit?.slice(0, 12) ?? ''}`,
    );
    expect(deleted).toMatchObject({
      outcome: 'done',
      reason: `proposals/memory is deleted, which was at ${rewritten?.commit?.slice(0, 12) ?? ''}`,
      commit: null,
    });
  });

  test('that somebody else was quicker than is refused, and goes through after a rebase', async () => {
    const one = await control.clone(await control.token('operator'));
    const other = await control.clone(await control.token('operator'));
    change(one, prompt, 'thank them', 'thank them warmly');
    await commit(one, 'warmly');
    change(other, tenantFile, 'language: de', 'language: en');
    await commit(other, 'english');
    expect((await git(one, 'push', 'origin', 'main')).code).toBe(0);
    expect((await git(other, 'push', 'origin', 'main')).code).toBe(1);
    expect((await git(other, 'pull', '--quiet', '--rebase', 'origin', 'main')).code).toBe(0);
    expect((await git(other, 'push', 'origin', 'main')).code).toBe(0);
  });

  test('an error that is there already hinders nobody who did not make it', async () => {
    // The control node's own commits go to the repository's folder; what they leave is judged where they are made.
    const admin = await control.clone(await control.token('platform-admin'));
    change(admin, 'tenants/globex/tenant.yaml', 'node: worker-1', 'node: nowhere');
    const broken = await commit(admin, 'globex: broken from outside');
    const direct = await git(admin, 'push', control.server.path, 'main');
    expect(direct.code, direct.shown).toBe(0);
    const clone = await control.clone(await control.token('operator'));
    change(clone, prompt, 'ACME', 'Acme');
    await commit(clone, 'acme: lower case');
    const pushed = await git(clone, 'push', 'origin', 'main');
    expect(pushed.code, pushed.shown).toBe(0);
    expect(pushed.shown).toContain('remote: tenants/globex/tenant.yaml');
    change(clone, 'tenants/globex/tenant.yaml', 'node: nowhere', 'node: elsewhere');
    await commit(clone, 'globex: still broken');
    expect((await git(clone, 'push', 'origin', 'main')).code).toBe(1);
    await git(clone, 'reset', '--quiet', '--hard', 'HEAD~1');
    await git(clone, 'revert', '--no-edit', broken);
    const mended = await git(clone, 'push', 'origin', 'main');
    expect(mended.code, mended.shown).toBe(0);
  });

  test('that is too large is refused, whether its size is told beforehand or not', async () => {
    const clone = await control.clone(await control.token('platform-admin'));
    const before = await control.head();
    const many = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`docs/noise-${index}.txt`, randomBytes(900 * 1024)]),
    );
    write(clone, many);
    await commit(clone, 'noise');
    // In pieces, as git sends what is larger than its buffer.
    const kept = control.audit.length;
    const pieces = await git(clone, 'push', 'origin', 'main');
    expect(pieces.code).not.toBe(0);
    expect(pieces.shown).toContain('exceeds maximum allowed size');
    const whole = await git(clone, '-c', 'http.postBuffer=16777216', 'push', 'origin', 'main');
    expect(whole.code).not.toBe(0);
    expect(whole.shown).toContain('413');
    // Git asks first with nothing in it, which is no push.
    await expect.poll(() => control.audit.slice(kept)).toHaveLength(2);
    for (const entry of control.audit.slice(kept))
      expect(entry).toMatchObject({ action: 'git.push', outcome: 'refused', commit: null });
    expect(control.audit.at(-1)?.reason).toMatch(/^request\/too-large: /);
    expect(await control.head()).toBe(before);
    const small = await git(clone, 'ls-remote', 'origin');
    expect(small.code, small.shown).toBe(0);
  });

  test('with an object that git itself does not take is in the audit', async () => {
    const clone = await control.clone(await control.token('platform-admin'));
    const text = gitIn(clone, ['cat-file', 'commit', 'HEAD']).replace(/^author .*$/m, 'author nobody');
    const bad = gitIn(clone, ['hash-object', '-t', 'commit', '-w', '--literally', '--stdin'], `${text}\n`);
    const { code, shown } = await git(clone, 'push', 'origin', `${bad}:refs/heads/proposals/bad`);
    expect(code).toBe(1);
    expect(shown).toContain('missingEmail');
    await expect
      .poll(() => control.audit.at(-1))
      .toMatchObject({
        who: 'platform-admin@example.com',
        action: 'git.push',
        outcome: 'refused',
        reason: expect.stringMatching(/^Git did not take what was sent/),
      });
  });

  test('file names and messages of others steer no terminal', async () => {
    const clone = await control.clone(await control.token('operator'));
    write(clone, { 'tenants/acme/prompts/a\u001b[31mb.yaml': 'x: 1\n' });
    await commit(clone, 'red');
    const { code, shown } = await git(clone, 'push', 'origin', 'main');
    expect(code).toBe(1);
    expect(shown).not.toContain('\u001b[31m');
  });

  test('INV-22: neither a token nor what a file holds gets into logs, audit or what a client is told', async () => {
    const secret = canary();
    const token = await control.token('operator');
    const clone = await control.clone(token);
    change(
      clone,
      tenantFile,
      'LOG_LEVEL: debug',
      `REDIS_URL: ${JSON.stringify(`default:${secret}@10.0.0.2`)}\n      LOG_LEVEL: debug`,
    );
    await commit(clone, 'a secret in plain text');
    const { code, shown } = await git(clone, 'push', 'origin', 'main');
    expect(code).toBe(1);
    const wrong = await git(clone, 'ls-remote', control.as(`${token}x`));
    expect(wrong.code).not.toBe(0);
    const everything = [shown, ...control.logged, JSON.stringify(control.audit)].join('\n');
    expect(leaksIn(everything, secret)).toEqual([]);
    expect(leaksIn(everything, token)).toEqual([]);
    expect(control.logged.length).toBeGreaterThan(0);
    const rows = await db.query('select * from git_token');
    expect(leaksIn(JSON.stringify(rows), token)).toEqual([]);
  });
});

describe('a push that the judge', () => {
  const pushTo = async (own: GitControl) => {
    const clone = await own.clone(await own.token('operator'));
    change(clone, prompt, 'Ask one question', 'Ask two questions');
    await commit(clone, 'acme: two questions');
    return git(clone, 'push', 'origin', 'main');
  };

  test('let in and somebody else then overtook is in the audit as refused', async () => {
    let overtake: (() => string) | null = () => {
      const parent = gitIn(own.server.path, ['rev-parse', 'main']);
      const other = gitIn(own.server.path, ['commit-tree', 'main^{tree}', '-p', parent, '-m', 'quicker']);
      gitIn(own.server.path, ['update-ref', 'refs/heads/main', other, parent]);
      return other;
    };
    let quicker = '';
    const own = await startGitControl(db, {
      mayEdit: () => {
        quicker = overtake?.() ?? quicker;
        overtake = null;
        return [];
      },
    });
    const { code, shown } = await pushTo(own);
    expect(code, shown).toBe(1);
    expect(await own.head()).toBe(quicker);
    await expect
      .poll(() => own.audit.at(-1))
      .toMatchObject({ outcome: 'refused', reason: 'main: somebody else was quicker', commit: null });
    // What it began with, and nothing since.
    expect(own.moved).toHaveLength(1);
    await own.close();
  });

  test('cannot judge is refused, and in the audit as failed', async () => {
    const own = await startGitControl(db, {
      mayEdit: () => {
        throw new Error('broken');
      },
    });
    expect((await pushTo(own)).code).toBe(1);
    await expect
      .poll(() => own.audit.at(-1))
      .toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/^It could not be judged/) });
    await own.close();
  });
});
