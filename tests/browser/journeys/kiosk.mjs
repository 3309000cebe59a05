// The tablet in the waiting room: an administrator pairs it, the front desk gives a code, a client answers on it, and what is on
// the screen goes a minute after the last touch. The page's clock is moved; nobody waits.

import { answer, go, path, question, signIn } from '../people.mjs';

export const about = 'a tablet in the waiting room';
export const newcomers = [{ id: 'tablet', first: 'Nora', last: 'Septima', email: 'nora.septima@example.net', language: 'en' }];

/** The code that a staff page shows in large figures. */
const codeOn = async (page) => (await page.locator('.figure.mono').innerText()).replace(/\s/g, '');

/** A page that refuses says so in the console; that is meant here. */
const meant = (page, status) => page.problems.splice(0, page.problems.length, ...page.problems.filter((words) => !words.includes(` ${status} `)));

async function type(tablet, code) {
  await tablet.fill('#code', code);
  await go(tablet, 'main form button.go');
}

export default async function ({ browser, demo, check, look }) {
  const admin = await signIn(browser, demo, 'admin', { person: 'admin with a tablet' });
  await admin.goto(`${demo.base}/admin/kiosks`);
  await admin.fill('#kiosk_name', 'Front door');
  await admin.selectOption('#site', { index: 0 });
  await go(admin, admin.locator('form[action="/admin/kiosks"] button'));
  await look(admin, 'kiosk pairing code');
  const pairing = await codeOn(admin);
  await admin.close();

  const tablet = await browser.page(`${demo.base}/kiosk`, { width: 820, person: 'tablet' });
  await tablet.clock.install();
  await tablet.goto(`${demo.base}/kiosk`);
  await look(tablet, 'kiosk unpaired');
  await type(tablet, '00000000');
  meant(tablet, 422);
  await look(tablet, 'kiosk pairing refused');
  await type(tablet, pairing);
  await look(tablet, 'kiosk ready');

  const desk = await signIn(browser, demo, 'clinician', { person: 'desk with a tablet' });
  const giveCode = async () => {
    await desk.fill('#find', newcomers[0].last);
    await Promise.all([desk.waitForURL('**/search'), desk.press('#find', 'Enter')]);
    await go(desk, desk.locator('main a', { hasText: newcomers[0].last }));
    const give = desk.locator('form[action$="/code"] button').first();
    await give.evaluate((button) => {
      for (let box = button.closest('details'); box; box = box.parentElement.closest('details')) box.open = true;
    });
    await go(desk, give);
    return codeOn(desk);
  };
  const code = await giveCode();
  await look(desk, 'kiosk code');
  await type(tablet, code === '111111' ? '222222' : '111111');
  meant(tablet, 422);
  await look(tablet, 'kiosk wrong code');
  await type(tablet, code);
  await check('the code opens the first question', path(tablet) === '/check-in/1' ? [] : [path(tablet)]);
  await look(tablet, 'kiosk question');

  // A minute counts from the last touch.
  await tablet.clock.fastForward(50_000);
  await tablet.locator('h1').click();
  await tablet.clock.fastForward(50_000);
  await check('whoever touches the screen keeps the page', path(tablet) === '/check-in/1' ? [] : [path(tablet)]);
  await Promise.all([tablet.waitForURL('**/kiosk'), tablet.clock.fastForward(61_000)]);
  await check('a minute without a touch clears it', async () => {
    const response = await tablet.goto(`${demo.base}/check-in/1`);
    meant(tablet, 404);
    return response.status() === 404 ? [] : [`${response.status()}`];
  });

  await tablet.goto(`${demo.base}/kiosk`);
  await type(tablet, await giveCode());
  let asked;
  while (path(tablet) !== '/check-in/submit' && (asked = await question(tablet))) {
    await answer(tablet, asked.line ? 6 : asked.item === 'phq-9:9' ? 0 : 1);
  }
  await go(tablet, 'main form button.go');
  await check('the answers are in', path(tablet) === '/check-in/done' ? [] : [path(tablet)]);
  await look(tablet, 'kiosk thanks');
  await check('Back shows nothing of it', async () => {
    await tablet.goBack();
    meant(tablet, 404);
    return (await question(tablet)) ? ['a question is there again'] : [];
  });
  for (const page of [desk, tablet]) await page.close();
}
