import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

export interface Look {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

/** The looks that every page must bear. */
export const looks: readonly Look[] = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Whether Chromium complains of the machine and not of the page: every request ends when the network changes, as it does
 * whenever a test beside this one begins a container. What the page makes of that has tests of its own.
 */
export function isOfMachine(complaint: string): boolean {
  return complaint.includes('net::ERR_NETWORK_CHANGED');
}

export interface Chromium extends AsyncDisposable {
  readonly context: BrowserContext;
}

/** Debian's Chromium with a profile of its own, which is gone afterwards. */
export async function startChromium(options: { readonly reducedMotion?: boolean } = {}): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'tenantry-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: true,
    chromiumSandbox: false,
    args: flags,
    reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
  });
  return {
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
