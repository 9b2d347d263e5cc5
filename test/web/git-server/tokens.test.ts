import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createGitToken,
  findGitToken,
  listGitTokens,
  revokeAccountTokens,
  revokeGitToken,
  revokeNodeTokens,
} from '../../../web/git-server/tokens.ts';
import type { Database } from '../../../web/ports.ts';
import { openTestDatabase } from '../../support/database.ts';

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
}, 120_000);
afterAll(() => db.close());

describe('Git tokens', () => {
  test('are found by what they are, told when they were used, and listed without their secret', async () => {
    const owner = { account: 'account-tokens' };
    const { secret, token } = await createGitToken(
      db,
      { name: 'ci', scopes: ['read', 'push'], owner, expiresAt: null },
      1_000,
    );
    expect(token).toMatchObject({ name: 'ci', scopes: ['read', 'push'], createdAt: 1_000, lastUsedAt: null });
    expect(await findGitToken(db, secret, 500_000)).toEqual({ name: 'ci', scopes: ['read', 'push'], owner });
    await findGitToken(db, secret, 500_001);
    const listed = await listGitTokens(db, 'account-tokens', 600_000);
    expect(listed).toEqual([{ ...token, lastUsedAt: 500_000 }]);
    expect(JSON.stringify(listed)).not.toContain(secret.slice(8));
  });

  test('are gone when they are revoked one by one, and with their account or their node', async () => {
    const make = async (owner: { account: string } | { node: string }) =>
      createGitToken(db, { name: 'x', scopes: ['read'], owner, expiresAt: null }, 1_000);
    const [one, two, other, node] = [
      await make({ account: 'a' }),
      await make({ account: 'a' }),
      await make({ account: 'b' }),
      await make({ node: 'worker-1' }),
    ];
    const alive = async (): Promise<boolean[]> =>
      Promise.all(
        [one, two, other, node].map(async ({ secret }) => (await findGitToken(db, secret, 2_000)) !== null),
      );
    expect(await alive()).toEqual([true, true, true, true]);
    expect(await revokeGitToken(db, 'b', one.token.id)).toBe(false);
    expect(await revokeGitToken(db, 'a', one.token.id)).toBe(true);
    expect(await alive()).toEqual([false, true, true, true]);
    await revokeAccountTokens(db, 'a');
    expect(await alive()).toEqual([false, false, true, true]);
    await revokeNodeTokens(db, 'worker-1');
    expect(await alive()).toEqual([false, false, true, false]);
  });
});
