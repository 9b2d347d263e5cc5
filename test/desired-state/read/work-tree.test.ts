import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSource } from '../../../desired-state/read/check.ts';
import { workTreeSource } from '../../../desired-state/read/work-tree.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import * as f from './files.ts';

let fixture: FixtureRepository;
beforeEach(() => {
  fixture = makeRepository({ ...f.base, ...f.tenant('acme'), 'README.md': '# x\n' });
});
afterEach(() => fixture.remove());

describe('reading a folder', () => {
  it('lists what Git would list, under the same ids', async () => {
    const entries = await workTreeSource(fixture.dir).entries();
    const listed = fixture.git('ls-tree', '-r', 'HEAD').split('\n');
    const ours = entries.map(({ path, oid }) => `100644 blob ${oid}\t${path}`);
    expect(ours.sort()).toEqual(listed.sort());
  });

  it('sees changes that are not committed', async () => {
    expect(await checkSource(workTreeSource(fixture.dir))).toEqual([]);
    writeFileSync(
      join(fixture.dir, 'tenants/acme/tenant.yaml'),
      f.document('Tenant', 'acme', { owner: 'nobody' }),
    );
    const paths = (await checkSource(workTreeSource(fixture.dir))).map(({ path }) => path);
    expect(new Set(paths)).toEqual(new Set(['tenants/acme/tenant.yaml']));
  });

  it('refuses links and files that are too large, and says which', async () => {
    symlinkSync('/etc/passwd', join(fixture.dir, 'tenants/acme/prompts.yaml'));
    writeFileSync(join(fixture.dir, 'library.bin'), Buffer.alloc(1024 * 1024 + 1));
    expect(f.lines(await checkSource(workTreeSource(fixture.dir)))).toEqual([
      'git/unsafe-tree library.bin:1:1: This file has 1048577 bytes; 1048576 (1 MiB) are allowed.',
      'git/unsafe-tree tenants/acme/prompts.yaml:1:1: This file is a symbolic link; put the file itself there.',
    ]);
  });

  it('fails for a folder that is not there', async () => {
    await expect(checkSource(workTreeSource(join(fixture.dir, 'nowhere')))).rejects.toThrow('ENOENT');
  });
});
