import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accepted, Preview } from '../../../web/api/models/edit.ts';
import { git } from '../../support/git-repo.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
}, 240_000);
afterAll(async () => world.close());

const tenantFile = (tenant: string): string => world.text(`tenants/${tenant}/tenant.yaml`);
const desired = (tenant: string) => world.branch.desired()?.tenants[tenant]?.desired;

test('a device is paired and disconnected, each by a commit that the runtime is asked by once', async () => {
  const refused = await ask(world, 'POST', '/tenants/globex/whatsapp/disconnect');
  expect(refused).toMatchObject({ status: 422 });
  expect((await ask(world, 'POST', '/tenants/globex/whatsapp/pair/start')).status).toBe(202);
  const gone = await ask<Accepted>(world, 'POST', '/tenants/globex/whatsapp/disconnect');
  expect(gone.status).toBe(202);
  const first = /disconnect: (\S+)/.exec(tenantFile('globex'))?.[1] ?? '';
  expect(first).not.toBe('');
  // Once more is another order, not the same one.
  expect((await ask(world, 'POST', '/tenants/globex/whatsapp/disconnect')).status).toBe(202);
  expect(/disconnect: (\S+)/.exec(tenantFile('globex'))?.[1]).not.toBe(first);
  expect(git(world.bare, ['log', '-1', '--format=%an%n%B'])).toMatch(/^Ada\n/);
});

test('drift is healed by a commit that says so, and where it is healed already there is none', async () => {
  const config = await ask<{ base: string }>(world, 'GET', '/tenants/acme/config');
  const report = await ask(world, 'PATCH', '/tenants/acme/config', {
    base: config.body.base,
    set: { '/spec/drift': 'report' },
  });
  expect(report.status).toBe(202);
  expect(desired('acme')?.drift).toBe('report');
  const healed = await ask<Accepted>(world, 'POST', '/tenants/acme/drift/heal');
  expect(healed).toMatchObject({
    status: 202,
    body: { commit: world.head(), subject: 'acme: heal what others change on the node' },
  });
  expect(desired('acme')?.drift).toBe('heal');
  const again = await ask<Accepted>(world, 'POST', '/tenants/acme/drift/heal');
  expect(again).toMatchObject({ status: 202, body: { commit: null } });
  expect(world.head()).toBe(healed.body.commit);
});

test('what is only proposed is a branch with its plan; the followed branch stays, and so does what is in force', async () => {
  const head = world.head();
  const orders = [
    ['POST', '/tenants/acme/runtime/stop', undefined],
    ['POST', '/tenants/acme/drift/heal', undefined],
    ['POST', '/channels/staging/pin', { images: { runtime: 'registry.example.com/runtime:v7.7.7' } }],
    ['DELETE', '/tenants/initech', { base: head }],
  ] as const;
  for (const [method, path, body] of orders) {
    const proposed = await ask<Accepted>(world, method, `${path}?propose=true`, body);
    expect(proposed.status, path).toBe(202);
    const { commit, proposal } = proposed.body;
    if (path.endsWith('heal')) {
      // It is in force already: nothing to propose.
      expect(proposed.body).toMatchObject({ commit: null, proposal: null });
      continue;
    }
    expect(git(world.bare, ['rev-parse', `refs/heads/${proposal?.branch}`]), path).toBe(commit);
    expect(git(world.bare, ['rev-parse', `${commit}^`])).toBe(head);
    expect(proposed.body.plan?.affected, path).toBeGreaterThan(0);
    expect(world.head()).toBe(head);
  }
  expect(desired('acme')?.state).toBe('running');
  expect(desired('initech')).toBeDefined();
  const invalid = await ask<Preview>(world, 'POST', '/channels/staging/pin?propose=true', {
    images: { runtime: 'not an image' },
  });
  expect(invalid.status).toBe(422);
  const branches = git(world.bare, ['for-each-ref', '--format=%(refname)', 'refs/heads/proposals']);
  expect(branches.split('\n')).toHaveLength(3);
});
