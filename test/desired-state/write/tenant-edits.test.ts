import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addTenant } from '../../../desired-state/write/add-tenant.ts';
import type { SourceFiles } from '../../../desired-state/write/edit.ts';
import { EditError } from '../../../desired-state/write/edit-error.ts';
import { valueAt } from '../../../desired-state/write/json-value.ts';
import { parseAssignment, parseFieldPath, setFields } from '../../../desired-state/write/set-fields.ts';
import { sourceOf } from '../../../desired-state/write/source-at.ts';
import {
  removeTenant,
  restart,
  resume,
  rollback,
  setState,
  suspend,
} from '../../../desired-state/write/tenant-edits.ts';
import { accepted, lineChanges, starterSource } from './proposals.ts';

const acme = 'tenants/acme/tenant.yaml';
const now = new Date('2026-11-21T10:00:00.000Z');
let source: SourceFiles;

beforeAll(async () => {
  source = await starterSource();
});

function field(files: SourceFiles, path: string, ...at: string[]): unknown {
  return valueAt(parse(files.read(path) ?? ''), at);
}

describe('starting and stopping a tenant', () => {
  it('changes one word of one line and says so in the subject', () => {
    const stop = setState(source, 'acme', 'stopped');
    expect(lineChanges(stop, acme)).toEqual({
      removed: ['    state: running   # running or stopped'],
      added: ['    state: stopped   # running or stopped'],
    });
    expect(stop).toMatchObject({ verb: 'stop', subject: 'acme: stop the runtime' });
    accepted(source, stop);
  });

  it('writes the state into a file that left it to the default', () => {
    const stop = setState(source, 'globex', 'stopped');
    expect(lineChanges(stop, 'tenants/globex/tenant.yaml')).toEqual({
      removed: [],
      added: ['    state: stopped'],
    });
    accepted(source, stop);
  });

  it('has nothing to do for a tenant that is in that state', () => {
    expect(setState(source, 'initech', 'stopped').edits).toEqual([]);
  });

  it('names the nearest tenant when there is none of that name', () => {
    expect(() => setState(source, 'acmee', 'stopped')).toThrow(
      'There is no tenant "acmee". Did you mean "acme"?',
    );
  });
});

describe('restarting a tenant', () => {
  it('takes a token that it never had, even twice in one millisecond', () => {
    const first = restart(source, 'acme', now);
    const after = accepted(source, first);
    const second = accepted(after, restart(after, 'acme', now));
    expect(field(after, acme, 'spec', 'runtime', 'restart')).toBe('2026-11-21T10:00:00.000Z');
    expect(field(second, acme, 'spec', 'runtime', 'restart')).toBe('2026-11-21T10:00:00.000Z+1');
  });
});

describe('setting fields', () => {
  it('sets one field in place and describes it', () => {
    const set = setFields(source, 'acme', [parseAssignment('runtime.env.LOG_LEVEL=warn')]);
    expect(set.subject).toBe('acme: set runtime.env.LOG_LEVEL to warn');
    expect(lineChanges(set, acme)).toEqual({
      removed: ['      LOG_LEVEL: debug'],
      added: ['      LOG_LEVEL: warn'],
    });
    accepted(source, set);
  });

  it('takes a text where the schema wants one, and YAML elsewhere', () => {
    expect(parseAssignment('runtime.env.PORT=8080').value).toBe('8080');
    expect(parseAssignment('spec.runtime.restart=2').value).toBe('2');
    expect(parseAssignment('metadata.labels.team=007').value).toBe('007');
    expect(parseAssignment('runtime.resources.cpus=0.25').value).toBe(0.25);
    expect(parseAssignment('whatsapp.enabled=false').value).toBe(false);
    expect(parseAssignment('library.prompts=[a, b]').value).toEqual(['a', 'b']);
    expect(parseAssignment('config.limits={a: 1}').value).toEqual({ a: 1 });
    expect(parseAssignment('runtime.env.URL=a=b').value).toBe('a=b');
  });

  it('takes a JSON pointer for keys with dots', () => {
    expect(parseAssignment('/metadata/labels/example.com~1team=a').path).toEqual([
      'metadata',
      'labels',
      'example.com/team',
    ]);
    expect(parseFieldPath('runtime.env.X')).toEqual(['spec', 'runtime', 'env', 'X']);
  });

  it('makes several changes one commit, removals among them', () => {
    const set = setFields(source, 'acme', [
      parseAssignment('runtime.env.NEW=1'),
      { path: parseFieldPath('runtime.env.LOG_LEVEL') },
      parseAssignment('drift=report'),
    ]);
    expect(set.subject).toBe('acme: change 3 fields');
    expect(set.body).toEqual([
      'set runtime.env.NEW to 1',
      'remove runtime.env.LOG_LEVEL',
      'set drift to report',
    ]);
    const after = accepted(source, set);
    expect(field(after, acme, 'spec', 'runtime', 'env')).toEqual({ NEW: '1' });
  });

  it('refuses what is no assignment', () => {
    for (const text of ['x', '=x', 'a..b=1', 'config.x=[1', 'config.x=*a']) {
      expect(() => parseAssignment(text), text).toThrow(EditError);
    }
  });

  it('is not committed when the result breaks a rule, and says where', () => {
    const set = setFields(source, 'acme', [parseAssignment('runtime.stat=stopped')]);
    try {
      accepted(source, set);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(EditError);
      expect(error).toMatchObject({ code: 'edit/invalid', problems: [{ path: acme, severity: 'error' }] });
    }
  });

  it("is not kept from happening by errors in other people's files", () => {
    const broken = new Map(source.list().map((path) => [path, source.read(path) ?? '']));
    broken.set('tenants/globex/tenant.yaml', 'kind: [');
    const withError = sourceOf(broken);
    accepted(withError, setState(withError, 'acme', 'stopped'));
    expect(() => accepted(withError, setState(withError, 'globex', 'stopped'))).toThrow(
      /globex\/tenant\.yaml: line/,
    );
  });
});

