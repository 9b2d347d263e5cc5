import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { buildPage } from '../../../web/ui/build.ts';
import { type Chromium, startChromium } from '../../support/chromium.ts';
import { type PageServer, startPageServer } from '../../support/page-server/start.ts';

// A browser, on machines that do other work as well.
vi.setConfig({ testTimeout: 120_000 });

let server: PageServer;
let browser: Chromium;

beforeAll(async () => {
  server = await startPageServer({ folder: await buildPage() });
  browser = await startChromium();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** A new page whose first `failures` requests for scripts are broken off, as by a network that has changed. */
async function withFailures(failures: number) {
  const page = await browser.context.newPage();
  let broken = 0;
  await page.route('**/assets/*.js', (route) => {
    if (broken >= failures) return route.continue();
    broken += 1;
    return route.abort('internetdisconnected');
  });
  return { page, broken: () => broken };
}

test('a page whose scripts were broken off on their way loads itself again, and is then as ever', async () => {
  const { page, broken } = await withFailures(2);
  await page.goto(server.url);
  await page.getByLabel('E-mail').waitFor({ timeout: 60_000 });
  expect(broken()).toBe(2);
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  await page.close();
});

test('a page that cannot be loaded says so in the end, and stops trying', async () => {
  const { page, broken } = await withFailures(Number.POSITIVE_INFINITY);
  await page.goto(server.url);
  await page.getByText('The page could not be loaded.').waitFor({ timeout: 60_000 });
  const tried = broken();
  await page.waitForTimeout(1_000);
  expect(broken()).toBe(tried);
  await page.close();
});
