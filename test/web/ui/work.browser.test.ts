import { describe, expect, test } from 'vitest';
import type { Chromium } from '../../support/chromium.ts';
import { eachVisit } from '../../support/page-server/each-visit.ts';
import type { PageServer } from '../../support/page-server/start.ts';
import type { Visitor } from '../../support/page-server/visitor.ts';

let server: PageServer;
let browser: Chromium;
let one: Visitor;

eachVisit({ tenants: 3_000 }, (here) => {
  ({ browser, server, one } = here);
});

const button = (visitor: Visitor, name: string | RegExp) =>
  visitor.page.getByRole('button', { name, exact: typeof name === 'string' });
const editor = (visitor: Visitor) => visitor.page.getByRole('textbox', { name: /^Text of/ });

test('signing in leads to the place that was asked for; a wrong password is told', async () => {
  await browser.context.clearCookies();
  const { page } = one;
  await page.goto(`${server.url}/tenants/acme`);
  await page.getByLabel('E-mail').fill(server.email);
  await page.getByLabel('Password').fill('wrong');
  await button(one, 'Sign in').click();
  await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor();
  await page.getByLabel('Password').fill(server.password);
  await button(one, 'Sign in').click();
  await page.getByRole('heading', { level: 1, name: /acme/ }).waitFor();
});

describe('an edit', () => {
  test('of a prompt is planned while it is typed, shown as a difference, committed, and followed until it has converged', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/prompts/greeting');
    await page.getByLabel('text', { exact: true }).fill('Greet by name, in one sentence.\n');
    await page.getByText('acme: in place, no interruption. The other 41 are not touched.').waitFor();
    await expect.poll(() => editor(one).innerText()).toContain('Greet by name, in one sentence.');
    await button(one, 'Review change').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Send SIGHUP to tenant_acme_runtime').waitFor();
    expect(
      await dialog
        .getByRole('row')
        .filter({ hasText: 'Greet by name, in one sentence.' })
        .getByLabel('added')
        .count(),
    ).toBe(1);
    expect(await one.axe()).toEqual([]);
    await button(one, 'Commit change').click();
    await dialog.getByText('0 of 1 converged').waitFor();
    const { oid } = server.state.repository.head.progress.commit;
    expect(server.state.repository.read('tenants/acme/prompts/greeting.yaml')).toContain(
      '# Edit the text and commit',
    );
    server.state.converge(oid);
    await dialog.getByText('converged', { exact: true }).first().waitFor();
    await button(one, 'Close').last().click();
    await page.getByRole('region', { name: 'Commits that you follow' }).getByText('converged').waitFor();
  });

  test('in the form and in the text is one: what is typed in either stands in the other, and comments stay', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/config');
    await page.getByLabel('memory', { exact: true }).fill('512Mi');
    await expect.poll(() => editor(one).innerText()).toContain('{memory: 512Mi, cpus: 0.5}');
    expect(await editor(one).innerText()).toContain('# running or stopped');
    await editor(one).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('  suspend: {until: 2026-12-01T00:00Z, reason: move, owner: ops@example.com}');
    await expect.poll(() => page.getByLabel('reason', { exact: true }).inputValue()).toBe('move');
    await page.getByLabel('memory', { exact: true }).fill('512MB');
    await page.getByRole('status').filter({ hasText: '1 problem' }).waitFor();
    expect(await button(one, 'Review change').isDisabled()).toBe(true);
  });

  test('completes from the schema', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/config');
    await editor(one).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('  dri');
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: /drift/ }).waitFor();
  });

  test('of the same lines by two people loses neither text', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/prompts/greeting');
    await page.getByLabel('text', { exact: true }).fill('Mine.\n');
    const before = server.state.repository.read('tenants/acme/prompts/greeting.yaml') ?? '';
    server.state.repository.commit(
      'tenants/acme/prompts/greeting.yaml',
      before.replace('Ask one question at a time.', 'Theirs.'),
      'acme: theirs',
      ['acme'],
    );
    await button(one, 'Review change').click();
    const dialog = page.getByRole('dialog', { name: 'Somebody else changed the same' });
    await dialog.waitFor();
    await expect
      .poll(() => dialog.getByRole('textbox', { name: /in Git now/ }).innerText())
      .toContain('Theirs.');
    const mine = dialog.getByRole('textbox', { name: /Your text/ });
    expect(await mine.innerText()).toContain('Mine.');
    expect(await one.axe()).toEqual([]);
    await mine.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('# both');
    await button(one, 'Plan your text').click();
    await button(one, 'Commit change').click();
    await page.getByRole('dialog').getByText('0 of 1 converged').waitFor();
    expect(server.state.repository.read('tenants/acme/prompts/greeting.yaml')).toMatch(/Mine\.[\s\S]*both/);
    expect(
      server.state.repository.commits.some(({ files }) =>
        files.get('tenants/acme/prompts/greeting.yaml')?.includes('Theirs.'),
      ),
    ).toBe(true);
  });

  test('can be proposed instead, and a link that is no web address is not offered', async () => {
    const { page } = one;
    await one.goto('/tenants/acme');
    await button(one, 'Restart').click();
    await page.getByText('acme: recreated, about 7 s down.', { exact: false }).waitFor();
    await button(one, 'Propose instead').click();
    await page.getByText('tenantry/propose-1', { exact: true }).waitFor();
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Open the pull request' }).count()).toBe(0);
  });

  test('is kept when somebody leaves the editor and comes back', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/prompts/greeting');
    await page.getByLabel('text', { exact: true }).fill('Not done yet.\n');
    await page.getByRole('link', { name: 'Status' }).click();
    await page.goBack();
    await expect.poll(() => page.getByLabel('text', { exact: true }).inputValue()).toContain('Not done yet.');
  });
});

