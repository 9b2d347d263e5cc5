import { describe, expect, test } from 'vitest';
import type { Chromium } from '../../support/chromium.ts';
import { eachVisit } from '../../support/page-server/each-visit.ts';
import type { PageServer } from '../../support/page-server/start.ts';
import type { Visitor } from '../../support/page-server/visitor.ts';

let server: PageServer;
let browser: Chromium;
let one: Visitor;

eachVisit({ tenants: 200 }, (here) => {
  ({ browser, server, one } = here);
});

const attention = (visitor: Visitor) => visitor.page.getByRole('region', { name: 'Needs attention' });

describe('what needs a person', () => {
  test('is told with nodes that are away and a repository that does not answer, and leads to what is next', async () => {
    const { page } = one;
    server.state.host = { trouble: 'connection refused', asked: Date.now() - 120_000 };
    await one.goto('/');
    await page.getByRole('heading', { level: 1, name: /live on nodes that are away/ }).waitFor();
    const away = attention(one).getByRole('listitem').filter({ hasText: 'The node is away' });
    await away.getByText('47 min').waitFor();
    await attention(one)
      .getByText(/could not be asked.*connection refused/)
      .waitFor();
    expect(await attention(one).getByRole('link', { name: 'Compare' }).count()).toBe(1);
    await page.getByRole('link', { name: /with fields changed outside Git/ }).click();
    await page.waitForURL(/sort=drift/);
    await page.goBack();
    await attention(one).getByRole('link', { name: 'Approve or keep' }).click();
    await page.waitForURL(/\/nodes\/worker-1#held/);
    await page.getByRole('button', { name: 'Approve the removal' }).waitFor();
  });

  test('is counted whole beside its place, on whatever page one is, and what does not fit is said', async () => {
    const { page } = one;
    await one.goto('/nodes');
    const badge = page.getByRole('link', { name: /^Overview/ }).first();
    const before = server.state.attention().length;
    await badge.getByText(String(before)).waitFor();
    for (let index = 1; index <= 60; index += 1)
      server.state.change(`customer-${String(index).padStart(4, '0')}`, { phase: 'Failed', reason: 'down' });
    await badge.getByText(String(before + 60)).waitFor();
    await badge.click();
    await page.getByRole('link', { name: `and ${before + 60 - 50} more` }).waitFor();
    expect(await one.axe()).toEqual([]);
  });
});

test('a node says whether it is full, and that it is linked rather than when it last had news', async () => {
  const { page } = one;
  await one.goto('/nodes');
  const line = (name: string) => page.getByRole('listitem').filter({ hasText: name });
  await line('worker-2').getByText('Full', { exact: true }).waitFor();
  expect(await line('worker-1').getByText('Full', { exact: true }).count()).toBe(0);
  const said = await line('worker-1').innerText();
  expect(said).toContain('linked');
  expect(said).not.toContain('heard');
  await line('worker-3').getByText('47 min ago').waitFor();
});

test('the key of a node is revoked after a word of warning, by whom it is offered', async () => {
  const { page } = one;
  await one.goto('/nodes/worker-1');
  await page.getByRole('button', { name: 'Revoke key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke the key of worker-1' });
  await dialog.getByText('The machine is cut off at once').waitFor();
  expect(await one.axe()).toEqual([]);
  await dialog.getByRole('button', { name: 'Revoke key' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect([...server.state.revoked]).toEqual(['worker-1']);
  await page.getByText('no machine has joined under this name').waitFor();
  expect(await page.getByRole('button', { name: 'Revoke key' }).count()).toBe(0);
  server.state.may = ['nodes.read'];
  await one.goto('/nodes/worker-2');
  expect(await page.getByRole('button', { name: 'Revoke key' }).count()).toBe(0);
});

test('roles that are given one after the other are all there, and the list shows each at once', async () => {
  const { page } = one;
  await one.goto('/access');
  for (const [email, role] of [
    ['x@example.com', 'viewer'],
    ['y@example.com', 'operator'],
  ] as const) {
    await page.getByRole('button', { name: 'Give a role' }).click();
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('radio', { name: new RegExp(`^${role}`) }).check();
    await page.getByRole('button', { name: 'Show the change' }).click();
    await page.getByRole('button', { name: 'Commit role' }).click();
    await page.getByRole('dialog').getByText('Committed').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('listitem').filter({ hasText: email }).getByText(role).waitFor();
  }
  const text = server.state.repository.read('tenantry.yaml') ?? '';
  expect(text).toContain('x@example.com');
  expect(text).toContain('y@example.com');
});

describe('a line that is not for this person', () => {
  test('leads to the sign-in when the session was ended elsewhere, and back', async () => {
    const { page } = one;
    await one.goto('/nodes');
    await browser.context.clearCookies();
    server.state.live.signOut();
    await page.waitForURL(/\/sign-in\?next=%2Fnodes/);
    await page.getByLabel('E-mail').fill(server.email);
    await page.getByLabel('Password').fill(server.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Nodes' }).waitFor();
  });

  test('tells who has no role just that, and goes on by itself when there is one', async () => {
    const { page } = one;
    server.state.role = null;
    await page.goto(server.url);
    await page.getByRole('heading', { level: 1, name: 'Nothing is given to you yet' }).waitFor();
    expect(await one.axe()).toEqual([]);
    expect(await page.getByText('Not connected.').count()).toBe(0);
    server.state.role = 'platform-admin';
    await page.getByRole('heading', { level: 1, name: /tenants are not as Git says/ }).waitFor();
  });
});
