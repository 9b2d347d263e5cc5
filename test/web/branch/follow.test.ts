import { afterEach, describe, expect, test, vi } from 'vitest';
import { GitError } from '../../../desired-state/git/errors.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { FollowedBranch } from '../../../web/branch/follow.ts';
import { Reader } from '../../../web/branch/reader.ts';
import { quiet } from '../../support/sandbox.ts';
import { someRepository } from '../../support/some-repository.ts';
import { type DeskWorld, deskWorld } from '../../support/web-desk.ts';

const worlds: DeskWorld[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

async function world(): Promise<DeskWorld> {
  const made = await deskWorld({});
  worlds.push(made);
  return made;
}

/** Another control node over the same mirror, as after a restart. */
function anew(repository: Repository, log = quiet): FollowedBranch {
  return new FollowedBranch({ repository, name: 'main', reader: new Reader(repository), log, pollMs: 10 });
}

/** The repository as far as it is read, but for some of its answers. */
function insteadOf(inner: Repository, own: Partial<Repository>): Repository {
  return someRepository({
    fetch: (signal) => inner.fetch(signal),
    tree: (revision) => inner.tree(revision),
    changes: (from, to) => inner.changes(from, to),
    blobs: (oids) => inner.blobs(oids),
    commits: (from, options) => inner.commits(from, options),
    isAncestor: (ancestor, descendant) => inner.isAncestor(ancestor, descendant),
    ...own,
  });
}

/** A repository whose answers to `fetch` are held back: each says what the branch was when it was asked. */
function heldBack(inner: Repository) {
  const held: (() => void)[] = [];
  let asked = 0;
  const fetch = async (): Promise<string> => {
    const head = await inner.fetch();
    asked += 1;
    await new Promise<void>((resolve) => held.push(resolve));
    return head;
  };
  return {
    repository: insteadOf(inner, { fetch }),
    asked: () => asked,
    /** Lets the question that waits have its answer, as soon as there is one. */
    answer: async () => {
      await vi.waitUntil(() => held.length > 0, { timeout: 10_000 });
      held.shift()?.();
    },
  };
}

/** A branch that is followed over such a repository. */
async function slowWorld() {
  const desk = await world();
  const slow = heldBack(desk.repository);
  return { desk, slow, branch: anew(slow.repository) };
}

const namesOf = (branch: FollowedBranch): string[] => Object.keys(branch.desired()?.tenants ?? {});

describe('a followed branch', () => {
  test('started anew on a head that does not validate has what was last good, and says what is wrong', async () => {
    const desk = await world();
    const { repository, branch } = desk;
    const good = branch.head();
    const bad = desk.meanwhile({ 'tenantry.yaml': 'kind: Platform\n' });
    const restarted = anew(repository);
    expect([restarted.head(), restarted.desired(), restarted.problems()]).toEqual([null, null, []]);
    await restarted.refresh();
    expect(restarted.head()).toBe(bad);
    expect(restarted.desired()).toMatchObject({ revision: bad, baseRevision: good });
    expect(namesOf(restarted)).toEqual(['acme', 'globex', 'initech']);
    expect(restarted.problems()).toContainEqual(expect.objectContaining({ path: 'tenantry.yaml', line: 1 }));
    await restarted.close();
  });

  test('started anew has a tenant whose newest files do not validate as it was last good', async () => {
    const desk = await world();
    const { repository, branch } = desk;
    const before = branch.desired()?.tenants['acme']?.desired;
    desk.meanwhile({
      'tenants/acme/tenant.yaml': desk
        .text('tenants/acme/tenant.yaml')
        .replace('kind: Tenant', 'kind: Tenannt'),
    });
    const restarted = anew(repository);
    await restarted.refresh();
    expect(restarted.desired()?.tenants['acme']).toMatchObject({
      desired: before,
      heldAt: branch.head(),
      problems: [expect.objectContaining({ severity: 'error' })],
    });
    await restarted.close();
  });

  test('that cannot be asked keeps what it has, says why once, and goes on when it can', async () => {
    const desk = await world();
    const { repository } = desk;
    let away = false;
    const warn = vi.fn();
    const fetch = async (): Promise<string> => {
      if (away) throw new GitError('git/unreachable', 'the remote is away');
      return repository.fetch();
    };
    const branch = anew(insteadOf(repository, { fetch }), { ...quiet, warn });
    const first = await branch.refresh();
    const asked = branch.status().asked;
    away = true;
    const newer = desk.meanwhile({ 'NOTES.md': 'words' });
    for (let time = 0; time < 2; time += 1) await expect(branch.refresh()).rejects.toThrow('is away');
    expect(branch.head()).toBe(first);
    expect(namesOf(branch)).toEqual(['acme', 'globex', 'initech']);
    expect(branch.status()).toEqual({ trouble: 'the remote is away', asked });
    expect(warn).toHaveBeenCalledOnce();
    away = false;
    branch.start();
    await vi.waitUntil(() => branch.head() === newer, { timeout: 10_000 });
    expect(branch.status().trouble).toBeNull();
    await branch.close();
  });

  test('asked while a question is under way asks once more for all of them, and their answer is newer', async () => {
    const { desk, slow, branch } = await slowWorld();
    const before = branch.refresh();
    await vi.waitUntil(() => slow.asked() === 1, { timeout: 10_000 });
    const newer = desk.meanwhile({ 'NOTES.md': 'words' });
    const after = Array.from({ length: 5 }, () => branch.refresh());
    await slow.answer();
    expect(await before).not.toBe(newer);
    await slow.answer();
    expect(new Set(await Promise.all(after))).toEqual(new Set([newer]));
    expect(slow.asked()).toBe(2);
    await branch.close();
  });

  test('does not go back to an answer from before its own commit', async () => {
    const { desk, slow, branch } = await slowWorld();
    const heads: string[] = [];
    const stop = branch.onMoved((revision) => heads.push(revision));
    const question = branch.refresh();
    await vi.waitUntil(() => slow.asked() === 1, { timeout: 10_000 });
    const own = desk.meanwhile({ 'NOTES.md': 'words' });
    await desk.repository.fetch();
    await branch.moved(own);
    await slow.answer();
    await slow.answer();
    expect(await question).toBe(own);
    expect(heads).toEqual([own]);
    stop();
    const newest = desk.meanwhile({ 'NOTES.md': 'other words' });
    const last = branch.refresh();
    await slow.answer();
    expect([await last, branch.head(), heads]).toEqual([newest, newest, [own]]);
    await branch.close();
  });

  test('a commit of its own that cannot be read yet is read by the next question', async () => {
    const desk = await world();
    const { repository } = desk;
    const error = vi.fn();
    let broken = false;
    const failing = insteadOf(repository, {
      changes: (from, to) =>
        broken ? Promise.reject(new GitError('git/corrupt', 'a damaged pack')) : repository.changes(from, to),
    });
    const branch = anew(failing, { ...quiet, error });
    const first = await branch.refresh();
    broken = true;
    const own = desk.meanwhile({ 'NOTES.md': 'words' });
    await branch.moved(own);
    broken = false;
    expect(branch.head()).toBe(first);
    expect(error).toHaveBeenCalledOnce();
    expect(await branch.refresh()).toBe(own);
    expect(branch.head()).toBe(own);
    await branch.close();
  });

  test('tells once when the remote answers no more and once when it answers again, and keeps when it last did', async () => {
    const { repository } = await world();
    let trouble: string | null = null;
    const fetch = (signal?: AbortSignal): Promise<string> =>
      trouble === null ? repository.fetch(signal) : Promise.reject(new Error(trouble));
    const branch = anew(insteadOf(repository, { fetch }));
    const told: (string | null)[] = [];
    branch.onStatus(() => told.push(branch.status().trouble));
    await branch.refresh();
    const { asked } = branch.status();
    trouble = 'connection refused';
    for (let again = 0; again < 2; again += 1) await expect(branch.refresh()).rejects.toThrow(trouble);
    expect(branch.status()).toEqual({ trouble: 'connection refused', asked });
    trouble = null;
    await branch.refresh();
    await branch.refresh();
    expect(told).toEqual(['connection refused', null]);
    await branch.close();
  });

  test('that is closed asks no more, and ends the question that is under way', async () => {
    const { repository } = await world();
    let aborted = false;
    let asked = 0;
    const fetch = (signal?: AbortSignal): Promise<string> =>
      new Promise((_, reject) => {
        asked += 1;
        signal?.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('aborted'));
        });
      });
    const branch = anew(insteadOf(repository, { fetch }));
    branch.start();
    await vi.waitUntil(() => asked === 1, { timeout: 10_000 });
    await branch.close();
    expect(aborted).toBe(true);
    const before = asked;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(before);
  });
});
