// The scripted night, at a hundred and twenty times the pace of the world: she rings for the second time, and nobody
// has seen her. Two specialists, a dispatcher, a browser each, and no page is ever loaded again by hand.
import { askTheDispatcher, expect, rowThat, rows, startShift, test } from './journey.ts';

test('a second call reaches the top, one specialist takes it, and the dispatcher is asked and answers', async ({
  night,
  enter,
}) => {
  test.setTimeout(75_000);
  const priya = await enter(night, 'Priya Nandra');
  const sam = await enter(night, 'Sam Whitlock');
  const dee = await enter(night, 'Dee Marlow');
  await startShift(priya);
  await startShift(sam);
  await dee.goto(`${night.url}/actions`);
  await expect(dee.getByText('Nothing is asked of you.')).toBeVisible();

  // She rings again. The first call was put off, nobody has seen her, and her earlier reports count.
  const second = rowThat(priya, 'Second contact tonight').first();
  await expect(second).toBeVisible({ timeout: 25_000 });
  await expect(second).toContainText(/\d+ earlier reports/);
  const first = rows(priya).first();
  await expect(first.locator('.why')).toContainText('closed or put off, nobody sent');
  await expect(first).toContainText('2 contacts tonight, not seen');
  await expect(first).toHaveAttribute('data-tag', 'S1');
  const id = (await first.getAttribute('id')) ?? '';
  const hers = priya.locator(`#${id}`);
  await expect(sam.locator(`#${id}`)).toContainText('2 contacts tonight, not seen');

  // Priya takes it with one key. Sam sees it without doing anything, and can no longer take it.
  await expect(hers).toHaveAttribute('aria-current', 'true');
  await priya.keyboard.press('1');
  await expect(hers).toContainText('You have it');
  await expect(sam.locator(`#${id}`)).toContainText('Priya Nandra has it');
  await expect(sam.locator(`#${id}`).getByRole('button', { name: 'Take' })).toHaveCount(0);

  // She asks the dispatcher for what is needed.
  await hers.getByRole('link', { name: 'Decide' }).click();
  await expect(priya.getByRole('heading', { name: 'How does this review end?' })).toBeVisible();
  await askTheDispatcher(priya, 'Send a unit to her now, and have somebody see her alone.');
  const mine = priya.locator('.rail').getByRole('listitem').filter({ hasText: 'Needed from the dispatcher' });
  // It can be taken back for ten seconds, and leaves when those are over.
  await expect(mine).toContainText('Not acknowledged', { timeout: 20_000 });

  // Dee's list fills by itself; when she has acknowledged it, Priya sees that.
  const asked = rows(dee).filter({ hasText: 'Send a unit to her now, and have somebody see her alone.' });
  await expect(asked).toContainText('asked by Priya Nandra', { timeout: 20_000 });
  await asked.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(asked).toContainText('by Dee Marlow');
  await expect(asked.getByRole('button', { name: 'Acknowledge' })).toHaveCount(0);
  await expect(mine).toContainText(/Acknowledged \d\d:\d\d/);

  // What she decided is no longer in the queue of either: only the other call's row is.
  await expect(rowThat(sam, 'closed or put off').filter({ has: sam.locator(`#${id}`) })).toHaveCount(0);
  await expect(rowThat(sam, 'Second contact tonight').first()).toBeVisible();
});
