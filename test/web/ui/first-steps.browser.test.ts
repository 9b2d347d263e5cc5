import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { webLog } from '../../../web/http/log.ts';
import { localWebOptions } from '../../../web/options.ts';
import { type RunningWeb, startWeb } from '../../../web/start.ts';
import { buildPage } from '../../../web/ui/build.ts';
import { type Chromium, startChromium } from '../../support/chromium.ts';
import { type Visitor, visit } from '../../support/page-server/visitor.ts';

vi.setConfig({ testTimeout: 180_000 });

const dir = mkdtempSync(join(tmpdir(), 'tenantry-first-'));
let web: RunningWeb;
let browser: Chromium;
let one: Visitor;

beforeAll(async () => {
  const page = await buildPage();
  web = await startWeb(
    localWebOptions({
      dataDir: join(dir, 'data'),
      platform: 'example',
      page,
      log: webLog({ write: () => undefined }),
      environment: { PATH: process.env['PATH'] },
    }),
  );
  browser = await startChromium();
  one = await visit(browser.context, web);
}, 180_000);
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await web.close();
  rmSync(dir, { recursive: true, force: true });
});

/** One story, of the real control node: what each step needs is what the one before has made. */
test('the first person signs up by the page, adds a node, lets it join, and sets up a tenant', async () => {
  const { page } = one;
  const dialog = page.getByRole('dialog');
  const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();

  await page.goto(web.url);
  await page.getByText('Nobody has signed up here yet.').waitFor();
  expect(await one.axe()).toEqual([]);
  await page.getByRole('link', { name: 'Sign up with the setup token' }).click();
  await page.getByText('You are the first here.').waitFor();
  expect(await one.axe()).toEqual([]);
  await page.getByLabel('Setup token').fill(web.setupToken ?? '');
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('Password').fill('correct horse battery');
  // The setup token says nobody's address, and the browser asks for it.
  await press('Create account');
  expect(await page.getByLabel('E-mail').evaluate((field: HTMLInputElement) => field.validity.valid)).toBe(
    false,
  );
  await page.getByLabel('E-mail').fill('ada@example.com');
  await press('Create account');
  await page.getByText('Add the first node').waitFor();
  expect(await one.axe()).toEqual([]);

  // A tenant has nowhere to live yet, and the dialog leads to what comes first.
  await page.getByRole('link', { name: 'Tenants' }).first().click();
  await press('Set up tenant');
  await dialog.getByText('First, a node for it to live on').waitFor();
  expect(await one.axe()).toEqual([]);
  await dialog.getByRole('button', { name: 'Add a node' }).click();
  await dialog.getByLabel('Name').fill('worker-1');
  expect(await one.axe()).toEqual([]);
  await press('Show the plan');
  await dialog.getByText('worker-1: add the node').waitFor();
  await press('Commit node');
  await page.getByRole('dialog', { name: 'Let a machine join as worker-1' }).waitFor();
  await press('Make join token');
  await dialog.getByText(/^tenantry node join --control \S+ --node worker-1 --token tnj_/).waitFor();
  expect(await one.axe()).toEqual([]);
  await press('Done');

  await press('Set up tenant');
  await dialog.getByLabel('Name').fill('hooli');
  await dialog.getByLabel('Owner').fill('ops@hooli.example');
  await dialog.getByLabel('Node').selectOption('worker-1');
  const listed = (label: string) => dialog.getByLabel(label).locator('option').allInnerTexts();
  expect(await listed('Channel')).toEqual(['production', 'staging']);
  expect(await listed('Plan')).toEqual([
    'no plan: no quotas',
    'free (256Mi, 0.25 CPUs)',
    'pro (512Mi, 0.5 CPUs)',
  ]);
  await dialog.getByLabel('Plan').selectOption('pro');
  expect(await one.axe()).toEqual([]);
  await press('Show the plan');
  await dialog.getByText('hooli: add the tenant to worker-1').waitFor();
  await press('Commit tenant');
  await page.waitForURL(/\/tenants\/hooli$/);
  await page.getByRole('heading', { level: 1, name: /hooli/ }).waitFor();

  // Now somebody has signed up: who comes next is told to ask for an invitation.
  await browser.context.clearCookies();
  await page.goto(`${web.url}/sign-in`);
  await page.getByText(/sends invitations/).waitFor();
  expect(await page.getByText('Nobody has signed up here yet.').count()).toBe(0);
});
