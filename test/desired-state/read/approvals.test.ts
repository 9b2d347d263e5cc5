import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRemovalApproved } from '../../../desired-state/read/approvals.ts';
import { readDesired } from '../../../desired-state/read/last-good.ts';
import * as f from './files.ts';
import { type ReadFixture, readFixture } from './git-fixture.ts';

let fixture: ReadFixture;
beforeEach(async () => {
  fixture = await readFixture();
});
afterEach(async () => fixture.remove());

const both = { ...f.base, ...f.tenant('acme'), ...f.tenant('globex') };

function approving(revision: string, remove: readonly string[]): f.Tree {
  const approval = { node: 'worker-1', revision, remove, by: 'ops@example.com', reason: 'ended' };
  return f.platform({ approvals: [approval] });
}

async function approved(head: string, removed: readonly string[], node = 'worker-1'): Promise<boolean> {
  return isRemovalApproved(fixture.repository, await readDesired(fixture.repository, head), node, removed);
}

describe('the approval of a removal', () => {
  it('counts for the tenants that it names, all of them or some', async () => {
    await fixture.commit(both);
    const gone = await fixture.commit(f.base);
    const head = await fixture.commit({ ...f.base, ...approving(gone, ['acme', 'globex']) });
    expect(await approved(head, ['acme', 'globex'])).toBe(true);
    expect(await approved(head, ['acme'])).toBe(true);
  });

  it('goes on to count while other commits follow', async () => {
    await fixture.commit(both);
    const gone = await fixture.commit(f.base);
    const approval = approving(gone, ['acme', 'globex']);
    await fixture.commit({ ...f.base, ...approval });
    const head = await fixture.commit({ ...f.base, ...approval, ...f.tenant('initech') });
    expect(await approved(head, ['acme', 'globex'])).toBe(true);
  });

  it('does not count without an approval, for another tenant, or for another node', async () => {
    await fixture.commit({ ...both, ...f.tenant('initech') });
    const gone = await fixture.commit(f.base);
    expect(await approved(gone, ['acme'])).toBe(false);
    const head = await fixture.commit({ ...f.base, ...approving(gone, ['acme', 'globex']) });
    expect(await approved(head, ['acme', 'initech'])).toBe(false);
    expect(await approved(head, ['acme'], 'worker-2')).toBe(false);
  });

  it('does not count when it names a revision at which the tenants were still there', async () => {
    const there = await fixture.commit(both);
    await fixture.commit(f.base);
    const head = await fixture.commit({ ...f.base, ...approving(there, ['acme', 'globex']) });
    expect(await approved(head, ['acme', 'globex'])).toBe(false);
  });

  it('is used up when a tenant came again, also when the two later removals look alike', async () => {
    await fixture.commit(both);
    const gone = await fixture.commit(f.base);
    const approval = approving(gone, ['acme', 'globex']);
    await fixture.commit({ ...f.base, ...approval });
    await fixture.commit({ ...both, ...approval });
    const head = await fixture.commit({ ...f.base, ...approval });
    expect(await approved(head, ['acme', 'globex'])).toBe(false);
    const again = await fixture.commit({ ...f.base, ...approving(head, ['acme', 'globex']) });
    expect(await approved(again, ['acme', 'globex'])).toBe(true);
  });

  it('does not count when its revision is not among the first parents of the branch', async () => {
    await fixture.commit(both);
    fixture.origin.git('checkout', '--quiet', '-b', 'side');
    fixture.origin.git('rm', '--quiet', '-r', 'tenants');
    fixture.origin.git('commit', '--quiet', '--message', 'gone on a side branch');
    const side = fixture.origin.revision();
    fixture.origin.git('checkout', '--quiet', 'main');
    fixture.origin.git('merge', '--quiet', '--no-ff', '--message', 'merge', 'side');
    const merge = await fixture.repository.fetch();
    const unknown = '0123456789012345678901234567890123456789';
    for (const [revision, expected] of [
      [side, false],
      [unknown, false],
      [merge, true],
    ] as const) {
      const head = fixture.origin.commit(approving(revision, ['acme', 'globex']));
      expect(await fixture.repository.fetch()).toBe(head);
      expect(await approved(head, ['acme', 'globex'])).toBe(expected);
    }
  });
});
