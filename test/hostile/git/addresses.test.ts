import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRepository } from '../../../desired-state/git/open.ts';
import { gitError } from '../../desired-state/git/contract.ts';
import { adapters } from './world.ts';

const addresses = [
  'ext::sh -c touch% /tmp/tenantry-pwned',
  'fd::7',
  'EXT::sh',
  '-oProxyCommand=touch /tmp/tenantry-pwned',
  '--upload-pack=touch /tmp/tenantry-pwned',
  'ssh://-oProxyCommand=touch%20x/state.git',
  'ssh://git@-oProxyCommand=x/state.git',
  '-oProxyCommand=x:state.git',
  'git@host:-oProxyCommand=x',
  'ssh://host/-oProxyCommand=x',
  'git://host/state.git',
  'ftp://host/state.git',
  'gopher://host/state.git',
  'file://other-machine/srv/state.git',
  'https://host/state.git?token=x',
  'https://host/state.git#main',
  'https://host/a\nb.git',
  'https://host/a%0ab.git',
  'https://host/\u0000.git',
  'http://169.254.169.254/latest/meta-data',
  'http://169.254.169.254./latest',
  'http://0xa9fea9fe/latest',
  'http://2852039166/latest',
  'http://[fe80::1]/state.git',
  'http://[::ffff:169.254.169.254]/latest',
  'http://[64:ff9b::169.254.169.254]/latest',
  'http://[::169.254.169.254]/latest',
  'http://[fd00:ec2::254]/latest',
  'http://metadata.google.internal/computeMetadata/v1',
  'http://metadata.google.internal./computeMetadata/v1',
  '',
];

const branches = [
  '--upload-pack=touch /tmp/tenantry-pwned',
  '--upload-pack=x',
  '-x',
  'refs/heads/../../x',
  '../config',
  'a\u0000b',
  'a\nb',
  'a\u007f',
  'main:refs/heads/other',
  'main^{tree}',
  'main@{1}',
  'a..b',
  'a//b',
  '.hidden',
  'x.lock',
  '*',
  '',
  '@',
  'x'.repeat(5_000),
];

describe.each(adapters)(
  'an address or a branch that would be an option or a program, through %s',
  (adapter) => {
    let dir: string;
    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), 'tenantry-hostile-'));
    });
    afterEach(() => rm(dir, { recursive: true, force: true }));

    test.each(addresses)('the address %j is refused before anything is done', async (url) => {
      const error = await gitError(
        openRepository({ url, branch: 'main', dir: join(dir, 'mirror'), adapter }),
      );
      expect(error.code).toBe('git/refused-url');
      expect(await readdir(dir)).toEqual([]);
    });

    test.each(branches)('the branch %j is refused before anything is done', async (branch) => {
      const url = 'https://git.example.com/state.git';
      const error = await gitError(openRepository({ url, branch, dir: join(dir, 'mirror'), adapter }));
      expect(error.code).toBe('git/refused-name');
      expect(await readdir(dir)).toEqual([]);
    });
  },
);
