// A check-in that does not travel by message: the questions on paper and the card with a code, on the screen and as they are printed;
// what the card leads to, on a phone.

import { reflow, shot, widths } from '../harness.mjs';
import { go, path, signIn } from '../people.mjs';

export const about = 'a check-in on paper and on a card';
const client = { id: 'on-paper', first: 'Pablo', last: 'Papel', email: 'pablo.papel@example.net', language: 'en', hours: 4 };
export const newcomers = [client];

/** The ways of the first check-in on the client's page that is still to be answered. */
async function ways(page, chart) {
  await page.goto(chart);
  const other = page.locator('details.other').first();
  await other.locator('summary').click();
  return other;
}

/** The same page as a printer gets it. */
async function printed({ check }, page, name) {
  await page.emulateMedia({ media: 'print' });
  await check(`${name}: what is for the screen alone is not printed`, async () => {
    const shown = await page.locator('.rail, .no-print, .button').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.className));
    return shown.length === 0 ? [] : [`still there: ${shown.join(', ')}`];
  });
  await check(`${name}: it fits, printed`, () => reflow(page));
  await shot(page, `${name}, printed`);
  await page.emulateMedia({ media: null });
}

export default async function (world) {
  const { browser, demo, check, look } = world;
  const page = await signIn(browser, demo, 'clinician', { person: 'clinician with paper' });
  await page.locator('[data-key="/"]').fill(client.last);
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
  await go(page, page.locator('main a[href^="/clients/"]', { hasText: client.last }));
  const chart = page.url();

  const paper = await (await ways(page, chart)).locator('a[href$="/paper"]').getAttribute('href');
  for (const [scheme, width] of [['light', widths.desk], ['dark', widths.phone], ['dark', widths.desk], ['light', widths.phone]]) {
    const view = await signIn(browser, demo, 'clinician', { scheme, width, person: 'clinician with paper' });
    await view.goto(demo.base + paper);
    await look(view, `questions on paper ${scheme} ${width}`);
    await view.close();
  }
  await page.goto(demo.base + paper);
  await check('every question has somewhere to be answered, and nobody is named', async () => {
    const items = await page.locator('section.paper li').evaluateAll((all) => all.map((one) => [one.innerText, one.querySelectorAll('.to-fill').length]));
    const problems = items.filter(([words, lines]) => !words.includes('☐') && lines === 0).map(([words]) => `nothing to mark: ${words}`);
    if (items.length === 0) problems.push('no question');
    if (/Pablo|Papel/.test(await page.innerText('main'))) problems.push('the client is named');
    return problems;
  });
  await check('help in a crisis is on it', async () => (/988/.test(await page.innerText('main')) ? [] : [(await page.innerText('main')).slice(0, 400)]));
  await printed(world, page, 'questions on paper');

  const card = (await ways(page, chart)).locator('form[action$="/card"]');
  await go(page, card.locator('button'));
  await check('the card has a code for a camera, a link and a day, and names nobody', async () => {
    const words = await page.locator('.hand-over').innerText();
    const problems = (await page.locator('.hand-over .qr[role="img"] svg').count()) === 1 ? [] : ['no code'];
    if (!/\/c\/[\w-]+/.test(words) || !/Works until/.test(words)) problems.push(words);
    if (/Pablo|Papel/.test(await page.innerText('main'))) problems.push('the client is named');
    return problems;
  });
  await look(page, 'card with a code');
  await page.setViewportSize({ width: widths.phone, height: 740 });
  await look(page, 'card with a code, on a small screen');
  await page.emulateMedia({ colorScheme: 'dark' });
  await look(page, 'card with a code, dark');
  await check('the code is dark on light, whatever the screen is', async () => {
    // The ground is drawn first, and the squares upon it.
    const fills = await page.locator('.hand-over .qr svg').evaluate((svg) =>
      [...svg.querySelectorAll('rect, path')].map((one) => getComputedStyle(one).fill));
    const sum = (colour) => (colour.match(/[\d.]+/g) ?? []).slice(0, 3).reduce((all, one) => all + Number(one), 0);
    return fills.length > 1 && sum(fills[0]) > 600 && sum(fills.at(-1)) < 150 ? [] : [fills.join(', ')];
  });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: widths.desk, height: 800 });
  await printed(world, page, 'card with a code');
  const link = (await page.locator('.hand-over .mono').innerText()).trim();
  const phone = await browser.page(link, { width: widths.phone, person: 'phone with a card' });
  await check('the card opens the check-in', async () => ((await phone.locator('main form button.go').count()) > 0 ? [] : [await phone.innerText('main')]));
  await go(phone, 'main form button.go');
  await check('and it can be answered', path(phone) === '/check-in/1' ? [] : [`at ${path(phone)}`]);
  await check('the phone complained of nothing', phone.problems);
  await phone.close();
  await check('the browser complained of nothing', page.problems);
  await page.close();
}
