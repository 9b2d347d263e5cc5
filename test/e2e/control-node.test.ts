import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Chromium, isOfMachine, startChromium } from '../support/chromium.ts';
import { administrator } from '../support/control-api.ts';
import { type ControlHouse, controlHouse } from '../support/control-house.ts';
import { health, runtimeImage, TestHost, yaml } from '../support/host.ts';
import { root } from '../support/source-files.ts';

vi.setConfig({ testTimeout: 120_000 });

const patience = { timeout: 60_000, interval: 200 };
/** Screenshots of each page, for people to look at. */
const shots = join(root, 'test-output', 'control-node');

let host: TestHost;
let house: ControlHouse;
let browser: Chromium;
let page: Page;

/** The pretended phone lets a person, and a busy browser, see the code. */
const slowPhone = { BRIDGE_CONNECT_AFTER_MS: '6000' };

const prompt = (text: string): string => yaml('Prompt', 'greeting', { text });

beforeAll(async () => {
  const image = await runtimeImage('v1');
  host = await TestHost.make();
  const runtime = { health, update: { strategy: 'start-first' } };
  const files = { 'prompts/greeting.yaml': prompt('Hello.') };
  host.tenant(
    'acme',
    {
      image,
      runtime: { ...runtime, env: slowPhone, volumes: [{ name: 'session', mountPath: '/data/session' }] },
      whatsapp: { enabled: true },
    },
    files,
  );
  host.tenant('globex', { image, runtime, owner: 'owner@globex.example', drift: 'report' }, files);
  house = await controlHouse(host);
  browser = await startChromium();
  page = await opened(browser.context);
  mkdirSync(shots, { recursive: true });
}, 300_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await house?.close();
  await host?.remove();
}, 120_000);

async function opened(context: BrowserContext): Promise<Page> {
  const one = await context.newPage();
  one.setDefaultTimeout(60_000);
  return one;
}

const at = (path: string): string => house.web.url + path;
const button = (name: string | RegExp, on: Page = page) =>
  on.getByRole('button', { name, exact: typeof name === 'string' });
const shot = (name: string): Promise<unknown> => page.screenshot({ path: join(shots, `${name}.png`) });

async function signIn(on: Page, email: string, password: string): Promise<void> {
  await on.goto(at('/'));
  await on.getByLabel('E-mail').fill(email);
  await on.getByLabel('Password').fill(password);
  await button('Sign in', on).click();
  await on.getByRole('navigation').first().waitFor();
}

/** Reviews, commits, and waits until the page itself says that it has converged. */
async function commitAndFollow(): Promise<void> {
  const dialog = page.getByRole('dialog');
  await button('Commit change').click();
  await dialog.getByText('converged', { exact: true }).first().waitFor();
  await button('Close').last().click();
}

describe('an operator in a browser', () => {
  test('signs in and sees that everything is as Git says', async () => {
    await signIn(page, administrator.email, administrator.password);
    await page.getByRole('heading', { level: 1, name: 'All 2 tenants are as Git says' }).waitFor();
    await shot('overview');
  });

  test('changes a prompt: reads its plan, commits, and the real container serves it with nothing restarted', async () => {
    const before = await host.identity('acme');
    await page.goto(at(`/tenants/${host.name('acme')}/prompts/greeting`));
    await page.getByLabel('text', { exact: true }).fill('Warmly welcome the customer.\n');
    await page.getByText(`${host.name('acme')}: in place, no interruption.`, { exact: false }).waitFor();
    await button('Review change').click();
    await page
      .getByRole('dialog')
      .getByText(/to reload|SIGHUP/)
      .first()
      .waitFor();
    await shot('prompt-plan');
    await commitAndFollow();
    expect(JSON.stringify(await host.ask('acme', '/api/prompts'))).toContain('Warmly welcome the customer.');
    expect(await host.identity('acme')).toEqual(before);
    expect(host.repository.git('log', '-1', '--format=%an <%ae>|%cn', 'main').trim()).toBe(
      `${administrator.name} <${administrator.email}>|Tenantry`,
    );
  });

  test('sees drift with the event that made it, and accepts it into Git', async () => {
    const { id } = await host.identity('globex');
    const Memory = 300 * 1024 * 1024;
    await host.docker.updateContainer(id, { Memory, MemorySwap: Memory });
    await page.goto(at(`/tenants/${host.name('globex')}`));
    await page
      .getByText(/changed outside Git: update/)
      .first()
      .waitFor();
    await shot('drift');
    await button(/^Accept into Git: memory/)
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Accept into Git', exact: true }).click();
    await dialog.getByText('converged', { exact: true }).first().waitFor();
    expect(host.repository.git('show', `main:tenants/${host.name('globex')}/tenant.yaml`)).toContain('300Mi');
    expect((await host.identity('globex')).id).toBe(id);
  });

  test('stops, starts and restarts a runtime', async () => {
    await page.goto(at(`/tenants/${host.name('acme')}`));
    await page.getByRole('button', { name: /More|Other/ }).click();
    await page.getByRole('menuitem', { name: /Stop/ }).click();
    await commitAndFollow();
    expect((await host.inspect('acme'))?.State.Running).toBe(false);
    await button('Start').click();
    await commitAndFollow();
    expect((await host.inspect('acme'))?.State.Running).toBe(true);
    const before = await host.identity('acme');
    await button('Restart').click();
    await commitAndFollow();
    expect((await host.identity('acme')).startedAt).not.toBe(before.startedAt);
  });

  test('pairs a phone: a QR code appears while the runtime shows one', async () => {
    await page.goto(at(`/tenants/${host.name('acme')}`));
    await button('Pair').click();
    await button('Start pairing').click();
    await button('Commit change').click();
    await page.getByRole('img', { name: /^QR code to pair/ }).waitFor();
    await shot('pairing');
    const paired = (): Promise<unknown> => host.ask('acme', '/bridge/status');
    await vi.waitFor(async () => expect(await paired()).toMatchObject({ state: 'connected' }), patience);
  });

  test('every page opens on what really runs, without an error', async () => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isOfMachine(message.text()))
        complaints.push(`${page.url()}: ${message.text()}`);
    });
    const acme = `/tenants/${host.name('acme')}`;
    const places = [
      '/',
      '/tenants',
      acme,
      `${acme}/config`,
      `${acme}/prompts`,
      `${acme}/skills`,
      `${acme}/events`,
    ];
    for (const path of [
      ...places,
      `${acme}/logs`,
      `${acme}/history`,
      '/history',
      '/nodes',
      '/channels',
      '/audit',
      '/access',
      '/git-access',
    ]) {
      await page.goto(at(path));
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await shot(`page${path.replaceAll('/', '-').replace(host.name('acme'), 'acme')}`);
    }
    expect(complaints).toEqual([]);
  });
});

