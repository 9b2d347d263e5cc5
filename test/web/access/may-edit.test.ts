import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { fileTable } from '../../../web/access/files.ts';
import { editablePointers, mayEdit } from '../../../web/access/may-edit.ts';
import type { Role } from '../../../web/api/models/platform.ts';
import type { Caller } from '../../../web/ports.ts';

function caller(role: Role | null, owns: readonly string[] = []): Caller {
  const person = { name: 'Ada', email: 'ada@example.com' };
  const owned = new Set(owns);
  return {
    id: '1',
    person,
    role,
    tenants: role === 'tenant-owner' ? owned : null,
    owns: owned,
    via: 'session',
  };
}
const owner = caller('tenant-owner', ['acme']);
const file = 'tenants/acme/tenant.yaml';
const pointers = (who: Caller, path: string, before: string | null, after: string | null) =>
  mayEdit(who, path, before, after).map(({ pointer }) => pointer);

const before = `apiVersion: tenantry.dev/v1
kind: Tenant
metadata: {name: acme}
spec:
  owner: ada@example.com
  node: worker-1
  channel: production
  runtime: {env: {A: b}, volumes: [{name: data, mountPath: /data}]}
`;

describe('an owner in the file of his tenant', () => {
  test.each([
    ['configuration', '  config: {timezone: Europe/Berlin}\n'],
    ['WhatsApp tokens where there are none', '  whatsapp: {pairing: "2", disconnect: "1"}\n'],
    ['comments', '# mine\n'],
    ['an empty map on the way to something that is his', '  whatsapp: {}\n'],
  ])('may change %s', (_what, lines) => {
    expect(pointers(owner, file, before, before + lines)).toEqual([]);
    expect(pointers(owner, file, before + lines, before)).toEqual([]);
  });

  test.each([
    ['state: stopped', []],
    ['restart: "7"', []],
    ['state: stopped, resources: {memory: 8Gi}', ['/spec/runtime/resources']],
    ['user: root', ['/spec/runtime/user']],
    ['secrets: [OTHER]', ['/spec/runtime/secrets']],
  ])('with {%s} in `runtime` is refused %j', (entry, refused) => {
    const after = before.replace('runtime: {', `runtime: {${entry}, `);
    expect(pointers(owner, file, before, after)).toEqual(refused);
  });

  test.each([
    ['node: worker-1', 'node: worker-2', '/spec/node'],
    ['channel: production', 'image: evil.example/x:v1.0.0', '/spec/image'],
    ['owner: ada@', 'owner: eve@', '/spec/owner'],
    ['env: {A: b}', 'env: {A: c}', '/spec/runtime/env/A'],
    ['mountPath: /data', 'mountPath: /other', '/spec/runtime/volumes'],
    ['name: acme', 'name: globex', '/metadata/name'],
    ['kind: Tenant', 'kind: Platform', '/kind'],
  ])('may not make %s into %s', (old, wanted, pointer) => {
    expect(pointers(owner, file, before, before.replace(old, wanted))).toContain(pointer);
  });

  test.each([
    'drift: report',
    'plan: pro',
    'subdomain: x',
    'suspend: {until: x}',
    'whatsapp: {enabled: true}',
  ])('may not add %s', (line) =>
    expect(pointers(owner, file, before, `${before}  ${line}\n`)).toHaveLength(1),
  );

  test.each([
    ['null where a map was', before.replace(/runtime: .*/, 'runtime: null')],
    ['null where nothing was', `${before}  whatsapp: null\n`],
    ['a list where a map was', before.replace(/runtime: .*/, 'runtime: []')],
    ['a key twice', `${before}  config: {a: 1}\n  config: {b: 1}\n`],
    ['an anchor', before.replace('spec:', 'spec: &x')],
    ['an alias that merges', `${before}  config: {<<: *x}\n`],
    ['an empty text', ''],
    ['two documents', `${before}---\n${before}`],
  ])('may not write %s', (_what, after) => {
    expect(pointers(owner, file, before, after)).not.toEqual([]);
  });

  test('may neither make nor remove it, nor change one that cannot be read', () => {
    expect(pointers(owner, file, null, before)).toEqual(['']);
    expect(pointers(owner, file, before, null)).toEqual(['']);
    expect(pointers(owner, file, 'a: [', before)).toEqual(['']);
  });

  test('is told what he may change', () => {
    const [refusal] = mayEdit(owner, file, before, before.replace('worker-1', 'worker-2'));
    expect(refusal?.message).toBe(
      '/spec/node is not yours to change: you are tenant-owner. You may change /spec/config, /spec/runtime/state, /spec/runtime/restart, /spec/whatsapp/pairing, /spec/whatsapp/disconnect.',
    );
  });
});

