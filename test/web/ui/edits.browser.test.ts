import { describe, expect, test } from 'vitest';
import { eachVisit } from '../../support/page-server/each-visit.ts';
import type { PageServer } from '../../support/page-server/start.ts';
import type { Visitor } from '../../support/page-server/visitor.ts';

const prompt = '/tenants/acme/prompts/greeting';
const file = 'tenants/acme/prompts/greeting.yaml';

let server: PageServer;
let one: Visitor;

eachVisit({}, (here) => {
  ({ server, one } = here);
});

const button = (name: string | RegExp) =>
  one.page.getByRole('button', { name, exact: typeof name === 'string' });
const editor = () => one.page.getByRole('textbox', { name: /^Text of/ });
const text = () => one.page.getByLabel('text', { exact: true });
const followed = () => one.page.getByRole('region', { name: 'Commits that you follow' });
const repository = () => server.state.repository;

/** Commits a restart of acme and closes what says so. */
async function restart(): Promise<string> {
  await one.goto('/tenants/acme');
  await button('Restart').click();
  await button('Commit change').click();
  await one.page.getByRole('dialog').getByText('0 of 1 converged').waitFor();
  await button('Close').last().click();
  return repository().head.progress.commit.oid;
}

describe('a commit that is followed', () => {
  test.each([1280, 390])('covers no button of an edit, %i px wide', async (width) => {
    const { page } = one;
    await page.setViewportSize({ width, height: 700 });
    await restart();
    await followed().getByText('0 of 1 converged').waitFor();
    await page.getByRole('link', { name: 'Prompts' }).click();
    await page.getByRole('link', { name: 'greeting' }).click();
    await text().fill('Hello.\n');
    const review = button('Review change');
    await review.waitFor();
    const [card, bar] = [await followed().boundingBox(), await review.boundingBox()];
    if (card === null || bar === null) throw new Error('One of them is not shown.');
    const apart =
      card.y + card.height <= bar.y ||
      bar.y + bar.height <= card.y ||
      card.x + card.width <= bar.x ||
      bar.x + bar.width <= card.x;
    expect({ card, bar, apart }).toMatchObject({ apart: true });
    expect(await one.axe()).toEqual([]);
    // What lies above a button takes its clicks.
    await review.click();
    await page.getByRole('dialog').getByText('Send SIGHUP to tenant_acme_runtime').waitFor();
  });

  test('is there again after a reload, and leaves when it is done and nobody looks at it', async () => {
    const { page } = one;
    await page.clock.install();
    const oid = await restart();
    await page.reload();
    await followed().getByText('0 of 1 converged').waitFor();
    await page.clock.fastForward('10:00');
    await followed()
      .getByRole('button', { name: /^Stop following/ })
      .focus();
    server.state.converge(oid);
    await followed().getByText('converged', { exact: true }).waitFor();
    await page.clock.fastForward('10:00');
    expect(await followed().count()).toBe(1);
    await page.getByRole('link', { name: 'Overview' }).first().focus();
    await page.clock.fastForward('01:00');
    await followed().waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await followed().count()).toBe(0);
  });

  test('is nobody else’s in the same tab', async () => {
    const { page } = one;
    await restart();
    const kept = () => page.evaluate(() => Object.keys(sessionStorage).join());
    expect(await kept()).toContain('tenantry/u1/followed');
    server.state.person = 'u2';
    await page.reload();
    await page.getByRole('heading', { level: 1, name: /acme/ }).waitFor();
    expect(await followed().count()).toBe(0);
  });
});

