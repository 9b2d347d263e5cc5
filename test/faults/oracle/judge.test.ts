import { describe, expect, test } from 'vitest';
import { label } from '../../../renderers/labels.ts';
import { nodeStatus } from '../../deploy/cli/statuses.ts';
import type { CallRecord } from '../docker/record.ts';
import { workloadNamed } from '../workloads/all.ts';
import type { EngineChange } from '../world/engine.ts';
import { makeSite } from '../world/site.ts';
import type { Evidence } from './evidence.ts';
import { diff, type Expected, judge } from './judge.ts';

const images = { v1: 'r/x:v1.0.0', v2: 'r/x:v2.0.0', bad: 'r/x:v3.0.0' };
const site = await makeSite({ prefix: '', pool: '10.0.0.0/24', images, startPeriod: '1s' });
const ours = { [label.platform]: site.platform, [label.node]: site.node };
const ofAcme = { ...ours, [label.tenant]: 'acme' };
const main = { id: 'main', name: 'tenant_acme_runtime' };
const next = { id: 'next', name: 'tenant_acme_runtime_next' };
const neighbour = { tenant_globex_runtime: { id: 'g', startedAt: '1' } };
const expected = { comparable: { containers: { a: 1 } }, phases: null };

function call(method: string, template: string, parts: Partial<CallRecord> = {}): CallRecord {
  const key = `${method} ${template}#1`;
  const rest = {
    subject: null,
    labels: ofAcme,
    query: {},
    body: null,
    fault: null,
    reached: true,
    status: 204,
  };
  return { at: 100, key, method, template, ...rest, ...parts };
}

function change(at: number, action: string, of: typeof main, running: boolean | null): EngineChange {
  const container = running === null ? null : { running, healthy: running, image: images.v1 };
  return { at, action, ...of, labels: ofAcme, container };
}

/** A start-first replacement as it should be. */
const handedOver = [
  change(1, 'create', next, false),
  change(2, 'start', next, true),
  change(3, 'die', main, false),
  change(4, 'destroy', main, null),
  change(5, 'rename', { ...next, name: main.name }, true),
];

const round = { mutations: 0, busyPasses: 0, status: nodeStatus() };

function complaints(
  parts: Partial<Evidence>,
  workload = 'update',
  of: { readonly expected: Expected | null; readonly meddled?: boolean; readonly damaged?: boolean } = {
    expected,
  },
): string[] {
  const evidence: Evidence = {
    before: neighbour,
    outcomes: [],
    leftUndone: null,
    shutdown: false,
    onlyLate: false,
    recovery: { type: 'rounds', rounds: [{ ...round, mutations: 3, busyPasses: 1 }, round, round, round] },
    patience: 2,
    calls: [],
    changes: handedOver,
    serving: new Map([[main.id, 'acme']]),
    interferences: [],
    held: null,
    final: { comparable: expected.comparable, identities: neighbour, inspected: '' },
    lost: [],
    phases: null,
    disk: new Map(),
    output: '',
    ...parts,
  };
  return judge({ site, workload: workloadNamed(workload), meddled: false, damaged: false, ...of }, evidence);
}