test('drift is accepted field by field, after its plan', async () => {
  const { page } = one;
  await one.goto('/tenants/acme');
  await button(one, 'Accept into Git: memory').click();
  const dialog = page.getByRole('dialog', { name: 'Accept memory into Git' });
  await dialog.getByRole('row').filter({ hasText: 'memory: 1Gi' }).waitFor();
  await dialog.getByRole('button', { name: 'Accept into Git', exact: true }).click();
  await dialog.getByText('0 of 1 converged').waitFor();
  expect(server.state.repository.head.progress.commit.subject).toBe('acme: accept memory');
});

describe('what one may not do', () => {
  const buttons = async (path: string): Promise<string[]> => {
    await one.goto(path);
    // What is there when the page has been read.
    await one.page.waitForLoadState('networkidle');
    return one.page.locator('main').getByRole('button').allInnerTexts();
  };

  test('as a viewer is not offered, and a file says that it is there to be read', async () => {
    Object.assign(server.state, { may: ['nodes.read', 'channels.read', 'library.read'], mayWithTenant: [] });
    server.state.editable = [];
    expect(await buttons('/tenants/acme')).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Restart|Pair|Accept|Heal/)]),
    );
    for (const path of ['/tenants', '/channels', '/nodes/worker-1', '/tenants/acme/history'])
      expect([
        path,
        (await buttons(path)).filter((name) => /set up|pin|promote|join|approve|roll|back to/i.test(name)),
      ]).toEqual([path, []]);
    await one.goto('/tenants/acme/config');
    await one.page.getByText('Your role may read this file, not change it.').waitFor();
    expect(await one.page.getByLabel('memory', { exact: true }).isDisabled()).toBe(true);
    expect(await one.axe()).toEqual([]);
  });

  test('as an owner is neither offered nor asked for', async () => {
    Object.assign(server.state, { may: ['git-tokens'], mayWithTenant: ['config', 'prompts', 'runtime'] });
    server.state.editable = ['/spec/config'];
    const asked: string[] = [];
    one.page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await buttons('/');
    await buttons('/tenants');
    await buttons('/tenants/acme');
    await button(one, 'More for acme').click();
    expect(await one.page.getByRole('menuitem').allInnerTexts()).toEqual(['Stop']);
    expect(asked.filter((path) => /nodes|channels|audit|access|library/.test(path))).toEqual([]);
    expect(await one.page.locator('a[href^="/nodes"]').count()).toBe(0);
    await one.goto('/tenants/acme/config');
    await one.page.getByText('Grey fields are for operators').waitFor();
  });
});

