import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../../schemas/validate.ts';
import { matching } from '../../../../web/ui/app/commands.ts';
import { auditApiQuery, readAuditFilter } from '../../../../web/ui/words/audit-filter.ts';
import { fullestWords, sharesOf } from '../../../../web/ui/words/capacity.ts';
import { followWords, promotable } from '../../../../web/ui/words/channel.ts';
import { cloneCommand } from '../../../../web/ui/words/clone.ts';
import type { DriftChange } from '../../../../web/ui/words/drift.ts';
import { differences, sentenceOf } from '../../../../web/ui/words/drift.ts';
import { eventWords } from '../../../../web/ui/words/event.ts';
import { changeFilter, isFiltered, nextSort, readFilter } from '../../../../web/ui/words/filters.ts';
import { shortImage } from '../../../../web/ui/words/image.ts';
import { lineDiff } from '../../../../web/ui/words/line-diff.ts';
import { safeHref } from '../../../../web/ui/words/link.ts';
import { lineTime, newSince } from '../../../../web/ui/words/log-time.ts';
import { newFile } from '../../../../web/ui/words/new-file.ts';
import { PATIENCE, pairingNow, pairingWords } from '../../../../web/ui/words/pairing.ts';
import { fleetSentence } from '../../../../web/ui/words/phase.ts';
import { planSentence } from '../../../../web/ui/words/plan.ts';
import { explainProblem } from '../../../../web/ui/words/problem.ts';
import { isOver, progressWords } from '../../../../web/ui/words/progress.ts';
import { returnable } from '../../../../web/ui/words/revision.ts';
import { ago, lasting } from '../../../../web/ui/words/time.ts';
import { bytes, shown } from '../../../../web/ui/words/value.ts';
import { planFor } from '../../../support/page-server/plan.ts';

const minute = 60_000;

describe('times', () => {
  test.each([
    [3_000, 'just now'],
    [45_000, '45 s ago'],
    [4 * minute, '4 min ago'],
    [119 * minute, '1 h ago'],
    [47 * 60 * minute, '47 h ago'],
    [49 * 60 * minute, '2 d ago'],
    [-5 * minute, 'in 5 min'],
  ])('%i ms after it, a moment is %s', (later, words) => {
    expect(ago(1_000_000_000_000, 1_000_000_000_000 + later)).toBe(words);
  });

  test('nothing lasts for zero seconds', () => {
    expect(lasting(0)).toBe('1 s');
  });
});

describe('values', () => {
  test.each([
    [undefined, 'nothing'],
    ['', 'an empty text'],
    [[], 'an empty list'],
    [['a', { b: 1 }], 'a, {"b":1}'],
    [{}, 'an empty map'],
    [false, 'false'],
  ])('%j is read as "%s"', (value, words) => {
    expect(shown(value)).toBe(words);
  });

  test('memory is told in the units of the language, and nothing is rounded', () => {
    expect(shown(384 * 1024 ** 2, 'memory')).toBe('384Mi');
    expect(shown(1024 ** 3, 'limits.memory')).toBe('1Gi');
    expect(bytes(1_000_000)).toBe('1000000 bytes');
    expect(shown(1024, 'pids')).toBe('1024');
  });

  test('an image is told without its registry, a digest cut short', () => {
    expect(shortImage('r.example:5000/a/runtime:v1.4.2')).toBe('runtime:v1.4.2');
    expect(shortImage(`r.example/runtime@sha256:${'ab'.repeat(32)}`)).toBe('runtime@abababababab');
  });
});

