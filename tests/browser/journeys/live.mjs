// A client answers in the waiting room; the clinician has *Today* and the client's page open and presses nothing.

import { answer, go, linkInOutbox, path, question, signIn } from '../people.mjs';

export const about = 'looking on while a client answers';
export const newcomers = [{ id: 'live', first: 'Pavel', last: 'Vigil', email: 'pavel.vigil@example.net', language: 'en', hours: 1 }];

/** Waits for words on a page that nobody reloads. */
const says = (page, where, words) =>
  page.waitForFunction(([selector, pattern]) => new RegExp(pattern, 'i').test(document.querySelector(selector)?.innerText ?? ''), [where, words], { timeout: 25_000 });

export default async function ({ browser, demo, check, look }) {
  const [client] = newcomers;
  const post = await signIn(browser, demo, 'clinician', { person: 'post of the looker-on' });
  const link = await linkInOutbox(post, demo, client.email);
  await post.close();
  const today = await signIn(browser, demo, 'clinician', { person: 'looker-on' });
  const row = await today.locator('.agenda[data-live] > li', { hasText: client.last }).getAttribute('data-live-id').catch(() => null);
  if (!row) {
    // After local midnight of the practice the session is tomorrow's: nothing of today to look at.
    await check('the session is on Today, or tomorrow', async () => (await today.locator('main').getByText(client.last).count()) ? ['there without a row'] : []);
    return;
  }
  const name = today.locator(`[data-live-id="${row}"] .whom a`);
  const chart = await browser.page(new URL(await name.getAttribute('href'), demo.base).href, { person: 'looker-on' });
  let loads = 0;
  for (const page of [today, chart]) page.on('domcontentloaded', () => { loads += 1; });

  // What is said aloud to whoever cannot see the row change.
  const listen = (page) => page.evaluate(() => {
    const news = document.querySelector('[data-live-news][role="status"]');
    window.heard = [];
    new MutationObserver(() => window.heard.push(news.textContent)).observe(news, { childList: true, characterData: true, subtree: true });
  });
  const heard = (page) => page.evaluate(() => window.heard);
  for (const page of [today, chart]) {
    await listen(page);
    await check('no row speaks for itself', async () =>
      (await page.evaluate(() => document.querySelectorAll('[data-live] [role="status"], [data-live] [aria-live], [role="status"] [data-live], [aria-live] [data-live], [data-live][role="status"], [data-live][aria-live]').length)) ? ['it would be read at every answer'] : []);
  }

  const phone = await browser.page(link, { person: 'phone looked on' });
  await go(phone, 'main form button.go');
  const { total } = await question(phone);
  await today.bringToFront();
  await name.focus();
  for (const expected of [1, 2]) {
    const asked = await question(phone);
    await answer(phone, asked.line ? 6 : 1);
    await check(`Today says ${expected} of ${total}`, () => says(today, `[data-live-id="${row}"]`, `Answering now: ${expected} of ${total}`).then(() => []));
  }
  await check('the focus stays on the name', async () =>
    (await today.evaluate(() => document.activeElement?.closest('[data-live-id]')?.dataset.liveId)) === row ? [] : ['it is elsewhere']);
  await look(today, 'today while a client answers');
  await check("the client's page says the same", () => says(chart, '.live', `Answering now: 2 of ${total}`).then(() => []));
  await look(chart, 'client while answering');
  let asked;
  while (path(phone) !== '/check-in/submit' && (asked = await question(phone))) {
    await answer(phone, asked.line ? 6 : asked.item === 'phq-9:9' ? 0 : 1);
  }
  await go(phone, 'main form button.go');
  await check('Today says that it is done', () => says(today, `[data-live-id="${row}"]`, 'Done').then(() => []));
  await check("the client's page has the scores", () => says(chart, '.live', 'Handed in at .*PHQ-9 8').then(() => []));
  await look(chart, 'client with fresh scores');
  const news = ['A client has begun a check-in.', 'A check-in was handed in.'];
  await check("the client's page says aloud that it was begun and handed in, once each, and no more", async () => {
    const said = await heard(chart);
    return JSON.stringify(said) === JSON.stringify(news) ? [] : [JSON.stringify(said)];
  });
  await check('Today says so too, and not at every answer', async () => {
    // Clients of the other journeys are on it as well, one or two at a time.
    const said = await heard(today);
    const is = news.every((one) => said.includes(one)) && said.every((one) => news.includes(one)) && said.length < 7;
    return is ? [] : [JSON.stringify(said)];
  });
  await check('no page was loaded again', loads === 0 ? [] : [`${loads} times`]);
  for (const page of [today, chart, phone]) {
    await check('the browser complained of nothing', page.problems);
    await page.close();
  }
}
