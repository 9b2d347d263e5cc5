import type { FastifyRequest } from 'fastify';
import { expect, test } from 'vitest';
import { WebError } from '../../../web/errors.ts';
import { watchCaller } from '../../../web/live/watch-caller.ts';
import type { Caller } from '../../../web/ports.ts';

const caller = { id: 'a', role: 'viewer', tenants: null, owns: new Set() } as unknown as Caller;
const refused = new WebError('auth/token', 401, 'Sign in again.');

/** What comes of somebody who watches when the branch moves and `authenticate` answers so. */
async function afterMove(
  authenticate: () => Promise<Caller | null>,
): Promise<{ ended: number; logged: string[] }> {
  const moved: (() => void)[] = [];
  const logged: string[] = [];
  let ended = 0;
  const log = {
    info: () => {},
    warn: () => {},
    debug: () => {},
    error: (_: object, text: string) => logged.push(text),
  };
  const stop = watchCaller(
    {
      authenticate,
      log: log as never,
      branch: { onMoved: (listener: () => void) => (moved.push(listener), () => {}) } as never,
      ended: { onEnded: () => () => {} },
      recheckMs: 3_600_000,
    },
    {} as FastifyRequest,
    caller,
    () => {
      ended += 1;
    },
  );
  for (const listener of moved) listener();
  await new Promise((resolve) => setImmediate(resolve));
  stop();
  return { ended, logged };
}

test('who still has the same rights goes on watching', async () => {
  expect(await afterMove(async () => caller)).toEqual({ ended: 0, logged: [] });
});

test('who has others, or none, is sent away, which is nothing to log', async () => {
  const owner = { ...caller, role: 'owner' } as unknown as Caller;
  for (const answer of [async () => owner, async () => null, () => Promise.reject(refused)]) {
    expect(await afterMove(answer)).toEqual({ ended: 1, logged: [] });
  }
});

test('who cannot be looked up is sent away as well, and that is logged', async () => {
  const { ended, logged } = await afterMove(() => Promise.reject(new Error('the store is away')));
  expect([ended, logged.length]).toEqual([1, 1]);
});