describe('drift', () => {
  const change: DriftChange = {
    resource: { kind: 'container', name: 'c' },
    kind: 'update',
    fields: [
      { path: 'memory', desired: 1024 ** 2, actual: 1024 ** 3 },
      { path: 'image', desired: 'a', actual: 'b' },
    ],
    cause: 'drift',
    since: 2_000,
    event: { action: 'update', time: 2_000, detail: 'by hand' },
    acceptable: [{ path: 'memory', pointer: '/spec/runtime/resources/memory' }],
  };

  test('each field is a sentence: wanted, found, and what was seen to do it', () => {
    const [memory] = differences([change]);
    expect(memory && sentenceOf(memory)).toBe(
      'memory: wanted 1Mi, found 1Gi; changed outside Git: update (by hand).',
    );
  });

  test('only a field that Git has a place for can be accepted', () => {
    expect(differences([change]).map(({ field, pointer }) => [field, pointer])).toEqual([
      ['memory', '/spec/runtime/resources/memory'],
      ['image', null],
    ]);
  });

  test('what Git asks for is on its way, or was tried and taken back', () => {
    const wanted: DriftChange = { ...change, cause: 'commit' };
    const by = (tried: boolean): string[] => differences([wanted], tried).map((one) => one.by);
    expect(new Set(by(false))).toEqual(new Set(['Git moved; the node has not followed yet']));
    expect(new Set(by(true))).toEqual(new Set(['Git moved; the node has tried it and taken it back']));
  });

  test('what has lasted longest comes first, and what is missing as a whole is one line', () => {
    const { event: _event, ...rest } = change;
    const missing: DriftChange = {
      ...rest,
      resource: { kind: 'network', name: 'n' },
      kind: 'create',
      fields: [],
      since: 1_000,
      acceptable: [],
    };
    const [first, ...others] = differences([change, missing]);
    expect(first).toMatchObject({
      field: 'network n',
      wanted: 'to be there',
      found: 'nothing',
      by: 'changed outside Git; no event was seen',
    });
    expect(others).toHaveLength(2);
  });
});

describe('filters in the address', () => {
  test('keep what makes sense and leave out what does not', () => {
    expect(readFilter({ q: 7, phase: 'Failed', sort: 'colour', node: '', evil: 'x' })).toEqual({
      q: '7',
      phase: 'Failed',
    });
    expect(readFilter({ phase: 'constructor' })).toEqual({});
  });

  test('lose the parts that are emptied', () => {
    expect(changeFilter({ q: 'a', phase: 'Held' }, { q: '', node: 'w' })).toEqual({
      phase: 'Held',
      node: 'w',
    });
  });

  test('an order is turned around by a second press where it can be', () => {
    expect([
      nextSort('attention', 'name'),
      nextSort('name', 'name'),
      nextSort('-name', 'name'),
      nextSort('node', 'node'),
    ]).toEqual(['name', '-name', 'name', 'node']);
  });

  test('an order hides nothing', () => {
    expect(isFiltered({ sort: 'name' })).toBe(false);
    expect(isFiltered({ sort: 'name', q: 'a' })).toBe(true);
  });
});

describe('sentences', () => {
  test('of a fleet name what is not as Git says', () => {
    expect(fleetSentence({}, 0, 0)).toBe('No tenants yet');
    expect(fleetSentence({ InSync: 3 }, 3, 0)).toBe('All 3 tenants are as Git says');
    expect(fleetSentence({ InSync: 1_999, Held: 1 }, 2_000, 0)).toBe('1 of 2,000 tenants is not as Git says');
  });

  test('of a fleet do not say of tenants on nodes that are away how they are now', () => {
    expect(fleetSentence({ InSync: 44 }, 44, 40)).toBe(
      'All 44 tenants are as Git says, as of their last word; 40 live on nodes that are away',
    );
    expect(fleetSentence({ InSync: 1 }, 1, 1)).toContain('as of the last word of its node, which is away');
    expect(fleetSentence({ InSync: 4, Failed: 2 }, 6, 1)).toBe(
      '2 of 6 tenants are not as Git says; 1 lives on a node that is away',
    );
  });

  test('of a node say how much of it is taken, the fullest first, and only what somebody limited', () => {
    const capacity = {
      tenants: { used: 12, most: 200 },
      memoryBytes: { used: 48 * 1024 ** 3, most: 64 * 1024 ** 3 },
      nanoCpus: { used: 6.5e9, most: null },
      full: false,
    };
    expect(sharesOf(capacity).map(({ words, part }) => [words, part])).toEqual([
      ['12 of 200', 0.06],
      ['48Gi of 64Gi', 0.75],
      ['6.5', null],
    ]);
    expect(fullestWords(capacity)).toBe('48Gi of 64Gi memory');
    const none = { used: 0, most: null };
    expect(fullestWords({ tenants: none, memoryBytes: none, nanoCpus: none, full: false })).toBe('');
    expect(fullestWords({ ...capacity, tenants: { used: 0, most: 0 } })).toBe('0 of 0 tenants');
  });

  test('of a plan say who is interrupted, and that the others are not touched', () => {
    expect(planSentence(null)).toContain('No plan');
    expect(planSentence(planFor('tenants/acme/prompts/a.yaml', 'acme'))).toBe(
      'acme: in place, no interruption. The other 41 are not touched.',
    );
    expect(planSentence({ ...planFor('tenants/acme/tenant.yaml', 'acme'), affected: 12, untouched: 1 })).toBe(
      '12 tenants change; 1 of them is interrupted for about 7 s. The other one is not touched.',
    );
  });

  test('of a commit tell what stopped it before how far it came', () => {
    const tenant = { tenant: 'a', node: 'w', detail: '', at: null };
    const nodes = [{ node: 'w', state: 'away' as const, revision: null, at: null }];
    expect(
      progressWords({ nodes, tenants: [{ ...tenant, state: 'failed' }], affected: 2, converged: 1 }),
    ).toMatchObject({ tone: 'stopped', words: 'failed for 1 tenant', share: 0.5 });
    expect(progressWords({ nodes, tenants: [], affected: 2, converged: 1 }).words).toBe(
      '1 of 2 converged, 1 node away',
    );
    expect(progressWords({ nodes, tenants: [], affected: 0, converged: 0 }).words).toBe('waiting for 1 node');
    expect(progressWords({ nodes: [], tenants: [], affected: 1, converged: 1 }).words).toBe('converged');
  });

  test('of an event never show a code that pairs', () => {
    expect(eventWords({ type: 'qr', data: { code: '2@abc', attempt: 1 } })).toBe(
      'a code to pair is shown: attempt 1',
    );
  });
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  '//evil.example',
  'x',
  null,
])('%j is no link', (address) => {
  expect(safeHref(address)).toBeNull();
});

