import { afterAll, beforeAll, beforeEach, vi } from 'vitest';
import { buildPage } from '../../../web/ui/build.ts';
import { type Chromium, startChromium } from '../chromium.ts';
import { type PageServer, startPageServer } from './start.ts';
import { type Visitor, visit } from './visitor.ts';

export interface Visit {
  readonly browser: Chromium;
  readonly server: PageServer;
  readonly one: Visitor;
}

/**
 * Gives each test of a file a page over fixtures of its own, and somebody who is signed in there. The browser is the
 * file's.
 *
 * @param take is told before each test what it has
 */
export function eachVisit(options: { readonly tenants?: number }, take: (here: Visit) => void): void {
  // Several steps in a browser, on machines that do other work as well.
  vi.setConfig({ testTimeout: 120_000 });
  let folder = '';
  let browser: Chromium;
  beforeAll(async () => {
    folder = await buildPage();
    browser = await startChromium();
  });
  beforeEach(async () => {
    const server = await startPageServer({ folder, ...options });
    const one = await visit(browser.context, server);
    take({ browser, server, one });
    return async () => {
      await one.page.close();
      await server[Symbol.asyncDispose]();
    };
  });
  afterAll(() => browser[Symbol.asyncDispose]());
}