describe('a new file', () => {
  test('is a draft until it has been written: nothing of it is committed before', async () => {
    const { page } = one;
    const before = repository().commits.length;
    await one.goto('/tenants/acme/prompts');
    await button('Add prompt').click();
    await page.getByLabel('Name').fill('greeting');
    await button('Write it').click();
    await page.getByText('There is a prompt greeting already.').waitFor();
    await page.getByLabel('Name').fill('farewell');
    await button('Write it').click();
    await page.getByText('new: nothing of it is committed yet', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'All prompts' }).click();
    await page.getByText('begun, not committed').waitFor();
    await page.getByRole('link', { name: 'farewell' }).click();
    await text().fill('Say goodbye by name.\n');
    expect(repository().commits.length).toBe(before);
    await button('Review change').click();
    await page.getByRole('dialog', { name: 'Add tenants/acme/prompts/farewell.yaml' }).waitFor();
    await button('Commit change').click();
    await page.getByRole('dialog').getByText('0 of 1 converged').waitFor();
    await button('Close').last().click();
    expect(repository().commits.length).toBe(before + 1);
    expect(repository().read('tenants/acme/prompts/farewell.yaml')).toContain('Say goodbye by name.');
    await page.getByText('new: nothing', { exact: false }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'All prompts' }).click();
    await page.getByRole('link', { name: 'farewell' }).waitFor();
    expect(await page.getByText('begun, not committed').count()).toBe(0);
    expect(one.complaints).toEqual([]);
  });

  test('of the library is added in the same way', async () => {
    const { page } = one;
    await one.goto('/library');
    await button('Add skill').click();
    await page.getByLabel('Name').fill('returns');
    expect(await one.axe()).toEqual([]);
    await button('Write it').click();
    await page.getByLabel('instructions', { exact: true }).fill('Ask for the number of the order.\n');
    await button('Review change').click();
    await button('Commit change').click();
    await page.getByRole('dialog').getByText('0 of 1 converged').waitFor();
    expect(repository().read('library/skills/returns.yaml')).toContain('Ask for the number of the order.');
  });
});

test('while a change is reviewed, the editor behind it asks for no plan of its own', async () => {
  const { page } = one;
  let asked = 0;
  page.on('request', (request) => {
    if (request.url().includes('dry-run')) asked += 1;
  });
  await one.goto(prompt);
  await text().fill('Looked at, then committed.\n');
  // On a slow machine the typing has rested by now, and the editor has asked before.
  await button('Review change').click();
  await page.getByRole('dialog').getByText('Will commit').waitFor();
  const before = asked;
  // Longer than the typing has to rest.
  await page.waitForTimeout(1_500);
  expect(asked).toBe(before);
});

