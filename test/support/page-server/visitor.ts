import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { isOfMachine } from '../chromium.ts';
import type { PageServer } from './start.ts';

export interface Visitor {
  readonly page: Page;
  /** What the browser complained of: script errors, refusals of the content security policy, failed loads. */
  readonly complaints: string[];
  /** Requests to anybody but the control node. */
  readonly strangers: string[];
  goto(path: string): Promise<void>;
  /** What axe finds wrong, one line each. */
  axe(): Promise<string[]>;
}

/** A tab of somebody who is signed in. */
export async function visit(context: BrowserContext, server: Pick<PageServer, 'url'>): Promise<Visitor> {
  const page = await context.newPage();
  page.setDefaultTimeout(25_000);
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isOfMachine(message.text()))
      complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) strangers.push(request.url());
  });
  await context.addCookies([{ name: 'fixture', value: '1', url: server.url }]);
  return {
    page,
    complaints,
    strangers,
    goto: async (path) => {
      await page.goto(server.url + path);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page
        .getByRole('status', { name: /^(Reading|Loading)/ })
        .first()
        .waitFor({ state: 'detached' });
    },
    axe: () => judged(page),
  };
}

async function judged(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const tool = (globalThis as unknown as { axe: typeof axe }).axe;
    const { violations } = await tool.run({ resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
  });
  return found;
}