test('an address of the web is a link', () => {
  expect(safeHref('https://example.com/pr/1')).toBe('https://example.com/pr/1');
});

test('a line diff has three lines around a change, and says where it left lines out', () => {
  const before = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
  const after = before.replace('line 3\n', 'line three\n').replace('line 25', 'line twenty-five');
  const lines = lineDiff(before, after);
  expect(lines.filter(({ kind }) => kind !== 'same').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'removed line 3',
    'added line three',
    'gap ⋯',
    'removed line 25',
    'added line twenty-five',
  ]);
  expect(lines.find(({ kind }) => kind === 'added')).toMatchObject({ before: null, after: 4 });
  expect(lineDiff(null, 'a\n').map(({ kind }) => kind)).toEqual(['added']);
  expect(lineDiff('a', 'a')).toEqual([]);
});

test.each(['prompt', 'skill'] as const)('the text of a new %s is valid', (kind) => {
  const path = `tenants/acme/${kind}s/greeting.yaml`;
  expect(parseDocument(path, new TextEncoder().encode(newFile(kind, 'greeting'))).problems).toEqual([]);
});

test('the palette finds by letters in their order, beginnings first', () => {
  const commands = ['Overview', 'Tenants', 'Nodes', 'Audit'].map((name) => ({ id: name, name, hint: '' }));
  expect(matching(commands, 'n').map(({ name }) => name)).toEqual(['Nodes', 'Tenants']);
  expect(matching(commands, 'ovw').map(({ name }) => name)).toEqual(['Overview']);
  expect(matching(commands, 'xyz')).toEqual([]);
});

test('the filter of the audit is read from an address, and asks for whole days of the reader', () => {
  const search = {
    who: 'ada@example.com',
    outcome: 'perhaps',
    from: '2026-11-20',
    to: '2026-11-21',
    target: 7,
  };
  const filter = readAuditFilter(search);
  expect(filter).toEqual({ who: 'ada@example.com', from: '2026-11-20', to: '2026-11-21', target: '7' });
  expect(auditApiQuery(filter)).toEqual({
    who: 'ada@example.com',
    target: '7',
    since: String(new Date(2026, 10, 20).getTime()),
    until: String(new Date(2026, 10, 22).getTime()),
  });
  expect(readAuditFilter({ from: 'yesterday', to: '2026-99-99x' })).toEqual({});
});

test('a channel says how far its pin has come, and what a promotion would copy', () => {
  const channel = { name: 'a', images: { runtime: 'r:2', sidecar: 's:1' }, promotesTo: 'b', tenants: 3 };
  expect(followWords({ ...channel, running: { 'r:2': 2, 'r:1': 1 } })).toEqual({
    words: '2 of 3 tenants run the pin',
    others: 1,
  });
  expect(followWords({ ...channel, running: { 'r:2': 3 } }).words).toBe('All 3 tenants run the pin');
  expect(followWords({ ...channel, tenants: 0, running: {} }).words).toBe('No tenant follows it');
  const to = { ...channel, images: { runtime: 'r:1', sidecar: 's:1' }, running: {} };
  expect(promotable({ ...channel, running: {} }, to)).toEqual(['runtime']);
  expect(promotable({ ...channel, running: {} }, undefined)).toEqual(['runtime', 'sidecar']);
});