describe('two people', () => {
  test('who edit the same lines: one gets the conflict with both texts, and nothing is lost', async () => {
    const other = await opened(browser.context);
    const path = at(`/tenants/${host.name('globex')}/prompts/greeting`);
    await Promise.all([page.goto(path), other.goto(path)]);
    await page.getByLabel('text', { exact: true }).fill('Mine.\n');
    await other.getByLabel('text', { exact: true }).fill('Theirs.\n');
    await button('Review change', other).click();
    await button('Commit change', other).click();
    await other.getByRole('dialog').getByText('converged', { exact: true }).first().waitFor();
    await button('Review change').click();
    const conflict = page.getByRole('dialog', { name: 'Somebody else changed the same' });
    await conflict.waitFor();
    await expect
      .poll(() => conflict.getByRole('textbox', { name: /in Git now/ }).innerText())
      .toContain('Theirs.');
    expect(await conflict.getByRole('textbox', { name: /Your text/ }).innerText()).toContain('Mine.');
    await shot('conflict');
    await other.close();
  });

  test("a tenant's owner sees and reaches nothing else", async () => {
    const { token } = await house.ask<{ token: string }>('POST', '/v1/access/invitations', {
      email: 'owner@globex.example',
    });
    const visitor = await startChromium();
    try {
      const own = await opened(visitor.context);
      await own.goto(at(`/sign-up#invitation=${token}`));
      await own.getByLabel('Your name').fill('Grace Hopper');
      await own.getByLabel('Password').fill('a nanosecond of wire');
      await own.getByRole('button', { name: 'Create account' }).click();
      await own.getByRole('navigation').first().waitFor();
      await own.goto(at('/tenants'));
      await own.getByText('1 tenant').first().waitFor();
      expect(await own.getByText(host.name('acme')).count()).toBe(0);
      const reached = await own.evaluate(
        async (paths: readonly string[]) => {
          const replies = await Promise.all(paths.map((one) => fetch(one)));
          return replies.map(({ status }) => status);
        },
        ['status', 'drift', 'config', 'prompts', 'history', 'events'].map(
          (part) => `/v1/tenants/${host.name('acme')}/${part}`,
        ),
      );
      expect(new Set(reached)).toEqual(new Set([404]));
    } finally {
      await visitor[Symbol.asyncDispose]();
    }
  });
});

test('while the control node is away the node goes on, and afterwards it is told everything in order', async () => {
  await house.stopWeb();
  const { id } = await host.identity('acme');
  await host.docker.removeContainer(id, { force: true });
  await vi.waitFor(async () => {
    const now = await host.inspect('acme');
    expect(now?.State.Running).toBe(true);
    expect(now?.Id).not.toBe(id);
  }, patience);
  await house.startWeb();
  const statusOf = () =>
    house.ask<{ status: { containerId: string; phase: string } }>(
      'GET',
      `/v1/tenants/${host.name('acme')}/status`,
    );
  const now = await host.identity('acme');
  await vi.waitFor(
    async () => expect((await statusOf()).status).toMatchObject({ containerId: now.id, phase: 'InSync' }),
    patience,
  );
});
