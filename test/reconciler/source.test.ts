import { beforeEach, describe, expect, test } from 'vitest';
import { GitError } from '../../desired-state/git/errors.ts';
import type { Repository } from '../../desired-state/git/port.ts';
import type { DesiredState } from '../../desired-state/model.ts';
import { Source } from '../../reconciler/source.ts';
import { desiredState } from '../support/desired.ts';
import { FakeClock, FakeState } from '../support/fake-ports.ts';
import { quiet } from '../support/sandbox.ts';
import { someRepository } from '../support/some-repository.ts';

/** Commits of one line each: `b` follows `a`; `x` is of another history. */
const [a, b, c, x] = ['a', 'b', 'c', 'f'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const line = [a, b, c];

/** What the remote is like; open to the tests. */
let remote: {
  head: string;
  away: Error | null;
  gone: Set<string>;
  invalid: Set<string>;
  unreadable: Map<string, Error>;
};
let state: FakeState;
let clock: FakeClock;

beforeEach(() => {
  remote = { head: a, away: null, gone: new Set(), invalid: new Set(), unreadable: new Map() };
  state = new FakeState();
  clock = new FakeClock();
});

const repository = (): Repository =>
  someRepository({
    fetch: async () => {
      if (remote.away !== null) throw remote.away;
      return remote.head;
    },
    resolve: async (name) => (remote.gone.has(name) ? null : name),
    isAncestor: async (ancestor, descendant) =>
      line.includes(ancestor) && line.indexOf(ancestor) <= line.indexOf(descendant),
  });

async function read(revision: string): Promise<DesiredState> {
  const error = remote.unreadable.get(revision);
  if (error !== undefined) throw error;
  const problem = {
    severity: 'error',
    code: 'x',
    path: 'tenants/acme/tenant.yaml',
    line: 1,
    column: 1,
    pointer: '',
    message: 'x',
  } as const;
  const desired = desiredState([], revision);
  return remote.invalid.has(revision) ? { ...desired, problems: [problem, problem] } : desired;
}

const open = (acceptHistory: string | null = null): Promise<Source> =>
  Source.open({ repository: repository(), read, state, clock, log: quiet, acceptHistory });
const follow = (source: Source): Promise<DesiredState> => source.refresh(new AbortController().signal);
const away = new GitError('git/unreachable', 'git.example.com does not answer');

describe('following a branch', () => {
  test('each new revision is in force, and what did not move is not read again', async () => {
    const source = await open();
    expect(source.desired).toBeNull();
    const first = await follow(source);
    expect(first.revision).toBe(a);
    expect(await follow(source)).toBe(first);
    remote.head = b;
    expect((await follow(source)).revision).toBe(b);
    expect(source.status).toMatchObject({ state: 'ok', detail: '' });
  });

  test('a revision with problems is in force, is said to be invalid, and is so after the network was away', async () => {
    remote.invalid.add(b);
    const source = await open();
    await follow(source);
    remote.head = b;
    expect((await follow(source)).revision).toBe(b);
    const said = source.status;
    expect(said).toMatchObject({
      state: 'invalid',
      detail: expect.stringContaining('bbbbbbbbbbbb has 2 problem(s)'),
    });
    remote.away = away;
    await follow(source);
    remote.away = null;
    await follow(source);
    expect(source.status).toMatchObject({ state: said.state, detail: said.detail });
  });

  test('an abort is an abort, and says nothing of the repository', async () => {
    const source = await open();
    await follow(source);
    const stop = new AbortController();
    remote.away = away;
    stop.abort(new Error('shutting down'));
    await expect(source.refresh(stop.signal)).rejects.toThrow('shutting down');
    expect(source.status.state).toBe('ok');
  });
});

describe('INV-6: the repository is away', () => {
  test('the last revision stays in force, the reason and the beginning are told, and it ends by itself', async () => {
    const source = await open();
    const first = await follow(source);
    await clock.sleep(1_000);
    const began = clock.now();
    remote.away = away;
    expect(await follow(source)).toBe(first);
    await clock.sleep(5_000);
    await follow(source);
    expect(source.status).toEqual({
      state: 'unreachable',
      detail: 'git.example.com does not answer',
      since: began,
    });
    remote.away = null;
    await follow(source);
    expect(source.status).toEqual({ state: 'ok', detail: '', since: clock.now() });
  });

  test('at a first start there is nothing to enforce, and the error says why', async () => {
    remote.away = away;
    const source = await open();
    await expect(follow(source)).rejects.toBe(away);
  });

  test('at a later start the revision that was accepted is read from the mirror', async () => {
    remote.head = b;
    await follow(await open());
    remote.away = away;
    const source = await open();
    expect((await follow(source)).revision).toBe(b);
    expect(source.status.state).toBe('unreachable');
  });

  test('a damaged record of what was accepted counts as none', async () => {
    state.documents.set('source', '"accepted"');
    const source = await open();
    expect((await follow(source)).revision).toBe(a);
  });
});

describe('a revision that must not be read', () => {
  const unsafe = new GitError('git/unsafe-tree', 'library/link is a symbolic link');

  test('leaves the last one in force and is told as invalid: Git itself is fine', async () => {
    const source = await open();
    const first = await follow(source);
    remote.head = b;
    remote.unreadable.set(b, unsafe);
    expect(await follow(source)).toBe(first);
    expect(source.status).toMatchObject({ state: 'invalid', detail: unsafe.message });
  });

  test('is over with the next revision, and with the return to the last one', async () => {
    for (const next of [c, a]) {
      remote.head = a;
      const source = await open();
      await follow(source);
      remote.head = b;
      remote.unreadable.set(b, unsafe);
      await follow(source);
      remote.head = next;
      expect((await follow(source)).revision).toBe(next);
      expect(source.status.state).toBe('ok');
      state.documents.clear();
    }
  });

  test('is not accepted: the next start asks for what was in force before', async () => {
    await follow(await open());
    remote.head = b;
    remote.unreadable.set(b, unsafe);
    expect((await follow(await open())).revision).toBe(a);
  });
});

describe('INV-7: rewritten history', () => {
  const rewritten = async (): Promise<Source> => {
    const source = await open();
    remote.head = b;
    await follow(source);
    remote.head = x;
    return source;
  };

  test('is not followed, and the sentence says how to follow it', async () => {
    const source = await rewritten();
    expect((await follow(source)).revision).toBe(b);
    expect(source.status).toMatchObject({
      state: 'rewritten',
      detail: expect.stringContaining(`tenantry reconcile --accept-history ${x}`),
    });
  });

  test('a branch that was set back is rewritten, too', async () => {
    const source = await rewritten();
    remote.head = a;
    expect((await follow(source)).revision).toBe(b);
    expect(source.status.state).toBe('rewritten');
  });

  test('is not followed after a restart either', async () => {
    await follow(await rewritten());
    const source = await open();
    expect((await follow(source)).revision).toBe(b);
    expect(source.status.state).toBe('rewritten');
  });

  test('is noticed when the accepted commit is gone altogether', async () => {
    const source = await rewritten();
    remote.gone.add(b);
    remote.head = c;
    expect((await follow(source)).revision).toBe(b);
    expect(source.status.state).toBe('rewritten');
  });

  test('is told with what to do also when the mirror is lost with it, and nothing else is followed', async () => {
    await follow(await rewritten());
    for (const lost of [new GitError('git/missing', 'git ls-tree failed on the mirror'), away]) {
      remote.unreadable.set(b, lost);
      const source = await open();
      await expect(follow(source)).rejects.toThrow(
        `tenantry reconcile --accept-history ${x}. Nothing can be enforced until then`,
      );
      expect(source.status.state).toBe('rewritten');
      expect(source.desired).toBeNull();
    }
    expect((await follow(await open(x))).revision).toBe(x);
  });

  test('is over when the branch is as it was, or goes on from there', async () => {
    for (const next of [b, c]) {
      const source = await rewritten();
      await follow(source);
      remote.head = next;
      expect((await follow(source)).revision).toBe(next);
      expect(source.status.state).toBe('ok');
      state.documents.clear();
      remote.head = a;
    }
  });

  test('is followed when a person accepts exactly this head, from then on and after a restart', async () => {
    await follow(await rewritten());
    const source = await open(x);
    expect((await follow(source)).revision).toBe(x);
    expect(source.status.state).toBe('ok');
    expect((await follow(await open())).revision).toBe(x);
  });

  test('is not followed when another head was accepted', async () => {
    await follow(await rewritten());
    const source = await open(c);
    expect((await follow(source)).revision).toBe(b);
    expect(source.status.state).toBe('rewritten');
  });
});

test('INV-18: a revision whose acceptance cannot be written down is not in force', async () => {
  const source = await open();
  const first = await follow(source);
  state.write = async () => {
    throw new Error('no space left on device');
  };
  remote.head = b;
  expect(await follow(source)).toBe(first);
  expect(source.status).toMatchObject({
    state: 'unrecorded',
    detail: expect.stringMatching(/bbbbbbbbbbbb is not followed .* no space left/),
  });
});
