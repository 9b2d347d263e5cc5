/**
 * How soon the built page can be used, and how long typing keeps it busy, in Chromium with a processor that is slowed
 * down: `node test/web/ui/measure.ts [rounds] [slowdown]`. Each load is the first one of a new browser.
 */
import type { Page } from 'playwright-core';
import { buildPage } from '../../../web/ui/build.ts';
import { startChromium } from '../../support/chromium.ts';
import { startPageServer } from '../../support/page-server/start.ts';

const rounds = Number(process.argv[2] ?? 7);
const slowdown = Number(process.argv[3] ?? 4);
const folder = await buildPage();

/** Tasks that keep the page from answering, as the browser tells them: when they began and how long they took. */
interface Busy {
  readonly start: number;
  readonly ms: number;
}

async function onNewPage<T>(path: string, tenants: number, work: (page: Page) => Promise<T>): Promise<T> {
  await using server = await startPageServer({ folder, tenants });
  await using browser = await startChromium();
  await browser.context.addCookies([{ name: 'fixture', value: '1', url: server.url }]);
  const page = await browser.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.addInitScript(() => {
    const seen: Busy[] = [];
    Object.assign(globalThis, { busy: seen });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) seen.push({ start: startTime, ms: duration });
    }).observe({ type: 'longtask', buffered: true });
  });
  const session = await browser.context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await page.goto(server.url + path, { waitUntil: 'commit' });
  return await work(page);
}

const busyOf = (page: Page): Promise<Busy[]> =>
  page.evaluate(() => (globalThis as unknown as { busy: Busy[] }).busy);

/** Milliseconds that the page's main thread computes for a first load, as if it were as slow: others cannot disturb that. */
async function computing(path: string, tenants: number, shown: string): Promise<number> {
  await using server = await startPageServer({ folder, tenants });
  await using browser = await startChromium();
  await browser.context.addCookies([{ name: 'fixture', value: '1', url: server.url }]);
  const page = await browser.context.newPage();
  const session = await browser.context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(server.url + path);
  await page.locator(shown).first().waitFor();
  await page.waitForTimeout(1_000);
  const { metrics } = await session.send('Performance.getMetrics');
  const seconds = (name: string): number => metrics.find((one) => one.name === name)?.value ?? NaN;
  return (seconds('TaskDuration') - seconds('DevToolsCommandDuration')) * 1_000 * slowdown;
}

/** Milliseconds from the request until what is asked for is there and no long task follows. */
function load(path: string, tenants: number, shown: string): Promise<number> {
  return onNewPage(path, tenants, async (page) => {
    const at = await page.evaluate(
      (selector) =>
        new Promise<number>((resolve) => {
          const look = (): void => {
            if (document.querySelector(selector) === null) requestAnimationFrame(look);
            else requestAnimationFrame(() => resolve(performance.now()));
          };
          look();
        }),
      shown,
    );
    await page.waitForTimeout(1_500);
    return Math.max(at, ...(await busyOf(page)).map(({ start, ms }) => start + ms));
  });
}

/**
 * Milliseconds that the longest task computes while somebody types into the search of a long list and takes it back, as
 * if on the slower processor.
 */
async function typing(tenants: number): Promise<number> {
  await using server = await startPageServer({ folder, tenants });
  await using browser = await startChromium();
  await browser.context.addCookies([{ name: 'fixture', value: '1', url: server.url }]);
  const page = await browser.context.newPage();
  const session = await browser.context.newCDPSession(page);
  const tasks: { name: string; tdur?: number }[] = [];
  session.on('Tracing.dataCollected', ({ value }) => void tasks.push(...(value as unknown as typeof tasks)));
  await page.goto(`${server.url}/tenants`);
  await page.locator('[role=row]').nth(20).waitFor();
  await page.waitForTimeout(1_500);
  const traceConfig = { includedCategories: ['toplevel'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  const search = page.getByLabel('Search tenants');
  await search.pressSequentially('tenant-12', { delay: 120 });
  for (let left = 9; left > 0; left -= 1) await search.press('Backspace', { delay: 60 });
  await page.waitForTimeout(1_500);
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  const longest = Math.max(
    ...tasks.filter(({ name }) => name.endsWith('RunTask')).map(({ tdur = 0 }) => tdur),
  );
  return (longest / 1_000) * slowdown;
}

async function report(what: string, measure: () => Promise<number>): Promise<void> {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) figures.push(Math.round(await measure()));
  const sorted = figures.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  process.stdout.write(`${what}: median ${median} ms, ${sorted[0]} to ${sorted.at(-1)} ms of ${rounds}\n`);
}

process.stdout.write(`A processor ${slowdown} times slower than this one.\n`);
for (const [what, path, shown] of [
  ['overview of 1,000 tenants', '/', 'main h2'],
  ['list of 1,000 tenants', '/tenants', '[role=row] a'],
] as const) {
  await report(`${what}, first load until it can be used`, () => load(path, 1_000, shown));
  await report(`${what}, computing for it`, () => computing(path, 1_000, shown));
}
await report('typing in the search of 5,000 tenants, longest task computes', () => typing(5_000));
