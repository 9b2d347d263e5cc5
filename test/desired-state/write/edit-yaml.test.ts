import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { deleteValue, insertItem, setScalar, setValue } from '../../../desired-state/write/edit-yaml.ts';

const tenant = `# yaml-language-server: $schema=x
apiVersion: tenantry.dev/v1
kind: Tenant
metadata: {name: acme, labels: {tier: pro}} # who
spec:
  # Who is called at night.
  owner: ops@acme.example

  runtime:
    state: running               # or stopped
    restart: "2026-11-21T10:00Z" # a token
    env:
      LOG_LEVEL: info
      # NODE_ENV: production
    secrets: [OPENAI_API_KEY]
    volumes:
      - {name: session, mountPath: /data/session}
      # the second
      - name: state   # kept
        mountPath: /data/state
  note: |-   # why
    one
    two

  drift: heal
  suspend:
# end
`;

describe('setting a value', () => {
  it('replaces only the characters of a scalar and keeps the comment behind it', () => {
    expect(setScalar(tenant, '/spec/runtime/state', 'stopped')).toBe(
      tenant.replace('state: running ', 'state: stopped '),
    );
  });

  it('keeps the quotes a scalar had', () => {
    expect(setScalar(tenant, '/spec/runtime/restart', '2026-11-22')).toContain(
      'restart: "2026-11-22" # a token',
    );
    expect(setScalar("a: 'it''s' # x\n", '/a', "that's")).toBe("a: 'that''s' # x\n");
  });

  it('quotes a plain scalar when it would read as something else', () => {
    expect(setScalar('a: info\n', '/a', 'yes')).toBe('a: "yes"\n');
    expect(setScalar('a: info\n', '/a', '1.10')).toBe('a: "1.10"\n');
    expect(setScalar('a: info\n', '/a', 'x: y # z')).toBe('a: "x: y # z"\n');
    expect(setScalar('a: {b: c}\n', '/a/b', 'x, y}')).toBe('a: {b: "x, y}"}\n');
  });

  it('inserts a missing key after its last sibling, with their indentation', () => {
    expect(setValue(tenant, '/spec/runtime/env/DEBUG', '1')).toBe(
      tenant.replace('      LOG_LEVEL: info\n', '      LOG_LEVEL: info\n      DEBUG: "1"\n'),
    );
  });

  it('makes the maps on the way to a missing key', () => {
    expect(setValue(tenant, '/spec/config/tz/name', 'Europe/Berlin')).toBe(
      tenant.replace('  suspend:\n', '  suspend:\n  config:\n    tz:\n      name: Europe/Berlin\n'),
    );
  });

  it('edits inside braces and brackets when the siblings stand there', () => {
    expect(setValue(tenant, '/metadata/labels/team', 'a')).toContain('labels: {tier: pro, team: a}} # who');
    expect(insertItem(tenant, '/spec/runtime/secrets', 'OTHER')).toContain(
      'secrets: [OPENAI_API_KEY, OTHER]\n',
    );
    expect(setValue('a: {b: 1,\n  c: 2, # x\n}\n', '/a/d', 3)).toBe('a: {b: 1,\n  c: 2, d: 3, # x\n}\n');
    expect(setValue('a: {}\n', '/a/b', 1)).toBe('a: {b: 1}\n');
  });

  it('writes a block where an empty map in braces gets a text of several lines', () => {
    expect(setValue('spec:\n  values: {} # none\nx: 1\n', '/spec/values/KEY', 'a\nb')).toBe(
      'spec:\n  values: # none\n    KEY: |-\n      a\n      b\nx: 1\n',
    );
  });

  it('fills a key that has no value yet', () => {
    expect(setValue(tenant, '/spec/suspend/reason', 'move')).toBe(
      tenant.replace('  suspend:\n', '  suspend:\n    reason: move\n'),
    );
    expect(setValue('a:\nb: 1\n', '/a', 'x')).toBe('a: x\nb: 1\n');
  });

  it('replaces a text of several lines and keeps what surrounds it', () => {
    expect(setValue(tenant, '/spec/note', 'three\nfour\nfive')).toBe(
      tenant.replace('    one\n    two\n', '    three\n    four\n    five\n'),
    );
    expect(setValue(tenant, '/spec/note', 'short')).toBe(
      tenant.replace('  note: |-   # why\n    one\n    two\n', '  note: short   # why\n'),
    );
  });

  it('turns a scalar into a block and a block into a scalar', () => {
    const block = setValue('a: 1 # why\nb: 2\n', '/a', { c: { d: [1] } });
    expect(block).toBe('a: # why\n  c:\n    d:\n      - 1\nb: 2\n');
    expect(setValue(block, '/a', 1)).toBe('a: 1 # why\nb: 2\n');
  });

  it('appends to a list of dashes, with the dash in their column', () => {
    const more = insertItem(tenant, '/spec/runtime/volumes', { name: 'cache', mountPath: '/c' });
    expect(more).toBe(
      tenant.replace(
        '        mountPath: /data/state\n',
        '        mountPath: /data/state\n      - name: cache\n        mountPath: /c\n',
      ),
    );
  });

  it('replaces an item of a list', () => {
    expect(setValue('a:\n  - x # one\n  - y\n', '/a/0', 'z')).toBe('a:\n  - z # one\n  - y\n');
    expect(setValue('a:\n  - x\n  - y\n', '/a/0', { b: 1, c: 2 })).toBe('a:\n  - b: 1\n    c: 2\n  - y\n');
  });

  it('keeps Windows line ends and a missing newline at the end', () => {
    expect(setValue('a:\r\n  b: 1\r\n', '/a/c', 2)).toBe('a:\r\n  b: 1\r\n  c: 2\r\n');
    expect(setValue('a: 1', '/b', 2)).toBe('a: 1\nb: 2');
  });

  it('changes nothing when the value is already there', () => {
    expect(setValue(tenant, '/spec/runtime/secrets', ['OPENAI_API_KEY'])).toBe(tenant);
  });

  it('writes a document below the comments of an otherwise empty file', () => {
    expect(setValue('# nothing yet\n', '/spec/a', 1)).toBe('# nothing yet\nspec:\n  a: 1\n');
  });
});

