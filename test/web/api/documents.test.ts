import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProblemJson } from '../../../web/api/models/common.ts';
import type { Accepted } from '../../../web/api/models/edit.ts';
import type { FileList, FileView } from '../../../web/api/models/tenant.ts';
import { type ApiWorld, apiWorld, ask } from '../../support/web-api.ts';
import { ada } from '../../support/web-desk.ts';

const job = (schedule: string): string => `apiVersion: tenantry.dev/v1
kind: Job
metadata:
  name: digest
spec:
  schedule: ${schedule}
  command: [/app/digest, --send]
`;
const site = `apiVersion: tenantry.dev/v1
kind: Site
metadata:
  name: old
spec:
  node: worker-1
  domains: [old.example.com]
  target:
    redirect:
      to: https://new.example.com
`;

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
  const mine = new Set(['acme']);
  world.callers.set('owner', { ...ada, id: 'owner', role: 'tenant-owner', tenants: mine, owns: mine });
}, 240_000);
afterAll(async () => world.close());

test("a tenant's job is written, listed, read and removed, each change a commit", async () => {
  const path = '/tenants/acme/jobs/digest';
  const made = await ask<Accepted>(world, 'PUT', path, {
    base: world.head(),
    text: job("'0 7 * * *'"),
  });
  expect(made.status).toBe(202);
  const { body: list } = await ask<FileList>(world, 'GET', '/tenants/acme/jobs');
  expect(list.base).toBe(made.body.commit);
  expect(list.items.map((item) => item.path)).toEqual(['tenants/acme/jobs/digest.yaml']);
  const { body: read } = await ask<FileView>(world, 'GET', path);
  expect(read).toMatchObject({ schema: '/v1/schemas/Job', value: { spec: { schedule: '0 7 * * *' } } });
  expect((await ask(world, 'DELETE', path, { base: list.base })).status).toBe(202);
  expect((await ask<FileList>(world, 'GET', '/tenants/acme/jobs')).body.items).toEqual([]);
});

test('a job whose schedule means nothing is refused at its line, and nothing is committed', async () => {
  const text = job("'61 7 * * *'");
  const refused = await ask<ProblemJson>(world, 'PUT', '/tenants/acme/jobs/digest', {
    base: world.head(),
    text,
  });
  expect(refused.status).toBe(422);
  expect(refused.body.problems).toMatchObject([{ path: 'tenants/acme/jobs/digest.yaml', line: 6 }]);
  expect((await ask<FileList>(world, 'GET', '/tenants/acme/jobs')).body.items).toEqual([]);
});

test("the platform's sites are documents as well, apart from those of a tenant", async () => {
  expect(await ask<Accepted>(world, 'PUT', '/sites/old', { base: world.head(), text: site })).toMatchObject({
    status: 202,
  });
  const { body: sites } = await ask<FileList>(world, 'GET', '/sites');
  expect(sites.items.map((item) => item.path)).toEqual(['sites/old.yaml']);
  expect((await ask<FileList>(world, 'GET', '/tenants/acme/sites')).body.items).toEqual([]);
});

test('an owner reads the jobs of his tenant, and sees that none of it is his to change', async () => {
  await ask(world, 'PUT', '/tenants/acme/jobs/digest', {
    base: world.head(),
    text: job("'0 7 * * *'"),
  });
  const read = await ask<FileView>(world, 'GET', '/tenants/acme/jobs/digest', undefined, 'owner');
  expect(read).toMatchObject({ status: 200, body: { editable: [] } });
});
