// A client's check-in at close quarters, on a phone in English: the line and its three ways to be marked, taps and keys,
// no connection, two taps, two devices, letters' size, the language, and help always at the same place.

import { widths } from '../harness.mjs';
import { answer, go, linkInOutbox, path, question, signIn } from '../people.mjs';

export const about = 'a client answers';
export const newcomers = [
  { id: 'details', first: 'Dora', last: 'Tercera', email: 'dora.tercera@example.net', language: 'en' },
];

/** What the phone posts to a question from now on, in order. */
function posts(page) {
  const seen = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') seen.push(new URL(request.url()).pathname);
  });
  return seen;
}

/** Long enough for anything that a page does by itself after a tap. */
const settle = (page) => page.evaluate(() => new Promise((done) => setTimeout(done, 800)));

export default async function ({ browser, demo, check, look }) {
  const post = await signIn(browser, demo, 'clinician', { person: 'post for details' });
  const link = await linkInOutbox(post, demo, newcomers[0].email);
  await post.close();
  const phone = { width: widths.phone, person: 'phone of Dora' };
  const page = await browser.page(link, phone);
  const places = new Map();
  const place = async (name) => {
    const box = await page.locator('header a.help').boundingBox();
    places.set(name, [box.x, box.y, box.width, box.height].map(Math.round).join(' '));
  };
  await place('landing');
  await go(page, 'header a.help');
  await place('help');
  await look(page, 'client help en');
  await go(page, 'a.back');
  await check('Back leads from help to the link', path(page).startsWith('/c/') ? [] : [path(page)]);
  await go(page, 'main form button.go');

  // The line
  const range = page.locator('[data-line] input');
  const value = page.locator('#value');
  const thumb = () => range.evaluate((element) => element.hasAttribute('data-unset'));
  await place('line');
  await check('the line has no thumb before the first touch', async () => ((await thumb()) ? [] : ['it has one']));
  await check('an unmarked line says so to those who do not see it', async () => {
    const said = await range.getAttribute('aria-valuetext');
    return said === 'Not answered yet' ? [] : [`it says: ${said}`];
  });
  await check('an unmarked line cannot be passed by, and the error is met first', async () => {
    await page.locator('[data-go]').tap();
    await page.waitForSelector('.problem');
    const focus = await page.evaluate(() => document.activeElement.className);
    page.problems.splice(0, page.problems.length, ...page.problems.filter((words) => !/ 422 /.test(words)));
    return focus === 'problem' ? [] : [`the focus is on: ${focus}`];
  });
  await look(page, 'client line with its error');
  await check('a touch at 80 % of the line is 8', async () => {
    const line = await range.evaluate((element) => {
      const box = element.getBoundingClientRect();
      return { x: box.x + 16, y: box.y + box.height / 2, width: box.width - 32 };
    });
    await page.touchscreen.tap(line.x + 0.8 * line.width, line.y);
    const given = Number(await value.inputValue());
    const problems = Math.abs(given - 8) <= 0.1 ? [] : [`it is ${given}`];
    if (await thumb()) problems.push('there is still no thumb');
    return problems;
  });
  await look(page, 'client line marked');
  for (const [key, wanted] of [['Home', '0.0'], ['ArrowRight', '0.1'], ['PageUp', '1.1'], ['PageDown', '0.1'], ['End', '10.0'], ['ArrowLeft', '9.9']]) {
    await check(`${key} moves the mark`, async () => {
      await range.focus();
      await page.keyboard.press(key);
      const given = await value.inputValue();
      return Number(given) === Number(wanted) ? [] : [`${given} instead of ${wanted}`];
    });
  }
  await page.locator('[data-go]').tap();
  await page.waitForURL('**/check-in/2');

  // No connection
  await check('without a connection the answer waits in this tab and says so', async () => {
    await page.context().setOffline(true);
    const field = page.locator('#value');
    if (!(await field.isVisible())) await page.locator('.exact summary').tap();
    await field.fill('3.5');
    await page.locator('[data-go]').tap();
    await page.waitForFunction(() => document.querySelector('[data-saved]').textContent.trim() !== '');
    return path(page) === '/check-in/2' ? [] : [path(page)];
  });
  await check('it is sent when the connection is back', async () => {
    await page.context().setOffline(false);
    await page.waitForURL('**/check-in/3');
    page.problems.splice(0, page.problems.length, ...page.problems.filter((words) => !/ERR_INTERNET_DISCONNECTED/.test(words)));
    return [];
  });
  await check('Back shows what was answered, and it can be changed', async () => {
    await go(page, 'a.back');
    const shown = await page.locator('#value').inputValue();
    await page.locator('[data-go]').tap();
    await page.waitForURL('**/check-in/3');
    return Number(shown) === 3.5 ? [] : [`it shows ${shown}`];
  });
  while ((await question(page)).line) await answer(page, 6);

  // Options
  const first = (await question(page)).number;
  await place('options');
  const row = (index) => page.locator('.options label').nth(index);
  await check('each row is at least 48 px high', async () => {
    const heights = await page.locator('.options label').evaluateAll((rows) => rows.map((one) => one.getBoundingClientRect().height));
    return heights.filter((height) => height < 48).map((height) => `${height} px`);
  });
  await check('keys choose without moving on', async () => {
    const seen = posts(page);
    await page.locator('input[type=radio]').first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await settle(page);
    if (path(page) !== `/check-in/${first}` || seen.length > 0) return [`moved on to ${path(page)}`];
    return (await page.locator('#v1').isChecked()) ? [] : ['the next option is not chosen'];
  });
  await check('two taps post once and move on by one', async () => {
    const seen = posts(page);
    const box = await row(2).boundingBox();
    const spot = [box.x + box.width / 2, box.y + box.height / 2];
    await Promise.all([page.waitForURL(`**/check-in/${first + 1}`), page.touchscreen.tap(...spot).then(() => page.touchscreen.tap(...spot))]);
    await settle(page);
    const problems = seen.length === 1 ? [] : [`posted ${seen.length} times: ${seen.join(', ')}`];
    if (path(page) !== `/check-in/${first + 1}`) problems.push(`at ${path(page)}`);
    return problems;
  });
  await check('two presses of the button post once', async () => {
    const seen = posts(page);
    await page.locator('input[type=radio]').first().focus();
    await page.keyboard.press('Space');
    await page.locator('[data-go]').dblclick();
    await page.waitForURL(`**/check-in/${first + 2}`);
    await settle(page);
    return seen.length === 1 && path(page) === `/check-in/${first + 2}` ? [] : [`posted ${seen.length} times, at ${path(page)}`];
  });

  // Language and size
  await check('another language keeps the answers', async () => {
    await go(page, '.bar button[lang=es]');
    const problems = [];
    if ((await page.getAttribute('html', 'lang')) !== 'es') problems.push('not in Spanish');
    if (path(page) !== `/check-in/${first + 2}`) problems.push(`at ${path(page)}`);
    await go(page, 'a.back');
    await go(page, 'a.back');
    if (!(await page.locator('#v2').isChecked())) problems.push('the answer is not there any more');
    await go(page, '.bar button[lang=en]');
    await page.goto(`${demo.base}/check-in/${first + 2}`);
    return problems;
  });
  await check('A+ makes the letters larger, and the next page keeps it', async () => {
    const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
    const sizes = [await size()];
    for (let press = 0; press < 2; press += 1) {
      await page.locator('.size').tap();
      sizes.push(await size());
    }
    await page.reload();
    const kept = await size();
    await look(page, 'client options, largest letters');
    await page.locator('.size').tap();
    if (!(sizes[0] < sizes[1] && sizes[1] < sizes[2])) return [`sizes: ${sizes.join(', ')}`];
    return kept === sizes[2] ? [] : [`${kept} px after loading again`];
  });

  // A second device
  const second = await browser.page(link, { width: widths.desk, person: 'desk of Dora' });
  await check('a second device goes on at the first unanswered question and is shown no answers', async () => {
    await go(second, 'main form button.go');
    const problems = path(second) === `/check-in/${first + 2}` ? [] : [`goes on at ${path(second)}`];
    await go(second, 'a.back');
    if (await second.locator('input:checked').count()) problems.push('it shows what the phone answered');
    await second.goto(`${demo.base}/check-in/1`);
    if ((await second.inputValue('#value')) !== '') problems.push('it shows the mark of the phone');
    return problems;
  });
  await second.goto(`${demo.base}/check-in`);
  await look(second, 'client options at a desk');

  // The end, on the desk; the phone learns of it
  let asked = await question(second);
  while (asked) {
    await answer(second, asked.line ? 6 : asked.item === 'phq-9:9' ? 0 : 1);
    asked = await question(second);
  }
  await check('without an answer about danger there is no interruption', path(second) === '/check-in/submit' ? [] : [path(second)]);
  await go(second, 'main form button.go');
  await check('the desk has its receipt', path(second) === '/check-in/done' ? [] : [path(second)]);
  await check('the phone is led to the receipt, and nothing of the answers stays in its tab', async () => {
    await page.goto(`${demo.base}/check-in/${first + 2}`);
    await place('receipt');
    const kept = await page.evaluate(() => Object.keys(sessionStorage).length);
    const problems = path(page) === '/check-in/done' ? [] : [`at ${path(page)}`];
    if (kept > 0) problems.push(`${kept} entries are kept`);
    return problems;
  });
  await check('the link opened again says that it is done', async () => {
    await page.goto(link);
    await place('already completed');
    const words = await page.innerText('h1');
    return words === 'Already completed' ? [] : [`h1: ${words}`];
  });
  await check('help is at the same place on every page', async () => {
    const [usual] = places.values();
    return [...places].filter(([, where]) => where !== usual).map(([name, where]) => `${name}: ${where} instead of ${usual}`);
  });
  await check('no complaint, no third party', [...page.problems, ...second.problems]);
  await page.close();
  await second.close();

  // A link that nobody was given
  const stranger = await browser.page(`${demo.base}/c/${'A'.repeat(22)}`, { ...phone, person: 'stranger' });
  stranger.problems.splice(0, stranger.problems.length, ...stranger.problems.filter((words) => !/ 404 /.test(words)));
  await look(stranger, 'client link that opens nothing');
  await stranger.close();
}
