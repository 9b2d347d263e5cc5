import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSchema } from '../../../../schemas/kinds.ts';
import { parseDocument } from '../../../../schemas/validate.ts';
import { keptFor } from '../../../../web/ui/edit/kept.ts';
import { checkText } from '../../../../web/ui/form/check.ts';
import { Drafts, followed } from '../../../../web/ui/form/drafts.ts';
import { editText } from '../../../../web/ui/form/edit-text.ts';
import { type Field, formOf } from '../../../../web/ui/form/model.ts';
import type { JsonSchema } from '../../../../web/ui/form/schema.ts';
import { root } from '../../../support/source-files.ts';

const schema = readSchema('Tenant') as JsonSchema;
const path = 'tenants/acme/tenant.yaml';
const acme = readFileSync(join(root, 'desired-state/starter', path), 'utf8');
const change = (pointer: string, value: Parameters<typeof editText>[2]): string => {
  const edited = editText(acme, pointer, value);
  if ('refused' in edited) throw new Error(edited.refused);
  return edited.text;
};
const all = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) => [field, ...('fields' in field ? all(field.fields) : [])]);
const at = (pointer: string, editable: readonly string[] = ['']): Field | undefined =>
  all(formOf(schema, checkText(acme, schema).value, editable)).find((field) => field.pointer === pointer);