describe('suspending a tenant', () => {
  it('is written with its end, reason and owner, and taken out again without a trace', () => {
    const until = new Date('2026-12-01T00:00:00Z');
    const held = accepted(
      source,
      suspend(source, 'acme', { until, reason: 'moving: data', owner: 'ops@example.com' }, now),
    );
    expect(field(held, acme, 'spec', 'suspend')).toEqual({
      until: '2026-12-01T00:00:00Z',
      reason: 'moving: data',
      owner: 'ops@example.com',
    });
    expect(accepted(held, resume(held, 'acme')).read(acme)).toBe(source.read(acme));
    expect(resume(source, 'acme').edits).toEqual([]);
  });

  it('must end in the future', () => {
    const until = { until: now, reason: 'x', owner: 'ops@example.com' };
    expect(() => suspend(source, 'acme', until, now)).toThrow(/lie ahead/);
    expect(() => suspend(source, 'acme', { ...until, until: new Date('never') }, now)).toThrow(/lie ahead/);
  });
});

describe('adding a tenant', () => {
  const hooli = {
    name: 'hooli',
    owner: 'ops@hooli.example',
    node: 'worker-1',
    channel: 'staging',
    plan: 'free',
    subdomain: 'hooli',
  };

  it('writes a file that validates, with comments that teach and the line for editors', () => {
    const after = accepted(source, addTenant(source, hooli));
    const text = after.read('tenants/hooli/tenant.yaml') ?? '';
    expect(text.split('\n')[0]).toBe(
      '# yaml-language-server: $schema=../../.tenantry/schemas/tenant.schema.json',
    );
    expect(parse(text)).toMatchObject({
      metadata: { name: 'hooli' },
      spec: { plan: 'free', subdomain: 'hooli' },
    });
    accepted(source, addTenant(source, { ...hooli, plan: null, subdomain: null }));
  });

  it('quotes a name that YAML would take for a number', () => {
    accepted(source, addTenant(source, { ...hooli, name: '0042' }));
  });

  it('refuses a name that is taken or leads elsewhere, and a node or channel that is not there', () => {
    expect(() => addTenant(source, { ...hooli, name: 'acme' })).toThrow(/exists already/);
    expect(() => addTenant(source, { ...hooli, name: '../channels' })).toThrow(/DNS label/);
    expect(() => addTenant(source, { ...hooli, node: 'worker-2' })).toThrow('Did you mean "worker-1"?');
    expect(() => addTenant(source, { ...hooli, channel: 'stagin' })).toThrow('Did you mean "staging"?');
  });
});

describe('removing a tenant', () => {
  it('deletes its folder and nothing else', () => {
    const remove = removeTenant(source, 'acme');
    const after = accepted(source, remove);
    expect(after.list().filter((path) => path.startsWith('tenants/acme/'))).toEqual([]);
    expect(after.list().length).toBe(source.list().length - 3);
    expect(remove.folders).toEqual(['tenants/acme/']);
  });
});

describe('rolling a tenant back', () => {
  it('restores its whole folder and leaves what it shares alone', () => {
    const files = new Map(source.list().map((path) => [path, source.read(path) ?? '']));
    files.set(acme, (files.get(acme) ?? '').replace('debug', 'warn'));
    files.set(
      'tenants/acme/prompts/new.yaml',
      files.get('tenants/acme/prompts/greeting.yaml')?.replace('greeting', 'new') ?? '',
    );
    files.delete('tenants/acme/skills/order-status.yaml');
    files.set('channels/production.yaml', `${files.get('channels/production.yaml')}# later\n`);
    const later = sourceOf(files);
    const back = rollback(later, { revision: 'a'.repeat(40), files: source }, 'acme');
    const after = accepted(later, back);
    for (const path of source.list().filter((name) => name.startsWith('tenants/acme/'))) {
      expect(after.read(path)).toBe(source.read(path));
    }
    expect(after.read('tenants/acme/prompts/new.yaml')).toBeNull();
    expect(after.read('channels/production.yaml')).toMatch(/# later/);
    expect(back.subject).toBe(`acme: return to ${'a'.repeat(12)}`);
  });

  it('brings a removed tenant back, and refuses one that was never there', () => {
    const gone = accepted(source, removeTenant(source, 'acme'));
    const back = accepted(gone, rollback(gone, { revision: 'b'.repeat(40), files: source }, 'acme'));
    expect(back.read(acme)).toBe(source.read(acme));
    expect(() => rollback(source, { revision: 'b'.repeat(40), files: gone }, 'acme')).toThrow(
      /There was no tenant/,
    );
  });
});
