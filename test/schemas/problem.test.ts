import { expect, test } from 'vitest';
import { firstProblems, type Problem } from '../../schemas/problem.ts';

const problem = (line: number, severity: Problem['severity'] = 'warning'): Problem => ({
  code: 'schema/unknown',
  severity,
  path: 'tenants/acme/tenant.yaml',
  line,
  column: 1,
  pointer: '/spec',
  message: 'There is no such field.',
});
const many = (count: number): Problem[] => Array.from({ length: count }, (_, index) => problem(index + 1));

test('as many problems as a person reads are told as they are', () => {
  const problems = many(200);
  expect(firstProblems(problems)).toBe(problems);
});

test('of more the first are told, and where the others begin and how many they are', () => {
  const told = firstProblems([...many(300), problem(301, 'error')]);
  expect(told).toHaveLength(201);
  expect(told.slice(0, 200)).toEqual(many(200));
  expect(told.at(-1)).toEqual({
    code: 'policy/more',
    severity: 'error',
    path: 'tenants/acme/tenant.yaml',
    line: 201,
    column: 1,
    pointer: '',
    message: 'Here and after it are 101 more problems; `tenantry validate` shows all of them.',
  });
  expect(firstProblems(many(300)).at(-1)?.severity).toBe('warning');
});