describe('work is not lost', () => {
  test('when the tab is loaded again', async () => {
    const { page } = one;
    await one.goto(prompt);
    await text().fill('Not done yet.\n');
    await button('Review change').waitFor();
    await page.reload();
    await expect.poll(() => text().inputValue()).toContain('Not done yet.');
    const asked = page.waitForEvent('dialog');
    page.on('dialog', (dialog) => void dialog.dismiss());
    await page.close({ runBeforeUnload: true });
    expect((await asked).type()).toBe('beforeunload');
  });

  test('but signing out takes it along', async () => {
    const { page } = one;
    await one.goto(prompt);
    await text().fill('Not for the next one.\n');
    await expect.poll(() => page.evaluate(() => Object.values(sessionStorage).join())).toContain('next one');
    await button(/Ada Lovelace/).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Password').waitFor();
    const kept = await page.evaluate(() => Object.keys(sessionStorage));
    expect(kept.filter((key) => key.startsWith('tenantry/'))).toEqual([]);
  });

  test('when it was discarded by a slip', async () => {
    await one.goto(prompt);
    await text().fill('Long thought about.\n');
    await button('Discard').click();
    await one.page.getByText('Your change was discarded.').waitFor();
    expect(await text().inputValue()).not.toContain('Long');
    await button('Bring it back').click();
    await expect.poll(() => text().inputValue()).toContain('Long thought about.');
    await button('Review change').waitFor();
  });

  test('when both texts were merged by hand and the dialog is left, on either way', async () => {
    const { page } = one;
    await one.goto(prompt);
    await text().fill('Mine.\n');
    const before = repository().read(file) ?? '';
    repository().commit(file, before.replace('Ask one question at a time.', 'Theirs.'), 'acme: theirs', [
      'acme',
    ]);
    const conflict = page.getByRole('dialog', { name: 'Somebody else changed the same' });
    const merge = async (words: string) => {
      await button('Review change').click();
      await conflict.waitFor();
      await conflict.getByRole('textbox', { name: /Your text/ }).click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type(words);
    };
    await merge('# first');
    await page.keyboard.press('Escape');
    await conflict.waitFor({ state: 'detached' });
    await expect.poll(() => editor().innerText()).toContain('# first');
    await merge(' and second');
    await button('Plan your text').click();
    await page.getByRole('dialog').getByText('Send SIGHUP to tenant_acme_runtime').waitFor();
    await button('Cancel').click();
    await expect.poll(() => editor().innerText()).toContain('# first and second');
    // It stands on the newer revision by now.
    await button('Review change').click();
    await page.getByRole('dialog').getByText('Send SIGHUP to tenant_acme_runtime').waitFor();
    expect(await conflict.count()).toBe(0);
  });

  test('when a part of the page is gone after an upgrade: that is told, and the text is there after a reload', async () => {
    const { page } = one;
    await one.goto(prompt);
    await text().fill('Before the upgrade.\n');
    await page.route('**/assets/edit-dialog-*.js', (route) => route.fulfill({ status: 404, body: '' }));
    await button('Review change').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This part of the page could not be loaded').waitFor();
    expect(await one.axe()).toEqual([]);
    await page.unroute('**/assets/edit-dialog-*.js');
    await dialog.getByRole('button', { name: 'Load the page again' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => text().inputValue()).toContain('Before the upgrade.');
    await button('Review change').click();
    await page.getByRole('dialog').getByText('Send SIGHUP to tenant_acme_runtime').waitFor();
  });

  test('when one types faster than the page draws', async () => {
    const { page } = one;
    await one.goto(prompt);
    await editor().click();
    await page.keyboard.press('Control+End');
    const typed = `# ${'0123456789 abcdefghijklmnopqrstuvwxyz '.repeat(4)}.`;
    // Keys that come one task after the other, as from a machine: the page draws in between, or does not.
    await page.evaluate(async (keys) => {
      const { port1, port2 } = new MessageChannel();
      for (const key of keys) {
        document.execCommand('insertText', false, key);
        await new Promise((done) => {
          port1.onmessage = done;
          port2.postMessage(null);
        });
      }
    }, typed);
    await expect.poll(() => editor().innerText()).toContain(typed);
  });
});

test('after a commit the editor says what Git says, also while the socket is cut', async () => {
  const { page } = one;
  await one.goto(prompt);
  server.state.live.away = true;
  server.state.live.cut();
  const commit = async (words: string) => {
    await text().fill(words);
    await button('Review change').click();
    await button('Commit change').click();
    await page.getByRole('dialog').getByText('0 of 1 converged').waitFor();
    await button('Close').last().click();
    await button('Review change').waitFor({ state: 'detached' });
    expect(await text().inputValue()).toBe(words);
  };
  await commit('One.\n');
  // Not in conflict with what the same person has just committed.
  await commit('Two.\n');
  expect(repository().read(file)).toContain('Two.');
});

test('a problem is marked in the text, without an image that the content security policy would refuse', async () => {
  await one.goto('/tenants/acme/config');
  await one.page.getByLabel('memory', { exact: true }).fill('512MB');
  await one.page.getByRole('status').filter({ hasText: '1 problem' }).waitFor();
  const mark = one.page.locator('.cm-lint-marker-error');
  await mark.waitFor();
  expect((await mark.boundingBox())?.width).toBe(10);
  expect(one.complaints).toEqual([]);
});

describe('a tenant’s buttons', () => {
  test('a removal leads to the list, and the removed tenant’s page offers nothing', async () => {
    const { page } = one;
    await one.goto('/tenants/acme');
    await button('More for acme').click();
    await page.getByRole('menuitem', { name: 'Remove tenant' }).click();
    await button('Commit removal').click();
    await page.waitForURL(/\/tenants$/);
    await page.getByRole('dialog').getByText('0 of 1 converged').waitFor();
    await button('Close').last().click();
    server.state.change('acme', { desiredState: 'removed' });
    await one.goto('/tenants/acme');
    await page.getByRole('heading', { level: 1, name: /acme/ }).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await button(/Restart|Start|Pair|More for/).count()).toBe(0);
    await one.goto('/tenants/acme/history');
    await page.getByText('acme: remove the tenant').first().waitFor();
    expect(await button(/Back to this|Roll back/).count()).toBe(0);
  });

  test('a code is not to be had of a runtime that is stopped', async () => {
    server.state.change('acme', { desiredState: 'stopped' });
    await one.goto('/tenants/acme');
    await button('Start').waitFor();
    expect(await button('Pair').count()).toBe(0);
  });

  test('drift is healed for the whole tenant, and the button says that this is the policy from then on', async () => {
    const { page } = one;
    const tenant = 'tenants/acme/tenant.yaml';
    const healed = repository().read(tenant) ?? '';
    repository().commit(tenant, healed.replace('drift: heal', 'drift: report'), 'acme: report drift', [
      'acme',
    ]);
    await one.goto('/tenants/acme');
    await page.getByText('from then on whatever else is changed outside Git', { exact: false }).waitFor();
    expect(await button(/Heal/).count()).toBe(1);
    await button('Heal all of acme').click();
    const dialog = page.getByRole('dialog', { name: 'Heal all of acme' });
    await dialog.getByRole('row').filter({ hasText: 'drift: heal' }).waitFor();
    await dialog.getByRole('button', { name: 'Heal all of acme' }).click();
    await page.getByRole('dialog').getByText('0 of 1 converged').waitFor();
    expect(repository().read('tenants/acme/tenant.yaml')).toContain('drift: heal');
  });

  test('what is accepted is what was seen: something else that was found since is refused', async () => {
    const { page } = one;
    await one.goto('/tenants/acme');
    await button('Accept into Git: memory').click();
    const dialog = page.getByRole('dialog', { name: 'Accept memory into Git' });
    await dialog.getByRole('row').filter({ hasText: 'memory: 1Gi' }).waitFor();
    const { drift } = server.state;
    server.state.drift = {
      ...drift,
      changes: drift.changes.map((change) => ({
        ...change,
        fields: change.fields.map((field) =>
          field.path === 'memory' ? { ...field, actual: 1024 ** 2 } : field,
        ),
      })),
    };
    const before = repository().commits.length;
    await dialog.getByRole('button', { name: 'Accept into Git', exact: true }).click();
    await dialog.getByText('look at the drift again', { exact: false }).waitFor();
    expect(repository().commits.length).toBe(before);
    await button('Cancel').click();
    await page.getByText('1Mi').waitFor();
  });

  test('a proposal of an owner is for an operator to merge', async () => {
    const { page } = one;
    server.state.role = 'tenant-owner';
    await one.goto('/tenants/acme');
    await button('Restart').click();
    await button('Propose instead').click();
    await page.getByText('Tell an operator of the platform', { exact: false }).waitFor();
    expect(await page.getByText('git merge', { exact: false }).count()).toBe(0);
  });
});

