import { describe, expect, test } from 'vitest';
import type { Chromium } from '../../support/chromium.ts';
import { eachVisit } from '../../support/page-server/each-visit.ts';
import type { PageServer } from '../../support/page-server/start.ts';
import type { Visitor } from '../../support/page-server/visitor.ts';

let server: PageServer;
let browser: Chromium;
let one: Visitor;

eachVisit({ tenants: 300 }, (here) => {
  ({ browser, server, one } = here);
});

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

describe('the palette', () => {
  test('keeps in sight what the arrow keys mark, and marks it so that it can be told apart', async () => {
    const { page } = one;
    await one.goto('/');
    await page.keyboard.press('Control+k');
    await page.getByRole('option', { name: 'Sign out' }).waitFor({ state: 'attached' });
    const marked = page.locator('[role=option][aria-selected=true]');
    /** Whether all of it lies within what is seen of the list. */
    const inSight = () =>
      marked.evaluate((option) => {
        const [box, list] = [option, option.parentElement].map((one) => one?.getBoundingClientRect());
        return box !== undefined && list !== undefined && box.top >= list.top && box.bottom <= list.bottom;
      });
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => marked.innerText()).toContain('Sign out');
    await expect.poll(inSight).toBe(true);
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => marked.innerText()).toContain('Overview');
    await expect.poll(inSight).toBe(true);
    expect(await marked.evaluate((option) => getComputedStyle(option).boxShadow)).toContain('3px');
    await page.getByText(/^Signed in as Ada Lovelace/).waitFor();
    expect(await one.axe()).toEqual([]);
  });

  test('does what can be done: it sets up a tenant, and stops one after its plan', async () => {
    const { page } = one;
    await one.goto('/tenants/acme');
    await page.keyboard.press('Control+k');
    await page.getByRole('option', { name: /^Restart acme/ }).waitFor();
    await page.keyboard.type('set up');
    await page.getByRole('option', { name: 'Set up tenant' }).click();
    await page.getByRole('dialog', { name: 'Set up a tenant' }).getByLabel('Owner').waitFor();
    expect(await one.axe()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('stop globex');
    await page.getByRole('option', { name: /^Stop globex/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop globex' });
    await dialog.getByRole('button', { name: 'Commit change' }).click();
    await dialog.getByText('0 of 1 converged').waitFor();
    expect(server.state.repository.head.progress.commit.subject).toBe('globex: stop');
  });

  test('offers a viewer nothing that is not his', async () => {
    const { page } = one;
    Object.assign(server.state, { may: ['nodes.read'], mayWithTenant: [] });
    await one.goto('/tenants/acme');
    await page.keyboard.press('Control+k');
    await page.getByRole('option', { name: 'Sign out' }).waitFor({ state: 'attached' });
    const names = await page.getByRole('option').allInnerTexts();
    expect(names.filter((name) => /^(Restart|Stop|Start|Set up|Add)/.test(name))).toEqual([]);
  });

  test('on a Mac is ⌘K, and leaves Ctrl-K to whoever writes', async () => {
    const { page } = one;
    await page.addInitScript(() => Object.defineProperty(navigator, 'platform', { value: 'MacIntel' }));
    await one.goto('/tenants/acme/prompts/greeting');
    await page.getByRole('button', { name: 'Search' }).getByText('⌘K').waitFor();
    const editor = page.getByRole('textbox', { name: /^Text of/ });
    await editor.click();
    await page.keyboard.press('Meta+ArrowUp');
    const before = await editor.innerText();
    await page.keyboard.press('Control+k');
    await expect.poll(() => editor.innerText()).not.toBe(before);
    expect(await page.getByRole('combobox', { name: /^Search places/ }).count()).toBe(0);
    await page.keyboard.press('Meta+k');
    await page.getByRole('combobox', { name: /^Search places/ }).waitFor();
  });
});

describe('who does not see the page', () => {
  test('is told of a new one, and begins at its content', async () => {
    const { page } = one;
    await one.goto('/');
    const said = () => page.locator('[role=status][aria-live=polite].sr-only').innerText();
    await page.getByRole('link', { name: 'Nodes', exact: true }).first().focus();
    await page.keyboard.press('Enter');
    await expect.poll(said).toBe('Nodes');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    // A part of the same page keeps the focus where it is.
    await one.goto('/tenants/acme');
    await page.getByRole('link', { name: 'Logs' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('log').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Logs');
  });

  test('hears what is wrong with a field at the field, and the plan once', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/config');
    const memory = page.getByLabel('memory', { exact: true });
    await memory.fill('512MB');
    await expect.poll(() => memory.getAttribute('aria-invalid')).toBe('true');
    const told = () =>
      memory.evaluate((field) =>
        (field.getAttribute('aria-describedby') ?? '')
          .split(' ')
          .map((id) => document.getElementById(id)?.textContent ?? `nothing is called ${id}`),
      );
    const [wrong, hint] = await told();
    expect(wrong).not.toMatch(/^nothing is called|^$/);
    expect(hint).not.toMatch(/^nothing is called|^$/);
    await memory.fill('512Mi');
    await expect.poll(async () => (await told()).length).toBe(1);
    const speaks = page.locator('[role=status]').filter({ hasText: 'Making the plan' });
    expect(await speaks.count()).toBe(0);
    await page
      .locator('[role=status]')
      .filter({ hasText: /^acme: / })
      .waitFor();
  });
});

test('at 390 px it shows how much needs attention, and who is signed in', async () => {
  const { page } = one;
  await page.setViewportSize({ width: 390, height: 844 });
  await one.goto('/tenants');
  const bar = page.getByRole('navigation', { name: 'Pages' }).last();
  await bar.getByText(/need attention/).waitFor({ state: 'attached' });
  const badge = await bar.getByTitle(/need attention/).boundingBox();
  expect((badge?.x ?? -1) >= 0 && (badge?.x ?? 999) + (badge?.width ?? 0) <= 390).toBe(true);
  expect(await one.axe()).toEqual([]);
  await bar.getByRole('button', { name: 'More' }).click();
  await page.getByText('Signed in as Ada Lovelace, platform-admin').waitFor();
});

test('what of a tenant is shown is in the address, and can be sent to somebody', async () => {
  const { page } = one;
  const search = () => new URL(page.url()).search;
  await one.goto('/tenants/acme/events');
  await page.getByLabel('Kind').selectOption('container');
  await expect.poll(search).toBe('?kind=container');
  await page.reload();
  await page.getByText('container/start').first().waitFor();
  expect(await page.getByText('connected', { exact: true }).count()).toBe(0);
  await one.goto('/tenants/acme/events?kind=nonsense');
  await page.getByText('connected', { exact: true }).first().waitFor();
  await one.goto('/tenants/acme/logs?q=nobody%20wrote%20this');
  const log = page.getByLabel('Search the log');
  expect(await log.inputValue()).toBe('nobody wrote this');
  await log.fill('GET /');
  await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('GET /');
  await one.goto('/tenants/acme/history');
  await page.getByLabel('What ran at').fill('2026-11-21T16:00');
  await expect.poll(() => new URL(page.url()).searchParams.get('at')).toBe('2026-11-21T16:00');
  await page.reload();
  expect(await page.getByLabel('What ran at').inputValue()).toBe('2026-11-21T16:00');
});

test('a state that names a revision says whose it is and what it did', async () => {
  const { page } = one;
  await one.goto('/nodes/worker-3');
  await page.getByRole('region', { name: 'Follows Git' }).getByText('Ada Lovelace').waitFor();
});

describe('accounts', () => {
  test("an invitation is made, shown once and taken back; a role's dialog is accessible", async () => {
    const { page } = one;
    const dialog = page.getByRole('dialog');
    await one.goto('/access');
    await page.getByRole('button', { name: 'Give a role' }).click();
    await dialog.getByLabel('E-mail').waitFor();
    expect(await one.axe()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    await dialog.getByLabel('E-mail').fill('new@example.com');
    expect(await one.axe()).toEqual([]);
    await dialog.getByRole('button', { name: 'Make invitation' }).click();
    await dialog.getByText(/#invitation=tnt_invitation_made-by-a-fixture$/).waitFor();
    expect(await one.axe()).toEqual([]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    const revoke = page.getByRole('button', { name: 'Revoke the invitation of new@example.com' });
    await revoke.click();
    await revoke.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Revoke the invitation of ops@acme.example' }).waitFor();
  });

  test("one's own password is changed by who knows it, and another session is ended", async () => {
    const { page } = one;
    await one.goto('/');
    await page.getByRole('button', { name: /^A Ada Lovelace|Ada Lovelace/ }).click();
    await page.getByRole('menuitem', { name: 'Your account' }).click();
    await page.getByText('this one', { exact: true }).waitFor();
    const end = page.getByRole('button', { name: /^End the session of 203\.0\.113\.9/ });
    await end.click();
    await end.waitFor({ state: 'detached' });
    await page.getByLabel('Password now').fill('not this one');
    await page.getByLabel('New password').fill('a whole new sentence');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page
      .getByRole('alert')
      .getByText(/is another one/)
      .waitFor();
    await page.getByLabel('Password now').fill(server.password);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('The password is changed.').waitFor();
    expect(await page.getByLabel('New password').inputValue()).toBe('');
    expect(await one.axe()).toEqual([]);
  });
});
