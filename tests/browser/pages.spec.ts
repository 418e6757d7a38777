// Every screen: it loads, the browser has nothing to say against it, axe finds nothing in either theme, and it has its
// picture. The evening stands at the minutes after the second call.
import type { Page } from '@playwright/test';
import { expect, expectAccessible, picture, rowThat, rows, test, watch } from './journey.ts';
import type { Person } from './server.ts';

interface Screen {
  name: string;
  person: Person;
  path: string;
  /** What its first heading says. */
  heading: string | RegExp;
}

const screens: Screen[] = [
  { name: 'desk', person: 'Priya Nandra', path: '/desk', heading: 'Queue' },
  { name: 'hand-over', person: 'Priya Nandra', path: '/hand-over', heading: /Your shift ends at/ },
  { name: 'unwatched', person: 'Priya Nandra', path: '/unwatched', heading: 'What happened while nobody was on' },
  { name: 'answered', person: 'Priya Nandra', path: '/answered', heading: 'Answered, not yet looked at' },
  { name: 'cases', person: 'Priya Nandra', path: '/cases', heading: 'Cases' },
  { name: 'incidents', person: 'Priya Nandra', path: '/incidents', heading: 'DA incidents' },
  { name: 'rules', person: 'Priya Nandra', path: '/rules', heading: 'Rules' },
  { name: 'rule', person: 'Priya Nandra', path: '/rules/H02', heading: 'H02 Second contact tonight' },
  { name: 'lab-try', person: 'Inspector Quill', path: '/lab/try', heading: 'Try a policy' },
  { name: 'board', person: 'Inspector Quill', path: '/board', heading: 'Supervisor board' },
  { name: 'actions', person: 'Dee Marlow', path: '/actions', heading: /what is needed from you/ },
  { name: 'actions-officer', person: 'PC Rowe', path: '/actions', heading: /Officer: what is needed from you/ },
  { name: 'calls', person: 'Priya Nandra', path: '/listening', heading: 'Live calls' },
  { name: 'sign-off', person: 'Inspector Quill', path: '/listening/sign-off', heading: /legal sign-off/ },
  { name: 'companion', person: 'Kit Doyle', path: '/companion', heading: /^(No call|No log yet|Log .+)$/ },
  { name: 'on-call', person: 'Inspector Quill', path: '/on-call', heading: 'Who is on call?' },
  { name: 'rejects', person: 'Ada Penrose', path: '/rejects', heading: 'Not taken from the feeds' },
  { name: 'accounts', person: 'Ada Penrose', path: '/accounts', heading: 'Accounts' },
];

/** Screens that do not change by themselves. */
const still = ['/listening/sign-off', '/cases', '/on-call', '/accounts', '/lab/try'];

/** Waits until the live line has spoken, so that the picture does not say that it has not. */
const live = (page: Page) => expect(page.locator('#age')).toContainText(/Live, \d s old/);

for (const { name, person, path, heading } of screens) {
  test(`${name} loads, and everybody can read it`, async ({ evening, enter }) => {
    const page = await enter(evening, person);
    await page.goto(`${evening.url}${path}`);
    await expect(page.getByRole('heading', { level: 1 }).first()).toHaveText(heading);
    if (!still.includes(path)) await live(page);
    await expectAccessible(page);
    await picture(page, name);
  });
}