test('a channel is pinned and promoted, each after its plan', async () => {
  const { page } = one;
  await one.goto('/channels');
  await page.getByText('36 of 41 tenants run the pin').waitFor();
  await button(one, 'Pin images of staging').click();
  await page.getByLabel('runtime', { exact: true }).fill('registry.example.com/tenantry/runtime:sha-0000aaa');
  expect(await one.axe()).toEqual([]);
  await button(one, 'Show the plan').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('row').filter({ hasText: 'runtime:sha-0000aaa' }).waitFor();
  await dialog.getByRole('button', { name: 'Commit pin' }).click();
  await dialog.getByText('0 of 1 converged').waitFor();
  expect(server.state.repository.read('channels/staging.yaml')).toContain('sha-0000aaa');
  await button(one, 'Close').last().click();
  await button(one, /^Promote to production/).click();
  await dialog.getByRole('button', { name: 'Commit promotion' }).click();
  await dialog.getByText('0 of 1 converged').waitFor();
  expect(server.state.repository.read('channels/production.yaml')).toContain('sha-9c3e0b7');
});

test('a removal that a node holds is approved by a commit that says why', async () => {
  const { page } = one;
  await one.goto('/nodes/worker-1');
  await button(one, 'Approve the removal').click();
  await page.getByLabel('Why').fill('their contracts ended');
  expect(await one.axe()).toEqual([]);
  await button(one, 'Show the change').click();
  const dialog = page.getByRole('dialog', { name: 'Approve the removal from worker-1' });
  await dialog.getByRole('button', { name: 'Commit approval' }).click();
  await dialog.getByText('Committed').waitFor();
  expect(server.state.repository.read('tenantry.yaml')).toContain('their contracts ended');
  expect(server.state.repository.head.progress.commit.subject).toBe(
    'worker-1: approve the removal of 3 tenants',
  );
});

test('a Git token is made, shown once with what to run, and revoked', async () => {
  const { page } = one;
  await one.goto('/git-access');
  await button(one, 'Make token').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('ci');
  expect(await one.axe()).toEqual([]);
  await dialog.getByRole('button', { name: 'Make token' }).click();
  await dialog.getByText('tnt_git_made-by-a-fixture').waitFor();
  await dialog.getByText('git clone http://ada@localhost:8080/git/desired.git').waitFor();
  expect(await one.axe()).toEqual([]);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await page.getByText('tnt_git_made-by-a-fixture').count()).toBe(0);
  await button(one, 'Revoke ci').click();
  await button(one, 'Revoke token').click();
  await button(one, 'Revoke ci').waitFor({ state: 'detached' });
});

describe('what was is read as far back as one asks', () => {
  test('events by kind, older ones as one scrolls, new ones on top', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/events');
    const rows = page.getByRole('table', { name: /^Events/ }).getByRole('row');
    await rows.nth(5).waitFor();
    await page.getByLabel('Kind').selectOption('container');
    await page.getByText('connected').first().waitFor({ state: 'detached' });
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 4_000);
        return Number(await rows.last().getAttribute('aria-rowindex'));
      })
      .toBe(196);
    const event = {
      id: 2_000,
      at: Date.now(),
      node: 'worker-1',
      tenant: 'acme',
      type: 'container/oom',
      data: {},
    };
    server.state.live.say('tenant:acme', { type: 'event', event });
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.getByText('the container ran out of memory').waitFor();
  });

  test('the audit by person, outcome and day, in the address', async () => {
    const { page } = one;
    await one.goto('/audit');
    await page.getByLabel('Outcome').selectOption('refused');
    await page.getByText('mallory@example.com').waitFor();
    await page.getByText('ops@acme.example').waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?outcome=refused');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: 'ops@acme.example' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('who')).toBe('ops@acme.example');
    await page.getByText('mallory@example.com').waitFor({ state: 'detached' });
    const asked = page.waitForRequest((request) => request.url().includes('since='));
    await page.getByLabel('From').fill('2026-11-01');
    const since = Number(new URL((await asked).url()).searchParams.get('since'));
    expect(await page.evaluate((at) => new Date(at).toString(), since)).toMatch(/Nov 01 2026 00:00/);
  });
});