test('a clone command names the person, so that git asks for the token alone', () => {
  expect(cloneCommand('https://control.example.com/git/x.git', 'ada.l@example.com')).toBe(
    'git clone https://ada.l@control.example.com/git/x.git',
  );
});

describe('pairing', () => {
  const node = { name: 'worker-1', linked: true };
  const around = { hasCode: false, now: 1_000_000, node };

  test('waits for a code, and says after a while that none came', () => {
    const asked = { state: 'waiting-for-scan', at: around.now } as const;
    expect(pairingWords(asked, around)).toEqual({
      words: 'Waiting for the runtime to show a code',
      next: 'Ask again',
      hint: '',
    });
    const later = pairingWords(asked, { ...around, now: around.now + PATIENCE });
    expect(later.words).toBe('The runtime has shown no code');
    expect(later.hint).toContain('Its log may say why');
  });

  test('says when the node is away, whatever it said last', () => {
    const away = { ...around, node: { ...node, linked: false } };
    expect(pairingWords({ state: 'asked', at: 0 }, away).words).toBe('Waiting for worker-1');
    expect(pairingWords({ state: 'connected', at: 0 }, away).hint).toContain('worker-1 is away');
    expect(pairingWords(null, { ...away, hasCode: true })).toMatchObject({
      words: 'Scan this code',
      hint: '',
    });
  });

  test('that was asked for here is waited for until the node tells of it', () => {
    const told = { state: 'expired', at: 5, token: '1' } as const;
    expect(pairingNow(told, { at: 9, before: '1' })).toEqual({ state: 'asked', at: 9 });
    expect(pairingNow(null, { at: 9, before: null })).toEqual({ state: 'asked', at: 9 });
    expect(pairingNow({ ...told, token: '2' }, { at: 9, before: '1' })).toMatchObject({ state: 'expired' });
    expect(pairingNow(told, null)).toBe(told);
  });
});

test('a problem is answered with what to do about that one, not about its status', () => {
  const problem = { title: 'Conflict', detail: 'It moved.', status: 409 };
  const todo = (code?: string): string =>
    explainProblem(code === undefined ? problem : { ...problem, code }).todo;
  expect(todo('drift/gone')).toContain('look at the drift again');
  expect(todo('edit/conflict')).toContain('compare both texts');
  expect(todo('git/moved')).toContain('try again');
  expect(todo('toString')).toBe(todo());
  expect(explainProblem({ ...problem, status: 0 }).todo).not.toContain('by itself');
  expect(explainProblem({ ...problem, status: 401, code: 'auth/credentials' }).todo).not.toContain('again.');
});

test('a tenant goes back to other states of its own files alone', () => {
  const commit = (oid: string, ownFiles?: boolean) => ({
    commit: { oid },
    ...(ownFiles === undefined ? {} : { ownFiles }),
  });
  const past = [
    commit('channel', false),
    commit('now', true),
    commit('library', false),
    commit('before', true),
    commit('unknown'),
    commit('first', true),
  ];
  expect([...returnable(past)]).toEqual(['before', 'first']);
});

test('a commit is over when nothing is awaited of it; one that is held or failed waits for a person', () => {
  const tones = ['done', 'none', 'busy', 'stopped'] as const;
  expect(tones.map((tone) => isOver({ tone, words: '', share: 1 }))).toEqual([true, true, false, false]);
});

describe('a log', () => {
  test('has the time where its reader is, or what stands where a time should be', () => {
    const local = new Date('2026-11-21T10:11:12.345Z').toTimeString().slice(0, 8);
    expect(lineTime('2026-11-21T10:11:12.345Z')).toBe(local);
    expect(lineTime('no moment')).toBe('no moment');
  });

  test('that is held still counts what has come since, as far as that is known', () => {
    const [a, b, c] = [{ line: 'a' }, { line: 'b' }, { line: 'c' }];
    expect(newSince([a], [a, b, c])).toBe(2);
    expect(newSince([a, b, c], [a, b, c])).toBe(0);
    expect(newSince([a], [b, c])).toBeNull();
    expect(newSince([], [a])).toBe(1);
  });
});
