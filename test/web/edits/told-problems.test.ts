import { expect, test } from 'vitest';
import type { Problem } from '../../../schemas/problem.ts';
import { toldProblems } from '../../../web/edits/told-problems.ts';

const problem = (path: string, message: string): Problem => ({
  code: 'policy/taken',
  severity: 'error',
  path,
  line: 3,
  column: 5,
  pointer: '/spec/subdomain',
  message,
});
const own = 'tenants/acme/tenant.yaml';
const mine = new Set(['acme', 'acme-2']);

test('whoever sees all tenants is told all', () => {
  const all = [problem('tenants/globex/tenant.yaml', 'The subdomain belongs to tenant `acme` already.')];
  expect(toldProblems(all, null)).toEqual(all);
});

test.each([
  ['belongs to tenant `globex` already', 'belongs to another tenant already'],
  ['belongs to tenant `acme-2` already', 'belongs to tenant `acme-2` already'],
  [
    'is claimed here and by tenant `acme-2` and the site in tenants/globex/sites/shop.yaml at once',
    'is claimed here and by tenant `acme-2` and a site of another tenant at once',
  ],
  ['as in tenants/globex/tenant.yaml; leave it', 'as in a file of another tenant; leave it'],
  [
    'as in tenants/acme/prompts/greeting.yaml; leave it',
    'as in tenants/acme/prompts/greeting.yaml; leave it',
  ],
])('an owner is told of his own file without names: %s', (message, told) => {
  expect(toldProblems([problem(own, message)], mine)).toEqual([problem(own, told)]);
});

test('an owner is told once that others would not be valid, and not who', () => {
  const told = toldProblems(
    [
      problem('tenants/globex/tenant.yaml', 'claimed by `acme` too'),
      problem('tenants/initech/tenant.yaml', 'claimed by `acme` too'),
      problem(own, 'is not right'),
    ],
    mine,
  );
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ code: 'policy/taken', severity: 'error', path: '' });
  expect(JSON.stringify(told)).not.toMatch(/globex|initech/);
});
