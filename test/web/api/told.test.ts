import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HistoryPage, Preview } from '../../../web/api/models/edit.ts';
import type { FileView, TenantDetail } from '../../../web/api/models/tenant.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';
import { ada } from '../../support/web-desk.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
  const mine = new Set(['acme']);
  world.callers.set('owner', { ...ada, id: 'owner', role: 'tenant-owner', tenants: mine, owns: mine });
  world.callers.set('viewer', { ...ada, id: 'viewer', role: 'viewer' });
  world.callers.set('operator', { ...ada, id: 'operator', role: 'operator' });
}, 240_000);
afterAll(async () => world.close());

test('an owner who may not take a subdomain is not told who has it', async () => {
  const { body: globex } = await ask<FileView>(world, 'GET', '/tenants/globex/config');
  const taken = await ask(world, 'PATCH', '/tenants/globex/config', {
    base: globex.base,
    set: { '/spec/subdomain': 'shop' },
  });
  expect(taken.status).toBe(202);
  const { body } = await ask<FileView>(world, 'GET', '/tenants/acme/config', undefined, 'owner');
  const text = body.text.replace('\nspec:\n', '\nspec:\n  subdomain: shop\n');
  const tried = (caller: string) =>
    ask<Preview>(world, 'PUT', '/tenants/acme/config?dry-run=true', { base: body.base, text }, caller);
  // That there is something to tell.
  expect(JSON.stringify((await tried('ada')).body.problems)).toContain('globex');
  const { body: seen } = await tried('owner');
  expect(seen.problems.map(({ code }) => code)).toEqual(['access/forbidden']);
  expect(JSON.stringify(seen)).not.toContain('globex');
  // What is wrong with the text itself he is told all the same.
  const broken = { base: body.base, text: `${text}  spelled: wrong\n` };
  const { body: wrong } = await ask<Preview>(
    world,
    'PUT',
    '/tenants/acme/config?dry-run=true',
    broken,
    'owner',
  );
  expect(wrong.problems.map(({ code }) => code)).toContain('schema/unknown-field');
});

test('an owner reads the commits of his tenant without the others that they touched', async () => {
  world.work.git('pull', '--quiet', '--ff-only', world.bare, 'main');
  const more = (path: string) => ({ [path]: `${world.text(path)}# more\n` });
  const changes = { ...more('tenants/acme/tenant.yaml'), ...more('tenants/globex/tenant.yaml') };
  const oid = world.work.commit(
    changes,
    'acme, globex: more memory\n\nglobex asked for it, acme gets it too.\n',
  );
  world.work.git('push', '--quiet', world.bare, 'HEAD:refs/heads/main');
  await world.branch.refresh();
  await world.tracker.settled();
  const page = async (caller: string) =>
    (await ask<HistoryPage>(world, 'GET', '/tenants/acme/history', undefined, caller)).body.items[0];
  expect((await page('ada'))?.commit).toMatchObject({ oid, subject: 'acme, globex: more memory' });
  expect(await page('owner')).toMatchObject({
    commit: { oid, subject: 'acme, another tenant: more memory' },
    body: ['another tenant asked for it, acme gets it too.'],
  });
  const status = await ask<TenantDetail>(world, 'GET', '/tenants/acme/status', undefined, 'owner');
  expect(JSON.stringify(status.body)).not.toContain('globex');
});

test('a QR code is for whoever may pair the tenant', async () => {
  const qr = { code: '2@code', expiresAt: Date.now() + 600_000 };
  Object.assign(world.fleet, { qr: () => qr });
  const codeOf = async (caller: string) =>
    (await ask<TenantDetail>(world, 'GET', '/tenants/acme/status', undefined, caller)).body.whatsapp.qr;
  expect(await codeOf('viewer')).toBeNull();
  for (const caller of ['ada', 'operator', 'owner']) expect(await codeOf(caller)).toEqual(qr);
});