describe('a form from the JSON Schema', () => {
  test('has a control for each kind of field, with the description and the default of the schema', () => {
    expect(at('/spec/owner')).toMatchObject({ kind: 'text', value: 'ops@acme.example', required: true });
    expect(at('/spec/runtime/state')).toMatchObject({
      kind: 'choice',
      options: ['running', 'stopped'],
      value: 'running',
    });
    expect(at('/spec/runtime/resources/cpus')).toMatchObject({ kind: 'number', value: 0.5 });
    expect(at('/spec/runtime/readOnlyRoot')).toMatchObject({
      kind: 'yes-no',
      value: null,
      fallback: true,
      said: false,
    });
    expect(at('/spec/runtime/env')).toMatchObject({ kind: 'pairs', value: [['LOG_LEVEL', 'debug']] });
    expect(at('/spec/library/prompts')).toMatchObject({ kind: 'texts', value: ['house-style'] });
    expect(at('/spec/runtime/volumes/1/backup')).toMatchObject({ kind: 'yes-no', value: true });
    expect(at('/spec/drift')?.description).toContain('undoes what others changed');
  });

  test('leaves out what names the document', () => {
    expect(['/apiVersion', '/kind', '/metadata/name'].map((pointer) => at(pointer))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('opens only what the caller may change', () => {
    expect(at('/spec/config', ['/spec/config'])?.editable).toBe(true);
    expect(at('/spec/image', ['/spec/config'])?.editable).toBe(false);
    expect(at('/spec/runtime/env', ['/spec/runtime/env'])?.editable).toBe(true);
    expect(at('/spec/runtime', ['/spec/runtime/env'])?.editable).toBe(false);
  });

  test('edits the text and keeps its comments, its order and its quotes', () => {
    const edited = change('/spec/runtime/state', 'stopped');
    expect(edited).toBe(acme.replace('state: running  ', 'state: stopped  '));
    expect(change('/spec/runtime/resources/memory', '512Mi')).toContain('{memory: 512Mi, cpus: 0.5}');
    expect(change('/spec/runtime/env/NEW', 'yes')).toContain('      NEW: "yes"\n');
    expect(change('/spec/plan', undefined)).toBe(acme.replace('  plan: pro\n', ''));
  });

  test('says why a text that is no YAML cannot be edited', () => {
    expect(editText('a: [', '/a', 'b')).toHaveProperty('refused');
  });
});

describe('the check in the editor', () => {
  const broken = [
    acme.replace('node: worker-1', 'nod: worker-1'),
    acme.replace('state: running', 'state: runing'),
    acme.replace('cpus: 0.5', 'cpus: "0.5"'),
    acme.replace('LOG_LEVEL: debug', 'LOG_LEVEL: 7'),
    acme.replace('LOG_LEVEL: debug', '1BAD: x'),
    acme.replace('owner: ops@acme.example', 'owner: nobody'),
    acme.replace('prompts: [house-style]', 'prompts: [a-b, a-b]'),
    acme.replace('channel: production', ''),
    acme.replace('memory: 384Mi', 'memory: 384MB'),
    acme.replace('enabled: true', 'enabled: yes'),
    acme.replace('spec:', 'spec: [').replace('  owner', 'owner'),
    acme.replace('  plan: pro', '  plan: pro\n  plan: free'),
  ];

  test.each(broken.map((text, index) => [index, text] as const))(
    'finds in text %i what the server finds, in the same words, at the same place',
    (_index, text) => {
      const server = parseDocument(path, new TextEncoder().encode(text)).problems;
      const page = checkText(text, schema).problems;
      expect(server.length).toBeGreaterThan(0);
      expect(page.map(({ line, column, message, code }) => ({ line, column, message, code }))).toEqual(
        server.map(({ line, column, message, code }) => ({ line, column, message, code })),
      );
    },
  );

  test('finds nothing in what is valid', () => {
    expect(checkText(acme, schema)).toMatchObject({ problems: [], value: { kind: 'Tenant' } });
  });
});

describe('a draft', () => {
  const file = { base: 'new', text: 'b' };

  test('follows Git while nobody has changed it', () => {
    expect(followed({ base: 'old', original: 'a', text: 'a' }, file)).toEqual({
      base: 'new',
      original: 'b',
      text: 'b',
    });
  });

  test('stays, with the revision it began from, when both have changed', () => {
    const mine = { base: 'old', original: 'a', text: 'mine' };
    expect(followed(mine, file)).toEqual(mine);
  });

  test('moves to a newer revision in which its own file is the same', () => {
    expect(followed({ base: 'old', original: 'b', text: 'mine' }, file)).toEqual({
      base: 'new',
      original: 'b',
      text: 'mine',
    });
  });

  const inTab = () => {
    const held = new Map<string, string>();
    return {
      held,
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => void held.set(key, value),
      removeItem: (key: string) => void held.delete(key),
    };
  };

  test('is kept while it differs, and forgotten when it does not', () => {
    const tab = inTab();
    const drafts = new Drafts(keptFor('ada', tab));
    drafts.keep('/x', { base: 'o', original: 'a', text: 'b' });
    expect(drafts.of('/x')?.text).toBe('b');
    drafts.keep('/x', { base: 'o', original: 'b', text: 'b' });
    expect(drafts.of('/x')).toBeNull();
    expect([drafts.size, tab.held.size]).toEqual([0, 0]);
  });

  test('is there again when the tab was loaded anew, for the same person alone', () => {
    const tab = inTab();
    const draft = { base: 'o', original: 'a', text: 'b' };
    new Drafts(keptFor('ada', tab)).keep('/x', draft);
    expect(new Drafts(keptFor('ada', tab)).of('/x')).toEqual(draft);
    expect(new Drafts(keptFor('eve', tab)).of('/x')).toBeNull();
  });

  test('is passed over where the tab holds something else than drafts, and kept in memory where it is full', () => {
    const tab = inTab();
    tab.held.set('tenantry/ada/drafts', '{"/x": {"base": 1}, "/y": null}');
    tab.held.set('tenantry/eve/drafts', 'no JSON');
    expect(new Drafts(keptFor('ada', tab)).size).toBe(0);
    expect(new Drafts(keptFor('eve', tab)).size).toBe(0);
    const full = new Drafts(
      keptFor('ada', {
        ...inTab(),
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      }),
    );
    full.keep('/x', { base: 'o', original: 'a', text: 'b' });
    expect(full.of('/x')?.text).toBe('b');
  });

  test('that no commit knows yet is found by its folder', () => {
    const drafts = new Drafts(keptFor('ada', inTab()));
    drafts.keep('/p/new', { base: 'o', original: '', text: 'b' });
    drafts.keep('/p/old', { base: 'o', original: 'a', text: 'b' });
    drafts.keep('/pp/other', { base: 'o', original: '', text: 'b' });
    drafts.keep('/p/two%20words', { base: 'o', original: '', text: 'b' });
    expect(drafts.begunBelow('/p', [])).toEqual(['new', 'two words']);
    expect(drafts.begunBelow('/p', ['new'])).toEqual(['two words']);
  });
});
