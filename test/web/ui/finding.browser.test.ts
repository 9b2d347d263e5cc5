import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildPage } from '../../../web/ui/build.ts';
import { type Chromium, startChromium } from '../../support/chromium.ts';
import { type PageServer, startPageServer } from '../../support/page-server/start.ts';
import { type Visitor, visit } from '../../support/page-server/visitor.ts';

// Several steps in a browser, on machines that do other work as well.
vi.setConfig({ testTimeout: 120_000 });

let folder = '';
let server: PageServer;
let browser: Chromium;
let one: Visitor;

beforeAll(async () => {
  folder = await buildPage();
  browser = await startChromium();
});
beforeEach(async () => {
  server = await startPageServer({ folder, tenants: 300 });
  one = await visit(browser.context, server);
  return async () => {
    await one.page.close();
    await server[Symbol.asyncDispose]();
  };
});
afterAll(() => browser[Symbol.asyncDispose]());

describe('the search of tenants', () => {
  test('goes on while the fleet is busy, and keeps every letter', async () => {
    const { page } = one;
    await one.goto('/tenants');
    let turn = 0;
    const busy = setInterval(
      () => server.state.change('acme', { reason: `turn ${(turn += 1)}`, phase: 'Drifted' }),
      40,
    );
    try {
      await page.keyboard.press('/');
      // Slow enough that each letter is said, so that each comes while the one before is on its way.
      await page.keyboard.type('customer-00012', { delay: 230 });
      await page.waitForURL(/q=customer-00012$/);
      expect(await page.getByLabel('Search tenants').inputValue()).toBe('customer-00012');
      await page.getByText(/\d+ tenants? found/).waitFor();
      expect(turn).toBeGreaterThan(10);
    } finally {
      clearInterval(busy);
    }
  });

  test('follows the address where somebody else changes it, and "Clear" clears what was typed', async () => {
    const { page } = one;
    const search = page.getByLabel('Search tenants');
    await one.goto('/tenants?q=globex');
    await page.getByRole('navigation', { name: 'Pages' }).first().getByText('Tenants').click();
    await expect.poll(() => search.inputValue()).toBe('');
    await search.fill('acme');
    await page.waitForURL(/q=acme/);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect.poll(() => search.inputValue()).toBe('');
    await expect.poll(() => new URL(page.url()).search).toBe('');
  });
});

describe('a dense table', () => {
  test('tells on hover what it has no room for, lets an image be copied, and its rows still lead on', async () => {
    const { page } = one;
    await one.goto('/tenants?q=globex');
    const row = page.getByRole('row').filter({ hasText: 'globex' });
    await row.waitFor();
    /** What lies on top in the middle of an element: the browser shows the title of that, or of what holds it. */
    const titleAt = (selector: string) =>
      row
        .locator(selector)
        .first()
        .evaluate((element) => {
          const { left, top, width, height } = element.getBoundingClientRect();
          const found = document.elementFromPoint(left + width / 2, top + height / 2);
          return found?.closest('[title]')?.getAttribute('title') ?? null;
        });
    expect(await titleAt('time')).toMatch(/^since /);
    const { reason } = server.state.tenant('globex') ?? { reason: '' };
    expect(reason).not.toBe('');
    expect(await titleAt('[role=cell]:nth-child(3) > span')).toBe(reason);
    expect(await titleAt('[role=cell]:nth-child(2) > span')).not.toBeNull();
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await row.getByTitle(/^Copy image/).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const image = server.state.tenant('globex')?.image;
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(image);
    await row
      .getByRole('cell')
      .first()
      .click({ position: { x: 150, y: 8 } });
    await page.getByRole('heading', { level: 1, name: /globex/ }).waitFor();
  });

  test('does not move for what was copied, and says to everybody that copying was refused', async () => {
    const { page } = one;
    await one.goto('/tenants/acme');
    const image = page.getByTitle(/^Copy image/);
    const width = async () => (await image.boundingBox())?.width;
    const before = await width();
    await page.evaluate(() =>
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) },
      }),
    );
    await image.click();
    const note = page.locator('[popover]').getByText('The browser did not allow copying');
    await note.waitFor();
    expect(await width()).toBe(before);
    const box = await note.boundingBox();
    expect(box?.width).toBeGreaterThan(20);
  });
});
