import { describe, expect, test } from 'vitest';
import { dockerActions, needsLoop } from './actions.ts';
import { eventSubject } from './events.ts';
import { callOf, KeyCounter } from './keys.ts';

const id = 'a'.repeat(64);
const named = (ref: string): string | undefined => (ref === id ? 'tenant_acme_runtime' : undefined);
const keyOf = (method: string, url: string, body: unknown = null): string =>
  new KeyCounter().next(callOf(method, url, body, named)).full;

describe('keys of Docker calls', () => {
  test.each([
    ['GET', '/containers/json?all=true', 'GET /containers/json#1'],
    ['GET', `/containers/${id}/json`, 'GET /containers/{id}/json tenant_acme_runtime#1'],
    ['POST', '/containers/create?name=x', 'POST /containers/create x#1'],
    ['POST', `/v1.41/containers/${id}/start`, 'POST /containers/{id}/start tenant_acme_runtime#1'],
    ['DELETE', `/containers/${id}?force=true`, 'DELETE /containers/{id} tenant_acme_runtime#1'],
    [
      'GET',
      '/images/registry.example.com/a/b:v1.0.0/json',
      'GET /images/{name}/json registry.example.com/a/b:v1.0.0#1',
    ],
    ['POST', '/images/create?fromImage=r/a&tag=v1.0.0', 'POST /images/create r/a:v1.0.0#1'],
    ['GET', '/events?filters=%7B%7D', 'GET /events#1'],
    ['DELETE', '/volumes/tenant_acme_state', 'DELETE /volumes/{name} tenant_acme_state#1'],
  ])('%s %s is %s', (method, url, key) => {
    expect(keyOf(method, url)).toBe(key);
  });

  test('what is made is named by the query or by the body', () => {
    expect(keyOf('POST', '/volumes/create', { Name: 'data' })).toBe('POST /volumes/create data#1');
  });

  test('occurrences are counted for each thing, and beside that for all of a kind', () => {
    const counter = new KeyCounter();
    const start = (name: string) =>
      counter.next({ method: 'POST', template: '/containers/{id}/start', subject: name });
    expect(start('a')).toEqual({
      full: 'POST /containers/{id}/start a#1',
      plain: 'POST /containers/{id}/start#1',
    });
    expect(start('b')).toEqual({
      full: 'POST /containers/{id}/start b#1',
      plain: 'POST /containers/{id}/start#2',
    });
    expect(start('a').full).toBe('POST /containers/{id}/start a#2');
    expect(counter.seen).toHaveLength(3);
  });

  test('an event is keyed by its kind, its action and its name', () => {
    const line = JSON.stringify({
      Type: 'container',
      Action: 'health_status: healthy',
      Actor: { ID: id, Attributes: { name: 'x' } },
    });
    expect(eventSubject(line)).toBe('container/health_status x');
  });
});

describe('actions at a key', () => {
  test('every change can be killed around, refused, lost and delayed', () => {
    expect(dockerActions('POST /containers/create x#1')).toEqual(
      expect.arrayContaining([
        'kill-before',
        'kill-between',
        'kill-after',
        'status-409',
        'drop-reply',
        'hang',
      ]),
    );
  });

  test('a list can be stale, and another hand can follow it', () => {
    expect(dockerActions('GET /containers/json#2')).toEqual(
      expect.arrayContaining(['stale', 'stale-oldest', 'meddle-remove', 'meddle-take-name']),
    );
    expect(dockerActions('GET /info#1')).not.toContain('stale');
  });

  test('events are for a reconciler that goes on', () => {
    expect(dockerActions('EVENT container/die x#1')).toEqual(['swallow', 'repeat', 'reorder']);
    expect(needsLoop('EVENT container/die x#1')).toBe(true);
    expect(needsLoop('POST /containers/create x#1')).toBe(false);
  });
});