describe('by path', () => {
  const paths = {
    own: ['tenants/acme/prompts/hello.yaml', 'tenants/acme/skills/order.yaml'],
    kept: ['tenants/acme/secrets.yaml', 'tenants/acme/jobs/night.yaml', 'tenants/acme/sites/shop.yaml'],
    others: ['tenants/globex/prompts/hello.yaml', 'tenants/globex/tenant.yaml'],
    odd: ['tenants/acme/prompts/a/b.yaml', 'tenants/acme/prompts/x.yml', 'x/tenants/acme/prompts/x.yaml'],
    shared: [
      'tenantry.yaml',
      'nodes/a.yaml',
      'channels/a.yaml',
      'library/prompts/a.yaml',
      'README.md',
      'stacks/x/a.sh',
    ],
  };
  const every = Object.values(paths).flat();

  test('an owner makes, changes and removes prompts and skills of his own tenant, and nothing else', () => {
    for (const path of every) {
      const mine = paths.own.includes(path);
      for (const [old, wanted] of [
        [null, 'a: 1'],
        ['a: 1', 'a: 2'],
        ['a: 1', null],
      ] as const) {
        expect([path, pointers(owner, path, old, wanted)]).toEqual([path, mine ? [] : ['']]);
      }
    }
  });

  test('a viewer and somebody without a role change nothing; a viewer who owns a tenant what is his', () => {
    for (const path of every) {
      expect(editablePointers(caller('viewer'), path)).toEqual([]);
      expect(editablePointers(caller(null), path)).toEqual([]);
      expect(editablePointers(caller('viewer', ['acme']), path)).toEqual(editablePointers(owner, path));
    }
  });

  test('an operator changes all of every file but who may do what', () => {
    for (const path of every) {
      expect(editablePointers(caller('operator'), path).includes('')).toBe(path !== 'tenantry.yaml');
    }
    const text = 'kind: Platform\nspec: {access: {viewer: []}, plans: {}}\n';
    const operator = caller('operator');
    expect(
      pointers(operator, 'tenantry.yaml', text, text.replace('viewer: []', 'platform-admin: [me@x.y]')),
    ).toEqual(['/spec/access/viewer', '/spec/access/platform-admin']);
    expect(pointers(operator, 'tenantry.yaml', text, text.replace('plans: {}', 'plans: {free: {}}'))).toEqual(
      [],
    );
    expect(pointers(operator, 'tenantry.yaml', text, null)).toEqual(['']);
  });

  test('a platform-admin changes everything', () => {
    for (const path of every) expect(editablePointers(caller('platform-admin'), path)).toEqual(['']);
  });
});

describe('of any two documents', () => {
  const own = fileTable.find(({ path }) => path.test(file))?.may['tenant-owner'] ?? [];
  const leaf = fc.oneof(
    fc.constantFrom('a', 'b', 1, true, null),
    fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
  );
  const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
  const document = fc
    .record({
      kind: maybe(leaf),
      spec: maybe(
        fc.record({
          config: maybe(fc.dictionary(fc.constantFrom('a', 'b', 'a/b', 'a~b'), leaf)),
          node: maybe(leaf),
          runtime: maybe(fc.record({ state: maybe(leaf), restart: maybe(leaf), env: maybe(leaf) })),
          whatsapp: maybe(fc.record({ pairing: maybe(leaf), disconnect: maybe(leaf), enabled: maybe(leaf) })),
        }),
      ),
    })
    .map((value) => JSON.parse(JSON.stringify(value)) as Tree);

  test('an owner may exactly what gives the old document back when his values are put back', () => {
    fc.assert(
      fc.property(document, document, (old, wanted) => {
        const refused = pointers(owner, file, stringify(old), stringify(wanted));
        expect(refused.length === 0).toBe(same(withoutOwn(old), withoutOwn(wanted)));
        for (const pointer of refused) {
          expect(own.some((mine) => pointer === mine || pointer.startsWith(`${mine}/`))).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  type Tree = { [key: string]: Tree | string };

  /** The document without what an owner may change, and without the maps that are empty for it. */
  function withoutOwn(tree: Tree): Tree {
    const copy = structuredClone(tree);
    const spec = copy['spec'];
    if (typeof spec !== 'object') return copy;
    delete spec['config'];
    for (const [map, keys] of [
      ['runtime', ['state', 'restart']],
      ['whatsapp', ['pairing', 'disconnect']],
    ] as const) {
      const inner = spec[map];
      if (typeof inner !== 'object') continue;
      for (const key of keys) delete inner[key];
      if (Object.keys(inner).length === 0) delete spec[map];
    }
    if (Object.keys(spec).length === 0) delete copy['spec'];
    return copy;
  }

  const sorted = (value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.entries(value)
          .map(([key, inner]) => [key, sorted(inner)] as const)
          .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const same = (one: Tree, other: Tree): boolean =>
    JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
});
