// Without a mouse: the door, the work on a case, and a client's question, walked with the Tab key.

import { answer, go, linkInOutbox, path, question, signIn } from '../people.mjs';
import { password } from '../demo.mjs';

export const about = 'somebody without a mouse';
export const newcomers = [
  { id: 'keyboard', first: 'Tabea', last: 'Quinta', email: 'tabea.quinta@example.net', language: 'en' },
];

/**
 * Presses Tab from the top until the focus leaves the page. Reports what can be pressed but was not reached, what shows no
 * sign of having the focus, and what is hidden behind something else while it has it.
 */
async function walk(page) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    window.getSelection().removeAllRanges();
    window.scrollTo(0, 0);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  const problems = [];
  const reached = [];
  for (let press = 0; press < 300; press += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      element.dataset.walked = '1';
      const carriers = [element, element.closest('label')].filter(Boolean);
      const shows = carriers.some((one) => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2;
      });
      const box = element.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 10));
      const visible = box.width > 0 && top !== null && (element.contains(top) || top.contains(element) || top.closest('label')?.contains(element));
      return { name: `${element.tagName.toLowerCase()} ${(element.innerText || element.name || element.id || '').trim().slice(0, 30)}`, shows, visible };
    });
    if (here === null) break;
    reached.push(here.name);
    if (!here.shows) problems.push(`no sign of the focus: ${here.name}`);
    if (!here.visible) problems.push(`hidden while it has the focus: ${here.name}`);
  }
  if (reached.length < 3) problems.push(`reached only: ${reached.join(', ')}`);
  if (reached.length >= 300) problems.push(`no way out: ${reached.slice(-3).join(', ')}`);
  const missed = await page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]')];
    const met = (element) =>
      element.dataset.walked ||
      (element.type === 'radio' && [...document.querySelectorAll(`input[type="radio"][name="${element.name}"]`)].some((one) => one.form === element.form && one.dataset.walked));
    return all
      .filter((element) => !element.disabled && element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && !met(element))
      .map((element) => `not reached: ${element.outerHTML.slice(0, 80)}`);
  });
  return [...problems, ...missed];
}

/** Presses Tab until something that fits has the focus. */
async function tabTo(page, selector) {
  for (let press = 0; press < 300; press += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  throw new Error(`Tab never reaches ${selector}`);
}

const enter = (page) => Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);

export default async function ({ browser, demo, check, look }) {
  const post = await signIn(browser, demo, 'clinician', { person: 'post for keys' });
  const link = await linkInOutbox(post, demo, newcomers[0].email);
  await post.close();

  // The client, by keys alone
  const client = await browser.page(link, { person: 'client with keys' });
  await check('the landing page can be walked', () => walk(client));
  await client.goto(link);
  await tabTo(client, 'main form button.go');
  await enter(client);
  await check('the line can be walked', () => walk(client));
  await client.goto(`${demo.base}/check-in`);
  await check('the line is marked and sent by keys', async () => {
    await tabTo(client, 'input[type="range"]');
    await client.keyboard.press('End');
    await tabTo(client, '[data-go]');
    await enter(client);
    return path(client) === '/check-in/2' ? [] : [`at ${path(client)}`];
  });
  while ((await question(client)).line) await answer(client, 5);
  const { number } = await question(client);
  await check('the options can be walked', () => walk(client));
  await check('an option is chosen and sent by keys', async () => {
    await client.goto(`${demo.base}/check-in/${number}`);
    await tabTo(client, 'input[type="radio"]');
    await client.keyboard.press('Space');
    await client.keyboard.press('ArrowDown');
    await tabTo(client, '[data-go]');
    await enter(client);
    return path(client) === `/check-in/${number + 1}` ? [] : [`at ${path(client)}`];
  });
  let asked = await question(client);
  while (asked) {
    await answer(client, asked.item === 'phq-9:9' ? 3 : 1);
    if (path(client) === '/check-in/help-now') {
      await check('help can be walked', () => walk(client));
      await go(client, 'main a.go');
    }
    asked = await question(client);
  }
  await client.close();

  // The staff
  const page = await browser.page(`${demo.base}/sign-in`, { person: 'clinician with keys' });
  await check('the door can be walked', () => walk(page));
  await page.goto(`${demo.base}/sign-in`);
  await check('the skip link comes first and leads past the rest', async () => {
    await page.keyboard.press('Tab');
    const first = await page.evaluate(() => document.activeElement.className);
    await page.keyboard.press('Enter');
    const main = await page.evaluate(() => document.activeElement.id);
    return first === 'skip' && main === 'main' ? [] : [`first: ${first}, then: ${main}`];
  });
  await tabTo(page, '#email');
  await page.keyboard.type('clinician@example.org');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await enter(page);
  await check('the door opens by keys', path(page) === '/today' ? [] : [`at ${path(page)}`]);
  await check('Today can be walked', () => walk(page));
  const href = await page.locator('.card.case', { hasText: 'Tabea Quinta' }).locator('h3 a').getAttribute('href');
  await page.goto(`${demo.base}/today`);
  await tabTo(page, `a[href="${href}"]`);
  await enter(page);
  await check('the case is reached by keys', path(page) === href ? [] : [`at ${path(page)}`]);
  await check('the open case can be walked', () => walk(page));
  await page.goto(`${demo.base}${href}`);
  await tabTo(page, 'form[action$="/acknowledge"] button');
  await enter(page);
  await check('the case is taken up by keys, and can be walked on', () => walk(page));
  await check('/ leads to the search', async () => {
    await page.goto(`${demo.base}/caseload`);
    await page.keyboard.press('/');
    await page.keyboard.type('quinta');
    await enter(page);
    return (await page.locator('main a', { hasText: 'Quinta' }).count()) ? [] : [`at ${page.url()}`];
  });
  await look(page, 'search');
  await tabTo(page, 'main a[href^="/clients/"]');
  await enter(page);
  await check('the client page can be walked', () => walk(page));
  await check('no complaint', page.problems);
  await page.close();

  // What others have on their desks, page by page
  const desks = {
    supervisor: ['/supervision', '/caseload', '/outcomes', '/leave'],
    intake: ['/outreach', '/tasks', '/capacity'],
    owner: ['/outcomes?by=problem', '/attendance?by=site', '/closed-loop', '/leaks', '/experiments', '/quarter'],
  };
  for (const [who, places] of Object.entries(desks)) {
    const desk = await signIn(browser, demo, who, { person: `${who} with keys` });
    for (const place of places) {
      await desk.goto(`${demo.base}${place}`);
      await check(`${who}: ${place} can be walked`, () => walk(desk));
    }
    await check(`${who}: no complaint`, desk.problems);
    await desk.close();
  }
}