describe('the oracle', () => {
  test('has nothing to say of a replacement as it should be', () => {
    expect(complaints({})).toEqual([]);
  });

  test.each<[string, CallRecord]>([
    ['INV-5', call('DELETE', '/volumes/{name}')],
    ['INV-5', call('POST', '/containers/prune')],
    ['INV-5', call('POST', '/containers/{id}/exec')],
    ['INV-5', call('DELETE', '/containers/{id}', { query: { v: '1' } })],
    ['INV-20', call('POST', '/containers/{id}/stop', { labels: {} })],
    ['INV-20', call('DELETE', '/containers/{id}', { labels: { ...ofAcme, [label.platform]: 'another' } })],
    ['INV-4', call('POST', '/containers/{id}/restart', { labels: { ...ours, [label.tenant]: 'globex' } })],
    [
      'INV-23',
      call('POST', '/containers/create', { body: { HostConfig: { Privileged: true } }, labels: null }),
    ],
  ])('%s: a call that must never be made: %o', (invariant, made) => {
    expect(complaints({ calls: [made] })).toEqual([expect.stringContaining(`${invariant}: `)]);
  });

  test('INV-5: a forbidden call counts also when the engine never got it', () => {
    const made = call('DELETE', '/volumes/{name}', { reached: false, status: null, fault: 'status-500' });
    expect(complaints({ calls: [made] })).toHaveLength(1);
  });

  test('INV-9: a removal while it is held, and none after it was approved', () => {
    const calls = [call('DELETE', '/containers/{id}')];
    expect(complaints({ calls, held: { from: 50, to: 150 } })).toEqual([expect.stringContaining('INV-9')]);
    expect(complaints({ calls, held: { from: 10, to: 50 } })).toEqual([]);
  });

  test('a moment without a healthy copy, unless it is another hand that made it', () => {
    const changes = [change(1, 'die', main, false), ...handedOver.slice(0, 2)];
    const hand = { interferences: [{ from: 0, to: 2 }] };
    expect(complaints({ changes })).toEqual([
      expect.stringContaining('no healthy copy of acme after "die"'),
      expect.stringContaining('INV-11'),
    ]);
    expect(complaints({ changes, ...hand })).toEqual([]);
  });

  test('a copy that runs and is not healthy yet does not serve', () => {
    const starting = {
      ...change(2, 'start', next, true),
      container: { running: true, healthy: false, image: '' },
    };
    const changes = handedOver.map((one) => (one.action === 'start' ? starting : one));
    expect(complaints({ changes })).toEqual([expect.stringContaining('no healthy copy of acme after "die"')]);
  });

  test('INV-11: a stop-first update may interrupt, but not before the successor is made', () => {
    const late = [change(1, 'die', main, false), change(2, 'create', next, false)];
    const early = [change(1, 'create', next, false), change(2, 'die', main, false)];
    expect(complaints({ changes: late }, 'update-stop-first')).toEqual([expect.stringContaining('INV-11')]);
    expect(complaints({ changes: early }, 'update-stop-first')).toEqual([]);
  });

  test('INV-2: a third container of a tenant, unless another hand made it', () => {
    const third = { id: 'third', name: 'tenant_acme_runtime_again' };
    const made = [change(1, 'create', next, false), change(1.5, 'create', third, false)];
    const changes = [...made, change(1.8, 'destroy', third, null), ...handedOver.slice(1)];
    expect(complaints({ changes })).toEqual([expect.stringContaining('INV-2: acme has 3 containers')]);
    expect(complaints({ changes, interferences: [{ from: 1.2, to: 1.6 }] })).toEqual([]);
    const replaced = [...made.slice(0, 1), change(1.2, 'destroy', next, null), ...made.slice(1)];
    const healthy = change(1.6, 'start', third, true);
    expect(complaints({ changes: [...replaced, healthy, ...handedOver.slice(2, 4)] })).toEqual([]);
  });

  test('INV-18: a document that was found torn, unless the test itself damaged it', () => {
    const disk = new Map([['data/state/memory.json.damaged', '{']]);
    expect(complaints({ disk })).toEqual(['INV-18: data/state/memory.json was torn']);
    expect(complaints({ disk }, 'update', { expected, damaged: true })).toEqual([]);
  });

  test('INV-4: a neighbour in another run', () => {
    const identities = { tenant_globex_runtime: { id: 'g', startedAt: '2' } };
    const final = { comparable: expected.comparable, identities, inspected: '' };
    expect(complaints({ final })).toEqual([expect.stringContaining('INV-4: tenant_globex_runtime')]);
  });

  test('INV-1: more passes than it may need, or no recovery at all', () => {
    const rounds = [{ ...round, busyPasses: 3 }, round, round, round];
    expect(complaints({ recovery: { type: 'rounds', rounds } })).toEqual([expect.stringContaining('INV-1')]);
    const failed = {
      type: 'failed',
      code: 'docker/unreachable',
      name: 'ReconcilerError',
      message: 'no engine',
    } as const;
    expect(complaints({ recovery: failed })).toEqual(['INV-1: it does not recover: no engine']);
  });

  test('INV-3: a pass that still changes something', () => {
    const rounds = [round, round, { ...round, mutations: 1 }, round];
    expect(complaints({ recovery: { type: 'rounds', rounds } })).toEqual([expect.stringContaining('INV-3')]);
  });

  test('INV-15: a loop that leaves its work to the next reconciler, or does not say that it is done', () => {
    const idle = { type: 'rounds', rounds: [round, round, round, round] } as const;
    expect(complaints({ leftUndone: [], recovery: idle })).toEqual([]);
    expect(complaints({ leftUndone: [] })).toEqual([
      'INV-15: the loop left 3 changing calls to the one that came after it',
    ]);
    expect(complaints({ leftUndone: ['it follows a and not b'], recovery: idle })).toEqual([
      'INV-15: the loop did not get there by itself: it follows a and not b',
    ]);
  });

  test('a run that fails by what the reconciler does not know, in the run of the fault as well', () => {
    const failed = (code: string | null, name: string, message = 'x is undefined') =>
      ({ type: 'failed', code, name, message }) as const;
    expect(complaints({ outcomes: [failed('docker/timeout', 'ReconcilerError')] })).toEqual([]);
    expect(complaints({ outcomes: [failed(null, 'LostHistoryError')] })).toEqual([]);
    expect(complaints({ outcomes: [failed(null, 'TypeError')] })).toEqual([
      'a run failed by what it does not know: TypeError: x is undefined',
    ]);
    expect(complaints({ outcomes: [failed('ENOSPC', 'Error')] })).toHaveLength(1);
    const ended = { outcomes: [failed(null, 'Error', 'asked to end')] };
    expect(complaints(ended)).toHaveLength(1);
    expect(complaints({ ...ended, shutdown: true })).toEqual([]);
  });

  test('INV-14: a reply that is late, and in time, makes no run fail', () => {
    const failed = {
      type: 'failed',
      code: 'docker/timeout',
      name: 'ReconcilerError',
      message: 'late',
    } as const;
    expect(complaints({ outcomes: [failed], onlyLate: true })).toEqual([expect.stringContaining('INV-14')]);
  });

  test('a step that fails by what has no code, and an error of the language in the log', () => {
    const entry = (code: string, outcome: string) =>
      `${JSON.stringify({ value: { outcome, error: { code, message: 'EIO' } } })}\n{"torn`;
    const told = (text: string) => complaints({ disk: new Map([['data/state/history.jsonl', text]]) });
    expect(told(entry('internal', 'failed'))).toEqual(['a step failed by what it does not know: EIO']);
    expect(told(entry('internal', 'interrupted'))).toEqual([]);
    expect(told(entry('docker/failed', 'failed'))).toEqual([]);
    const line = (type: string) => `${JSON.stringify({ level: 50, err: { type, message: 'no' } })}\n`;
    expect(complaints({ output: line('ReferenceError') })).toEqual([
      'a mistake in the program: ReferenceError: no',
    ]);
    expect(complaints({ output: line('ReconcilerError') })).toEqual([]);
  });

  test('a process that ended by itself', () => {
    expect(complaints({ outcomes: [{ type: 'died' }] })).toEqual(['the process ended by itself']);
    expect(complaints({ outcomes: [{ type: 'killed' }] })).toEqual([]);
  });

  test('INV-2: another final state, told by its path', () => {
    const final = { comparable: { containers: { a: 1, b: 2 } }, identities: neighbour, inspected: '' };
    expect(complaints({ final })).toEqual([
      'INV-2: the final state differs: containers.b is 2 and should be missing',
    ]);
    expect(diff('', { a: { b: [1] } }, { a: { b: [2] } })).toEqual(['a.b is [2] and should be [1]']);
  });

  test('INV-2: a container is made with the limits of its time, which another hand may have chosen', () => {
    const madeWith = (nanoCpus: number | null, cpus: number) => {
      const made = nanoCpus === null ? {} : { [label.madeWith]: JSON.stringify({ nanoCpus }) };
      return { containers: { a: { labels: { [label.tenant]: 'acme', ...made }, cpus } } };
    };
    const told = (is: ReturnType<typeof madeWith>, meddled: boolean): number => {
      const final = { comparable: is, identities: neighbour, inspected: '' };
      const should = { comparable: madeWith(1, 3), phases: null };
      return complaints({ final }, 'update', { expected: should, meddled }).length;
    };
    expect(told(madeWith(1, 3), false)).toBe(0);
    expect(told(madeWith(2, 3), false)).toBe(1);
    expect(told(madeWith(2, 3), true)).toBe(0);
    expect(told(madeWith(null, 3), true)).toBe(1);
    expect(told(madeWith(2, 4), true)).toBe(1);
  });

  test('INV-5: a volume whose content is gone', () => {
    expect(complaints({ lost: ['tenant_acme_state'] })).toEqual([
      'INV-5: tenant_acme_state does not hold any more what was in it',
    ]);
  });

  test('INV-22: a secret as an environment variable is there, where it was asked for, and nowhere else', () => {
    const [value = ''] = site.canaries;
    const inspected = (text: string) => ({
      final: { comparable: expected.comparable, identities: neighbour, inspected: JSON.stringify([text]) },
    });
    expect(complaints(inspected(`API_KEY=${value}`), 'secret-as-env')).toEqual([]);
    expect(complaints(inspected(`API_KEY=${value}`))).toHaveLength(1);
    expect(complaints(inspected(`OTHER=${value}`), 'secret-as-env')).toHaveLength(1);
  });

  test('INV-22: a secret in a log, on the disk, in a label', () => {
    const [value = ''] = site.canaries;
    const base64 = Buffer.from(value).toString('base64');
    expect(complaints({ output: `token ${base64}` })).toContain(
      'INV-22: a secret in logs, plans and statuses, as base64',
    );
    expect(complaints({ disk: new Map([['data/x', value]]) })).toEqual([
      expect.stringContaining('a secret in data/x, as raw'),
    ]);
  });
});
