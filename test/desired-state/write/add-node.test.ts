import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { addNode } from '../../../desired-state/write/add-node.ts';
import { addTenant } from '../../../desired-state/write/add-tenant.ts';
import { accepted, starterSource } from './proposals.ts';

it('adds a node that is valid, that an editor knows the schema of, and that takes tenants', async () => {
  const source = await starterSource();
  const added = addNode(source, 'worker-2');
  expect(added.subject).toBe('worker-2: add the node');
  const after = accepted(source, added);
  const text = after.read('nodes/worker-2.yaml') ?? '';
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../.tenantry/schemas/node.schema.json');
  expect(parse(text)).toMatchObject({ kind: 'Node', metadata: { name: 'worker-2' } });
  const tenant = { owner: 'a@example.com', channel: 'staging', plan: null, subdomain: null };
  accepted(after, addTenant(after, { ...tenant, name: 'hooli', node: 'worker-2' }));
  accepted(source, addNode(source, '0042'));
});

it('refuses a name that is taken, or that is none', async () => {
  const source = await starterSource();
  expect(() => addNode(source, 'worker-1')).toThrow(/exists already/);
  for (const name of ['../tenantry', 'Worker', '-a', ''])
    expect(() => addNode(source, name), name).toThrow(/DNS label/);
});
