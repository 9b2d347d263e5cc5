import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generateKey } from '../../../desired-state/secrets/identity.ts';
import { seal } from '../../../desired-state/secrets/seal.ts';
import { approveRemoval } from '../../../desired-state/write/approval-edits.ts';
import { pinImages, promote } from '../../../desired-state/write/channel-edits.ts';
import type { SourceFiles } from '../../../desired-state/write/edit.ts';
import { valueAt } from '../../../desired-state/write/json-value.ts';
import { setSecret, unsetSecret } from '../../../desired-state/write/secret-edits.ts';
import { accepted, lineChanges, starterSource } from './proposals.ts';

let source: SourceFiles;
const acme = 'tenants/acme/tenant.yaml';

beforeAll(async () => {
  source = await starterSource();
});

describe('pinning an image', () => {
  const ref = 'registry.example.com/tenantry/runtime:sha-1234567';

  it('changes the one line', () => {
    const pin = pinImages(source, 'staging', { runtime: ref });
    expect(lineChanges(pin, 'channels/staging.yaml').added).toEqual([`    runtime: ${ref}`]);
    expect(pin.subject).toBe(`staging: pin runtime to ${ref}`);
    accepted(source, pin);
    const after = accepted(source, pin);
    expect(pinImages(after, 'staging', { runtime: ref }).edits).toEqual([]);
  });

  it('is refused for a reference that names no one build', () => {
    for (const loose of ['runtime:latest', 'runtime', 'runtime:main', 'r:sha-REPLACE_WITH_COMMIT']) {
      expect(() => accepted(source, pinImages(source, 'staging', { runtime: loose })), loose).toThrow(
        /not committed/,
      );
    }
  });
});

describe('promoting a channel', () => {
  it('copies its pins and says what moved', () => {
    const moved = promote(source, 'staging', 'production', false);
    expect(moved.subject).toBe('production: promote runtime from staging');
    expect(moved.body).toEqual([
      'runtime: registry.example.com/tenantry/runtime:sha-4f2c1d9 -> registry.example.com/tenantry/runtime:sha-9c3e0b7',
    ]);
    const after = accepted(source, moved);
    expect(promote(after, 'staging', 'production', false).edits).toEqual([]);
  });

  it('adds pins that the target lacks and keeps those that only it has', () => {
    const worker = accepted(source, pinImages(source, 'staging', { worker: 'r.example.com/w:v1.0.0' }));
    const own = accepted(worker, pinImages(worker, 'production', { own: 'r.example.com/o:v2.0.0' }));
    const after = accepted(own, promote(own, 'staging', 'production', false));
    expect(valueAt(parse(after.read('channels/production.yaml') ?? ''), ['spec', 'images'])).toEqual({
      runtime: 'registry.example.com/tenantry/runtime:sha-9c3e0b7',
      worker: 'r.example.com/w:v1.0.0',
      own: 'r.example.com/o:v2.0.0',
    });
  });

  it('is refused against promotesTo, unless forced', () => {
    expect(() => promote(source, 'production', 'staging', false)).toThrow(
      /production promotes to no other channel/,
    );
    expect(() => promote(source, 'staging', 'staging', true)).toThrow(/itself/);
    accepted(source, promote(source, 'production', 'staging', true));
  });
});

describe('approving a removal', () => {
  const approval = {
    node: 'worker-1',
    revision: 'c'.repeat(40),
    remove: ['initech', 'acme'],
    by: 'ops@example.com',
    reason: 'both contracts ended',
  };

  it('appends exactly these tenants at exactly this revision, once', () => {
    const approve = approveRemoval(source, approval);
    const after = accepted(source, approve);
    expect(valueAt(parse(after.read('tenantry.yaml') ?? ''), ['spec', 'approvals'])).toEqual([
      { ...approval, remove: ['acme', 'initech'] },
    ]);
    expect(approve.subject).toBe('worker-1: approve the removal of 2 tenants');
    expect(approveRemoval(after, approval).edits).toEqual([]);
    const both = accepted(after, approveRemoval(after, { ...approval, revision: 'd'.repeat(40) }));
    expect(valueAt(parse(both.read('tenantry.yaml') ?? ''), ['spec', 'approvals'])).toHaveLength(2);
    expect(both.read('tenantry.yaml')?.startsWith(source.read('tenantry.yaml')?.trimEnd() ?? '-')).toBe(true);
  });

  it('is for a node that exists', () => {
    expect(() => approveRemoval(source, { ...approval, node: 'nowhere' })).toThrow(/There is no node/);
  });
});

describe('setting a secret', () => {
  it('writes the file, names it for the runtime, and both validate', async () => {
    const key = await generateKey();
    const sealed = await seal('acme', 'TOKEN', new TextEncoder().encode('canary-51'), [key.recipient]);
    const set = setSecret(source, 'acme', 'TOKEN', sealed, null);
    const after = accepted(source, set);
    expect(set.edits.map(({ path }) => path)).toEqual(['tenants/acme/secrets.yaml', acme]);
    expect(JSON.stringify(set)).not.toContain('canary-51');
    expect(valueAt(parse(after.read(acme) ?? ''), ['spec', 'runtime', 'secrets'])).toEqual(['TOKEN']);

    const again = setSecret(
      after,
      'acme',
      'TOKEN',
      await seal('acme', 'TOKEN', new Uint8Array(1), [key.recipient]),
      null,
    );
    expect(again.edits.map(({ path }) => path)).toEqual(['tenants/acme/secrets.yaml']);

    const asEnv = accepted(after, setSecret(after, 'acme', 'TOKEN', sealed, 'env'));
    expect(valueAt(parse(asEnv.read(acme) ?? ''), ['spec', 'runtime', 'secrets'])).toEqual([
      { name: 'TOKEN', as: 'env' },
    ]);

    const gone = accepted(asEnv, unsetSecret(asEnv, 'acme', 'TOKEN'));
    expect(valueAt(parse(gone.read(acme) ?? ''), ['spec', 'runtime', 'secrets'])).toEqual([]);
    expect(valueAt(parse(gone.read('tenants/acme/secrets.yaml') ?? ''), ['spec', 'values'])).toEqual({});
  });

  it('cannot be removed when it is nowhere', () => {
    expect(() => unsetSecret(source, 'acme', 'NONE')).toThrow('acme has no secret NONE.');
  });

  it('that is not encrypted is refused', () => {
    expect(() => accepted(source, setSecret(source, 'acme', 'TOKEN', 'plain', null))).toThrow(
      /not committed/,
    );
  });
});
