import { expect, test } from 'vitest';
import { waitingFor } from '../../web/waiting.ts';

test('what is missing is told to anybody, and so without what Git says of hosts and accounts', async () => {
  const trouble = "fatal: could not read from 'ssh://deploy@git.internal.example/platform.git'";
  const db = { query: async () => [] };
  const branch = (why: string | null, head: string | null = null) => ({
    head: () => head,
    status: () => ({ trouble: why, asked: null }),
  });
  const told = await waitingFor(db, branch(trouble));
  expect(told).toEqual(['the repository was never read: the log says why']);
  expect(await waitingFor(db, branch(null))).toEqual(['the repository was never read: it is being asked']);
  expect(await waitingFor(db, branch(trouble, 'a'.repeat(40)))).toEqual([]);
  const away = { query: () => Promise.reject(new Error('password authentication failed for user "x"')) };
  expect(await waitingFor(away, branch(null, 'a'.repeat(40)))).toEqual(['the store does not answer']);
});
