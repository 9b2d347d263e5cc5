import { describe, expect, test } from 'vitest';
import { EventLog, seenAfter, tenantOf } from '../../reconciler/causes.ts';
import type { Change } from '../../reconciler/plan/change.ts';
import { changeKey } from '../../reconciler/plan/changes.ts';
import type { EngineEvent } from '../../reconciler/ports.ts';
import { label } from '../../renderers/labels.ts';

const event = (action: string, time: number, attributes: Record<string, string> = {}): EngineEvent => ({
  type: 'container',
  action,
  id: '4f2c',
  name: 'tenant_acme_runtime',
  attributes,
  time,
});
const drift = (path: string): Change => ({
  resource: { kind: 'container', name: 'tenant_acme_runtime' },
  kind: 'update',
  fields: [{ path }],
  cause: 'drift',
});
const gone: Change = { ...drift(''), kind: 'create', fields: [] };

/** A log in which all of this happened to one tenant, in order. */
function logOf(...events: EngineEvent[]): EventLog {
  const log = new EventLog();
  for (const each of events) log.add('acme', each);
  return log;
}

describe('the event that made a difference', () => {
  test.each<[string, Change, EngineEvent, string]>([
    ['a container that ended', drift('running'), event('die', 5, { exitCode: '137' }), 'exit code 137'],
    [
      'a container that was paused',
      drift('running'),
      event('pause', 5, { name: 'tenant_acme_runtime' }),
      'tenant_acme_runtime',
    ],
    [
      'memory',
      drift('memoryBytes'),
      event('update', 5, { name: 'tenant_acme_runtime' }),
      'tenant_acme_runtime',
    ],
    ['a network that was left', drift('networks'), event('disconnect', 5, { name: 'bridge' }), 'bridge'],
    ['a container that was removed', gone, event('destroy', 5, {}), ''],
    ['a container that was renamed', gone, event('rename', 5, { name: 'other' }), 'other'],
  ])('%s', (_, change, happened, detail) => {
    const log = logOf(event('start', 1), happened, event('exec_start: sh', 9));
    expect(log.explain('acme', change)).toEqual({ action: happened.action, time: 5, detail });
  });

  test('is the newest of its kind', () => {
    const log = logOf(event('update', 1), event('update', 2), event('die', 3));
    expect(log.explain('acme', drift('pids'))?.time).toBe(2);
  });

  test('is none for what an event cannot have made, for a commit, and for a neighbour', () => {
    const log = logOf(event('die', 1), event('update', 2));
    expect(log.explain('acme', drift('env.LOG_LEVEL'))).toBeNull();
    expect(log.explain('acme', { ...drift('pids'), cause: 'commit' })).toBeNull();
    expect(log.explain('globex', drift('pids'))).toBeNull();
  });

  test('is kept however much else happens: of each action the newest, and no more', () => {
    const log = logOf(event('update', 1));
    for (let time = 2; time < 1_000; time += 1) log.add('acme', event('die', time));
    expect(log.explain('acme', drift('pids'))?.time).toBe(1);
    expect(log.explain('acme', drift('running'))?.time).toBe(999);
  });

  test('is the one that came last, also where an action came again', () => {
    const log = logOf(event('die', 1), event('start', 2), event('die', 3));
    expect(log.explain('acme', drift('running'))).toMatchObject({ action: 'die', time: 3 });
  });

  test('is forgotten after a look that found nothing of it left, and only what was before that look', () => {
    const log = logOf(event('update', 10), event('die', 30));
    log.add('globex', event('update', 10));
    log.forget(20, (name) => name === 'acme');
    expect(log.explain('acme', drift('pids'))).toBeNull();
    expect(log.explain('acme', drift('running'))?.time).toBe(30);
    expect(log.explain('globex', drift('pids'))?.time).toBe(10);
  });
});

test('an event belongs to the tenant that its labels name, and a stranger to none', () => {
  const owner = { platform: 'demo', node: 'worker-1' };
  const ours = { [label.platform]: 'demo', [label.node]: 'worker-1', [label.tenant]: 'acme' };
  expect(tenantOf(event('die', 1, ours), owner)).toBe('acme');
  expect(tenantOf(event('die', 1, { name: 'tenant_acme_runtime' }), owner)).toBeNull();
  expect(tenantOf(event('die', 1, { ...ours, [label.platform]: 'other' }), owner)).toBeNull();
});

describe('what is known of differences after a pass', () => {
  const pids = drift('pids');
  const key = changeKey(pids);

  test('a new one begins with the event that made it', () => {
    const seen = seenAfter('acme', [pids], {}, logOf(event('update', 50)), 100);
    expect(seen).toEqual({ [key]: { since: 50, event: { action: 'update', time: 50, detail: '' } } });
  });

  test('a new one without an event begins now', () => {
    expect(seenAfter('acme', [pids], {}, new EventLog(), 100)).toEqual({ [key]: { since: 100 } });
  });

  test('one that was there keeps its beginning and its event, whatever happened since', () => {
    const before = { [key]: { since: 50, event: { action: 'update', time: 50, detail: '' } } };
    expect(seenAfter('acme', [pids], before, logOf(event('update', 70)), 100)).toEqual(before);
  });

  test('one that was seen before its event came gets it afterwards, unless it happened later', () => {
    const before = { [key]: { since: 60 } };
    const explained = { since: 50, event: { action: 'update', time: 50, detail: '' } };
    expect(seenAfter('acme', [pids], before, logOf(event('update', 50)), 100)).toEqual({ [key]: explained });
    expect(seenAfter('acme', [pids], before, logOf(event('update', 70)), 100)).toEqual(before);
  });

  test('one that is gone is forgotten, and begins anew when it comes back', () => {
    expect(seenAfter('acme', [], { [key]: { since: 50 } }, new EventLog(), 100)).toEqual({});
    expect(seenAfter('acme', [pids], {}, new EventLog(), 200)).toEqual({ [key]: { since: 200 } });
  });
});