describe('deleting a value', () => {
  it('removes the lines of a key and keeps the comment lines around it', () => {
    expect(deleteValue(tenant, '/spec/owner')).toBe(tenant.replace('  owner: ops@acme.example\n', ''));
    expect(deleteValue(tenant, '/spec/note')).toBe(
      tenant.replace('  note: |-   # why\n    one\n    two\n', ''),
    );
  });

  it('writes an empty map where the last key goes', () => {
    expect(deleteValue(tenant, '/spec/runtime/env/LOG_LEVEL')).toBe(
      tenant.replace('    env:\n      LOG_LEVEL: info\n', '    env: {}\n'),
    );
  });

  it('removes an item between commas', () => {
    expect(deleteValue('a: {b: 1, c: 2, d: 3}\n', '/a/c')).toBe('a: {b: 1, d: 3}\n');
    expect(deleteValue('a: {b: 1, c: 2}\n', '/a/c')).toBe('a: {b: 1}\n');
    expect(deleteValue('a: [x]\n', '/a/0')).toBe('a: []\n');
  });

  it('removes the key behind a dash and moves the next one there', () => {
    expect(deleteValue(tenant, '/spec/runtime/volumes/1/name')).toBe(
      tenant.replace('- name: state   # kept\n        mountPath', '- mountPath'),
    );
    expect(deleteValue(tenant, '/spec/runtime/volumes/0')).toBe(
      tenant.replace('      - {name: session, mountPath: /data/session}\n', ''),
    );
  });

  it('leaves the text alone when the value is not there', () => {
    expect(deleteValue(tenant, '/spec/nothing/here')).toBe(tenant);
  });
});

describe('what cannot be edited', () => {
  it('is refused with the place in the file when the YAML is broken', () => {
    expect(() => setScalar('a: 1\nb: [\n', '/a', 2)).toThrow(/line \d+, column \d+/);
    expect(() => setScalar('a: 1\na: 2\n', '/a', 2)).toThrow(/line 2, column 1/);
  });

  it('is refused when a pointer leads through a single value or past a list', () => {
    expect(() => setValue('a: 1\n', '/a/b', 2)).toThrow(/single value/);
    expect(() => setValue('a: [1]\n', '/a/5', 2)).toThrow(/list of 1/);
    expect(() => setScalar(tenant, '/spec/runtime', 'x')).toThrow(/map or a list/);
    expect(() => setValue(tenant, '', {})).toThrow(/whole document/);
  });

  it('is refused when the document uses aliases', () => {
    expect(() => setValue('a: &x {b: 1}\nc: *x\n', '/a/b', 2)).toThrow(/[Aa]lias/);
  });

  it('never gives a key the meaning of a prototype', () => {
    expect(() => setValue('a: 1\n', '/__proto__/x', 1)).toThrow(/__proto__/);
    expect(parse('a: 1')).toEqual({ a: 1 });
  });
});
