import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorFrom, gitConfig, parsePerson } from '../../../desired-state/write/author.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenantry-author-'));
  await execa('git', ['init', '--quiet', folder]);
  await execa('git', ['-C', folder, 'config', 'user.name', 'Grace']);
  await execa('git', ['-C', folder, 'config', 'user.email', 'grace@example.com']);
});

afterAll(async () => rm(folder, { recursive: true }));

describe('the author of an edit', () => {
  it('is the one of TENANTRY_AUTHOR, before the one of Git', async () => {
    const env = { TENANTRY_AUTHOR: 'Ada Lovelace <ada@example.com>' };
    expect(await authorFrom(env, gitConfig(folder))).toEqual({
      name: 'Ada Lovelace',
      email: 'ada@example.com',
    });
    expect(await authorFrom({}, gitConfig(folder))).toEqual({ name: 'Grace', email: 'grace@example.com' });
  });

  it('must be said somewhere, and the error says where', async () => {
    expect(await gitConfig(folder)('tenantry.nothing')).toBeNull();
    await expect(authorFrom({}, () => Promise.resolve(null))).rejects.toThrow(/TENANTRY_AUTHOR=.*git config/);
  });

  it('is refused when it is no name and address', () => {
    for (const text of ['Ada', 'Ada <ada>', '<ada@example.com>', 'A\nB <a@b>', 'A <a@b> <c@d>']) {
      expect(() => parsePerson(text), text).toThrow(/is not an author/);
    }
  });
});