test('a scheme that the system changes while the page is open reaches every text', async () => {
  const { page } = one;
  await page.emulateMedia({ colorScheme: 'light' });
  await one.goto('/audit');
  const colour = () =>
    page
      .getByRole('button', { name: 'mallory@example.com' })
      .evaluate((element) => getComputedStyle(element).color);
  const light = await colour();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(colour).not.toBe(light);
});

test('a code to pair appears, is replaced and ends by itself', async () => {
  const { page } = one;
  await one.goto('/tenants/acme');
  await button(one, 'Pair').click();
  await page.getByRole('dialog').getByText('No phone is connected').waitFor();
  await button(one, 'Start pairing').click();
  await button(one, 'Commit change').click();
  // Nothing lies above the place where the code will be.
  await page.getByRole('dialog', { name: 'Pair WhatsApp with acme' }).waitFor();
  expect(await page.getByRole('dialog').count()).toBe(1);
  server.state.qr = { code: '2@first', expiresAt: Date.now() + 60_000 };
  server.state.change('acme', {});
  const code = page.getByRole('img', { name: 'QR code to pair acme' });
  const first = await code.locator('path').getAttribute('d');
  server.state.qr = { code: '2@second', expiresAt: Date.now() + 60_000 };
  server.state.change('acme', {});
  await expect.poll(() => code.locator('path').getAttribute('d')).not.toBe(first);
  expect(await one.axe()).toEqual([]);
  server.state.qr = null;
  server.state.change('acme', {});
  await code.waitFor({ state: 'detached' });
});

describe('a fleet of thousands', () => {
  test('has only what is on the screen in the page, and reads on while one scrolls', async () => {
    const { page } = one;
    await one.goto('/tenants');
    await page.getByText('3,000 tenants').waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(80);
    const lastShown = () => page.getByRole('row').last().innerText();
    const before = await lastShown();
    await page.mouse.wheel(0, 9_000);
    await expect.poll(lastShown).not.toBe(before);
    expect(await page.getByRole('row').count()).toBeLessThan(80);
  });

  test('is told live: a tenant that fails says so in its row, and nothing is asked over and over', async () => {
    const { page } = one;
    await one.goto('/tenants?q=customer-0001');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    server.state.change('customer-0001', { phase: 'Failed', reason: 'out of memory' });
    await page.getByRole('row').filter({ hasText: 'customer-0001' }).getByText('Failed').waitFor();
    await page.getByRole('row').filter({ hasText: 'out of memory' }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(asked.length).toBeLessThan(8);
  });

  test('is searched by `/`, and the search is the address', async () => {
    const { page } = one;
    await one.goto('/tenants');
    await page.keyboard.press('/');
    await page.keyboard.type('globex');
    await page.waitForURL(/q=globex/);
    await page.getByText('1 tenant found').waitFor();
    await page.reload();
    await page.getByText('1 tenant found').waitFor();
  });
});

test('everything is reached by keyboard: the palette opens, finds a tenant and gives the focus back', async () => {
  const { page } = one;
  await one.goto('/');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  expect(await one.axe()).toEqual([]);
  await page.keyboard.type('globe');
  await page.getByRole('option', { name: /^globex/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /globex/ }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a lost connection is told once, and heals by itself with what happened meanwhile', async () => {
  const { page } = one;
  await one.goto('/tenants/globex');
  server.state.live.away = true;
  server.state.live.cut();
  await page.getByText('Not connected.').waitFor();
  expect(await page.getByText('Not connected.').count()).toBe(1);
  expect(await one.axe()).toEqual([]);
  server.state.change('globex', { reason: 'what happened meanwhile' });
  server.state.live.away = false;
  await page.getByText('Not connected.').waitFor({ state: 'detached' });
  await page.getByText('what happened meanwhile').first().waitFor();
});
