import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileDigests, managedFiles } from '../../renderers/files.ts';
import { tenant } from '../support/desired.ts';

const text = (files: Readonly<Record<string, Uint8Array>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]),
  );

const acme = tenant('acme', {
  config: {
    timezone: 'Europe/Berlin',
    limits: { daily: 10, burst: 2.5 },
    tags: ['b', 'a'],
    greeting: 'Grüß Gott',
  },
  prompts: {
    greeting: { text: 'Hello.\n\n  Indented, with "quotes".\n', description: 'not a part', path: 'x' },
  },
  skills: {
    'order-status': {
      description: 'Tells where an order is.',
      instructions: 'Ask for the number.\n',
      parameters: { type: 'object', properties: { number: { type: 'string' } } },
      enabled: true,
      path: 'tenants/acme/skills/order-status.yaml',
    },
  },
});

test('the managed files have these bytes', () => {
  expect(text(managedFiles(acme))).toEqual({
    'config.json':
      '{"greeting":"Grüß Gott","limits":{"burst":2.5,"daily":10},"tags":["b","a"],"timezone":"Europe/Berlin"}\n',
    'prompts/greeting.md': 'Hello.\n\n  Indented, with "quotes".\n',
    'skills/order-status.json':
      '{"description":"Tells where an order is.","enabled":true,"instructions":"Ask for the number.\\n",' +
      '"name":"order-status","parameters":{"properties":{"number":{"type":"string"}},"type":"object"}}\n',
  });
});

test('a tenant with nothing has an empty configuration and no other file', () => {
  expect(text(managedFiles(tenant('acme', { config: {}, prompts: {}, skills: {} })))).toEqual({
    'config.json': '{}\n',
  });
});

test('digests are sha256 in hex, by path in order', () => {
  const files = { 'prompts/b.md': Buffer.from('abc'), 'config.json': Buffer.from('') };
  expect(Object.entries(fileDigests(files))).toEqual([
    ['config.json', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['prompts/b.md', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ]);
});

test('where a prompt or skill came from, and its description, make no new file', () => {
  const moved = tenant('acme', {
    ...acme,
    prompts: {
      greeting: {
        ...acme.prompts['greeting'],
        text: acme.prompts['greeting']?.text ?? '',
        description: 'x',
        path: 'y',
      },
    },
  });
  expect(fileDigests(managedFiles(moved))).toEqual(fileDigests(managedFiles(acme)));
});

test('law: moving keys of the configuration changes no byte, and the content survives', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), (config) => {
      const moved = Object.fromEntries(Object.entries(config).reverse());
      const [one, other] = [config, moved].map(
        (each) => text(managedFiles(tenant('acme', { config: each })))['config.json'] ?? '',
      );
      expect(one).toBe(other);
      expect(JSON.parse(one ?? '')).toEqual(JSON.parse(JSON.stringify(config)));
    }),
  );
});