describe('the past', () => {
  test('a tenant goes back to another state of its own files, from the history or to any revision', async () => {
    const { page } = one;
    await one.goto('/tenants/acme/history');
    // The newest commit that changed its files is what it is now; what came from a channel changed none.
    expect(await button(/^Back to this revision/).count()).toBe(1);
    await button(/^Back to this revision.*start the platform/).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('row').filter({ hasText: 'Say hello.' }).waitFor();
    await button('Commit rollback').click();
    await dialog.getByText('0 of 1 converged').waitFor();
    expect(repository().read(file)).toContain('Say hello.');
    await button('Close').last().click();
    await button('Roll back to…').click();
    await page.getByRole('textbox', { name: 'Revision' }).fill('not an id');
    await button('Show the plan').click();
    await page
      .getByRole('textbox', { name: 'Revision' })
      .fill((repository().commits[1]?.progress.commit.oid ?? '').slice(0, 8));
    expect(await one.axe()).toEqual([]);
    await button('Show the plan').click();
    await dialog.getByRole('row').filter({ hasText: 'Ask one question at a time.' }).waitFor();
    await button('Cancel').click();
  });

  test.each([1280, 390])('a commit shows what it changed, %i px wide', async (width) => {
    const { page } = one;
    await page.setViewportSize({ width, height: 800 });
    await one.goto(`/history/${repository().head.progress.commit.oid}`);
    const changed = page.getByRole('region', { name: 'What changed' });
    const row = (words: string) => changed.getByRole('row').filter({ hasText: words });
    await row('Say hello.').getByLabel('removed').waitFor();
    await row('Ask one question at a time.').getByLabel('added').waitFor();
    expect(await one.axe()).toEqual([]);
  });
});

test('a log that somebody reads holds still, tells what is new, and marks the error stream by a word', async () => {
  const { page } = one;
  await one.goto('/tenants/acme/logs');
  const log = page.getByRole('log');
  const row = (words: string) => log.locator('div').filter({ hasText: words }).last();
  await log.getByText('err', { exact: true }).first().waitFor();
  const line = (index: number) => ({ at: new Date().toISOString(), stream: 'stdout', line: `line ${index}` });
  const say = (from: number, count: number) =>
    server.state.live.say('logs:acme', {
      type: 'log',
      tenant: 'acme',
      lines: Array.from({ length: count }, (_, index) => line(from + index)),
    });
  say(0, 4_900);
  await row('line 4899').waitFor();
  await log.hover();
  await page.mouse.wheel(0, -4_000);
  await page.getByRole('button', { name: 'Follow', pressed: false }).waitFor();
  const seen = () => log.innerText();
  await expect.poll(seen).not.toContain('line 4899');
  const before = await seen();
  // More than are kept: the oldest make room.
  say(4_900, 500);
  await page.getByRole('button', { name: /500 new/ }).waitFor();
  expect(await seen()).toBe(before);
  await page.getByRole('button', { name: /Follow/ }).click();
  await row('line 5399').waitFor();
});