test('a message that was not taken is found, read, mended and put aside by the keyboard alone', async ({ evening, enter }) => {
  const board = await enter(evening, 'Inspector Quill');
  await board.goto(`${evening.url}/board`);
  await live(board);
  await expect(board.getByRole('link', { name: '1 message not taken' })).toBeVisible();

  const page = await enter(evening, 'Ada Penrose');
  await page.goto(`${evening.url}/rejects`);
  await live(page);
  const row = rows(page).first();
  await expect(row).toContainText('Grade must be one of');
  await expect(row).not.toContainText('old system');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A message that was not taken');
  const text = page.getByLabel('As it came.');
  await expect(text).toHaveValue(/"grade":"urgent"/);
  await expectAccessible(page);
  await picture(page, 'reject');
  await page.setViewportSize({ width: 390, height: 844 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1366, height: 768 });

  // As it is it is still refused, and the page says why without being left.
  await page.keyboard.press('1');
  const refused = page.locator('#answer').getByRole('alert');
  await expect(refused).toContainText('It was not taken.');
  await expect(refused).toContainText('(/grade)');
  // Mended badly it is refused again, and what was written is not lost.
  await text.fill('{"id": "faulty-1"}');
  await page.getByRole('button', { name: 'Resubmit with this text' }).click();
  await expect(page.locator('main').getByRole('alert')).toContainText('It was not taken.');
  await expect(text).toHaveValue('{"id": "faulty-1"}');
  await expectAccessible(page);

  await page.keyboard.press('s');
  await expect(page.getByRole('heading', { name: 'Put this message aside' })).toBeVisible();
  await page.getByLabel('Why need it not be taken?').fill('A word of the old system');
  await page.getByRole('button', { name: 'Put it aside' }).click();
  await expect(page.locator('main')).toContainText(/Put aside by Ada Penrose, .*A word of the old system/);
  await expect(board.getByRole('link', { name: 'every message was taken' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not taken from the feeds');
  await expect(rows(page)).toHaveCount(0);
});

test('sign-in loads, and everybody can read it', async ({ evening, browser }) => {
  const wrong: string[] = [];
  const context = await browser.newContext();
  const page = await context.newPage();
  watch(page, evening, wrong);
  await page.goto(`${evening.url}/desk`);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'sign-in');
  await context.close();
  expect(wrong, 'what the browser complained of').toEqual([]);
});

test('why a row is here is a page of its own, and a sheet over the desk', async ({ evening, enter }) => {
  const page = await enter(evening, 'Priya Nandra');
  await page.goto(`${evening.url}/desk`);
  const why = rowThat(page, 'Second contact tonight').first().locator('.why a');
  const href = (await why.getAttribute('href')) ?? '';
  await why.click();
  const sheet = page.locator('dialog#sheet');
  await expect(sheet.getByRole('heading', { name: 'Why is this here?' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();

  await page.goto(`${evening.url}${href}`);
  await expect(page.getByRole('heading', { name: 'Why is this here?' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What it rests on' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'why');
});

test('a policy is tried on what has been, and nothing of it reaches the desk', async ({ evening, enter }) => {
  const page = await enter(evening, 'Inspector Quill');
  await page.goto(`${evening.url}/lab/try`);
  const policy = page.getByLabel('The policy');
  const inForce = await policy.inputValue();
  await policy.fill(inForce.replace('amber = { is = 66', 'amber = { is = 20'));
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByRole('heading', { name: 'Policy lab' })).toBeVisible();
  await expect(page.getByText(/raises? something else, or at another time/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('row', { name: /^T01 / })).toContainText('sooner');
  await live(page);
  await expectAccessible(page);
  await picture(page, 'lab');
  await page.goto(`${evening.url}/rules/T01`);
  await expect(page.getByText('It is live: what it raises stands in the queue.')).toBeVisible();
});

test('how a review ends is asked on a form that says what is missing', async ({ evening, enter }) => {
  const page = await enter(evening, 'Priya Nandra');
  await page.goto(`${evening.url}/desk`);
  const id = (await rowThat(page, 'Second contact tonight').first().getAttribute('id')) ?? '';
  await page.goto(`${evening.url}/rows/${id.replace('r-', '')}/dispose`);
  await expect(page.getByRole('heading', { name: 'How does this review end?' })).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'decide');
});

test('the desk in the dark theme', async ({ evening, enter }) => {
  const page = await enter(evening, 'Priya Nandra');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${evening.url}/desk`);
  await live(page);
  const brightness = await page.evaluate(() => {
    const colour = getComputedStyle(document.body).backgroundColor;
    const parts = (/rgba?\((\d+), (\d+), (\d+)/.exec(colour) ?? []).slice(1).map(Number);
    return parts.length === 3 ? Math.max(...parts) : 255;
  });
  expect(brightness, 'the page is dark').toBeLessThan(96);
  await picture(page, 'desk-dark');
});

test('actions fit the width of a telephone', async ({ evening, enter }) => {
  const page = await enter(evening, 'Dee Marlow');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${evening.url}/actions`);
  await live(page);
  await expect(page.getByRole('button', { name: 'Acknowledge' })).toBeInViewport();
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await picture(page, 'actions-phone');
});

test('every screen fits the width of a telephone and says that its people are not real', async ({ evening, enter }) => {
  const pages = new Map<Person, Page>();
  for (const { name, person, path } of screens) {
    const page = pages.get(person) ?? (await enter(evening, person));
    pages.set(person, page);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${evening.url}${path}`);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider, `${name}: pixels to scroll sideways`).toBeLessThanOrEqual(0);
    await expect(page.getByText('Synthetic data: nobody here is real.')).toBeInViewport();
  }
});

test('the desk and the case on a telephone', async ({ evening, enter }) => {
  const page = await enter(evening, 'Priya Nandra');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${evening.url}/desk`);
  await live(page);
  await picture(page, 'desk-phone');
  const open = rowThat(page, 'Second contact tonight').first().locator('a[href^="/cases/"]').first();
  await page.goto(`${evening.url}${(await open.getAttribute('href')) ?? ''}`);
  await live(page);
  await picture(page, 'case-phone');
});

test('the desk by the keyboard alone', async ({ evening, enter }) => {
  const page = await enter(evening, 'Priya Nandra');
  await page.goto(`${evening.url}/desk`);
  const chosen = (row: number) => expect(rows(page).nth(row)).toHaveAttribute('aria-current', 'true');
  await chosen(0);
  await page.keyboard.press('j');
  await chosen(1);
  await expect(rows(page).nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await chosen(0);
  await expect(page.locator('#page [data-row][aria-current]')).toHaveCount(1);

  // The keys are told on a sheet, which Escape closes.
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await page.keyboard.press('?');
  await expect(keys).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();

  // Why it is here: W opens, Escape goes back to the row.
  await page.keyboard.press('w');
  await expect(page.getByRole('heading', { name: 'Why is this here?' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog#sheet')).toBeHidden();
  await chosen(0);

  // Taken with one key, and taken back with another.
  const row = rows(page).first();
  await page.keyboard.press('1');
  await expect(row).toContainText('You have it');
  await expect(page.getByRole('status').filter({ hasText: 'taken' })).toBeVisible();
  await page.keyboard.press('z');
  await expect(row.getByRole('button', { name: 'Take' })).toBeVisible();

  // The field to find in does not act on keys.
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('j1');
  await expect(page.getByRole('searchbox')).toHaveValue('j1');
  await expect(row.getByRole('button', { name: 'Take' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('searchbox')).not.toBeFocused();
});

test('one key leads to the question whether she is the same person, and says so where nobody asks', async ({ evening, enter }) => {
  const page = await enter(evening, 'Priya Nandra');
  await page.goto(`${evening.url}/desk`);
  await live(page);
  const link = page.locator('[data-act="link"]');
  await rows(page).filter({ hasNot: link }).first().focus();
  await page.keyboard.press('2');
  const calm = page.getByText('Nobody asks here whether two records are the same person.');
  await expect(calm).toBeVisible();
  await expect(page).toHaveURL(/\/desk$/);
  await page.keyboard.press('?');
  await expect(calm).toBeHidden();
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('The same person? Go to the question');
  await page.keyboard.press('Escape');

  await rows(page).filter({ has: link }).first().focus();
  await page.keyboard.press('2');
  await expect(page).toHaveURL(/\/cases\/\d+#asked$/);
  const asked = page.locator('#asked');
  await expect(asked).toBeFocused();
  await expect(asked).toBeInViewport();
  await live(page);
  await page.keyboard.press('Tab');
  await page.keyboard.press('2');
  await expect(asked, 'and back to it from anywhere on the case').toBeFocused();
});

test('the case behind a row, and its log, load, and everybody can read them', async ({ evening, enter }) => {
  // A case is the longest page there is, and is looked through four times.
  test.setTimeout(120_000);
  const page = await enter(evening, 'Priya Nandra');
  await page.goto(`${evening.url}/desk`);
  const open = rowThat(page, 'Second contact tonight').first().locator('a[href^="/cases/"]').first();
  await page.goto(`${evening.url}${(await open.getAttribute('href')) ?? ''}`);
  await expect(page.getByRole('heading', { name: 'Timeline' })).toBeVisible();
  await live(page);
  await expectAccessible(page);
  await picture(page, 'case');
  await page.getByRole('heading', { name: 'Answers against evidence' }).scrollIntoViewIfNeeded();
  await page.locator('section[aria-labelledby="as"]').evaluate((panel) => panel.scrollIntoView({ block: 'start' }));
  await picture(page, 'assessments');
  const log = page.locator('a[href^="/incidents/"]').first();
  await page.goto(`${evening.url}${(await log.getAttribute('href')) ?? ''}`);
  await expect(page.getByRole('heading', { name: 'The log' })).toBeVisible();
  await live(page);
  await expectAccessible(page);
  await picture(page, 'incident');
});
