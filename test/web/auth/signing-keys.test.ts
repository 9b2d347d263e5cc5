import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { issueAccessToken, verifyAccessToken } from '../../../web/auth/access-tokens.ts';
import { openSigningKeys } from '../../../web/auth/signing-keys.ts';

const DAY = 86_400_000;
let dir: string;
let now: number;
const clock = () => now;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tenantry-keys-'));
  now = Date.parse('2026-11-21T12:00:00Z');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const path = () => join(dir, 'auth-keys.json');
const claims = { account: 'a', session: 's' };

describe('the keys of access tokens', () => {
  test('are in a file that nobody else reads, and outlive the process', async () => {
    const first = await openSigningKeys(dir, clock);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['auth-keys.json']);
    const again = await openSigningKeys(dir, clock);
    expect((await again.newest()).kid).toBe((await first.newest()).kid);
  });

  test('change after 30 days; tokens of the key before are good to their end, and the key goes', async () => {
    const keys = await openSigningKeys(dir, clock);
    now += 30 * DAY - 60_000;
    const old = await keys.newest();
    const token = await issueAccessToken(keys, claims, now);
    now += 120_000;
    const [next, same] = await Promise.all([keys.newest(), keys.newest()]);
    expect(next.kid).not.toBe(old.kid);
    expect(same.kid).toBe(next.kid);
    expect(await verifyAccessToken(keys, token, now)).toEqual(claims);
    now += 30 * DAY;
    await keys.newest();
    expect(keys.find(old.kid)).toBeNull();
    expect(keys.find(next.kid)).not.toBeNull();
    expect(readFileSync(path(), 'utf8')).not.toContain(old.kid);
  });

  test('that others may read, or that are damaged, are not used', async () => {
    await openSigningKeys(dir, clock);
    chmodSync(path(), 0o644);
    await expect(openSigningKeys(dir, clock)).rejects.toThrow(/Others may read/);
    chmodSync(path(), 0o600);
    writeFileSync(path(), '[{"kid": 1}]');
    await expect(openSigningKeys(dir, clock)).rejects.toThrow(/is damaged/);
  });
});
