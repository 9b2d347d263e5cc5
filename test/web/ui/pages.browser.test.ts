import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from '../../../web/ui/build.ts';
import { type Chromium, looks, startChromium } from '../../support/chromium.ts';
import { oidOf } from '../../support/page-server/fleet.ts';
import { type PageServer, startPageServer } from '../../support/page-server/start.ts';
import { visit } from '../../support/page-server/visitor.ts';
import { root } from '../../support/source-files.ts';

let server: PageServer;
let browser: Chromium;
const shots = join(root, 'test-output', 'pages');

beforeAll(async () => {
  server = await startPageServer({ folder: await buildPage() });
  browser = await startChromium();
  await mkdir(shots, { recursive: true });
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const places: Readonly<Record<string, string>> = {
  overview: '/',
  tenants: '/tenants',
  'tenants-filtered': '/tenants?phase=Failed',
  'tenants-none': '/tenants?q=nobody',
  tenant: '/tenants/acme',
  'tenant-failed': '/tenants/globex',
  'tenant-away': '/tenants/wayne',
  'tenant-unknown': '/tenants/nobody',
  config: '/tenants/acme/config',
  prompts: '/tenants/acme/prompts',
  prompt: '/tenants/acme/prompts/greeting',
  skills: '/tenants/acme/skills',
  skill: '/tenants/acme/skills/order-status',
  events: '/tenants/acme/events',
  logs: '/tenants/acme/logs',
  'tenant-history': '/tenants/acme/history',
  history: '/history',
  commit: `/history/${oidOf(8)}`,
  library: '/library',
  'library-file': '/library/prompts/house-style',
  nodes: '/nodes',
  node: '/nodes/worker-1',
  'node-away': '/nodes/worker-3',
  channels: '/channels',
  audit: '/audit',
  'audit-filtered': '/audit?outcome=refused&from=2026-11-01',
  access: '/access',
  git: '/git-access',
  account: '/account',
  'sign-in': '/sign-in',
  'sign-up': '/sign-up',
  nowhere: '/no/such/place',
};

describe('INV-26: every page, wide and narrow, light and dark', () => {
  test.each(Object.entries(places))(
    '%s is accessible, fits, keeps hostile texts inert and asks nobody else',
    async (name, path) => {
      const { page, complaints, strangers, ...visitor } = await visit(browser.context, server);
      try {
        for (const { width, scheme } of looks) {
          await page.setViewportSize({ width, height: width === 390 ? 844 : 860 });
          await page.emulateMedia({ colorScheme: scheme });
          await visitor.goto(path);
          await page.screenshot({ path: join(shots, `${name}-${width}-${scheme}.png`) });
          expect.soft(await visitor.axe(), `${name} ${width} ${scheme}`).toEqual([]);
          expect
            .soft(
              await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
              `${name} ${width} fits`,
            )
            .toBe(true);
        }
        expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
        expect(complaints.filter((one) => !(path === '/tenants/nobody' && one.includes('404')))).toEqual([]);
        expect(strangers).toEqual([]);
      } finally {
        await page.close();
      }
    },
    120_000,
  );
});
