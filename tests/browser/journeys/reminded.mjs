// A reminder of an appointment, from the office that switches reminders on to the answer on a phone: the link shows and changes nothing,
// a press says it, and the front desk reads it on the day. The days pass on a clock of the product's own.

import { ahead } from '../ahead.mjs';
import { widths } from '../harness.mjs';
import { appears, go, linkInOutbox, path, signIn } from '../people.mjs';

export const about = 'a client answers the reminder of an appointment';
const client = { id: 'reminded', first: 'Olga', last: 'Termin', email: 'olga.termin@example.net', language: 'en', hours: 49 };
const hour = 3600_000;
const minute = 60_000;

/** The administrator has clients reminded. */
async function switchedOn({ browser, product, check }) {
  const admin = await signIn(browser, product, 'admin', { person: 'admin who has clients reminded' });
  await admin.goto(`${product.base}/admin/settings`);
  await admin.check('input[name="appointment_reminders"][value="on"]');
  await go(admin, admin.locator('form', { has: admin.locator('[name="appointment_reminders"]') }).locator('button.primary'));
  await check('reminders are on', async () => {
    await admin.goto(`${product.base}/admin/settings`);
    return (await admin.isChecked('input[name="appointment_reminders"][value="on"]')) ? [] : ['they are not'];
  });
  await admin.close();
}

/** The clinician records that she agreed to them. */
async function agreed({ browser, product, check }) {
  const page = await signIn(browser, product, 'clinician', { person: 'clinician of somebody reminded' });
  await page.locator('[data-key="/"]').fill(client.last);
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
  await go(page, page.locator('main a[href^="/clients/"]', { hasText: client.last }));
  const agreement = page.locator('form[action$="/consents"]:has(input[name="channel"][value="email"]):has(input[name="purpose"][value="appointment"])');
  await go(page, agreement.locator('button[value="given"]'));
  await check('that she agreed is on her page', async () =>
    (await agreement.locator('button[value="withdrawn"]').count()) ? [] : ['nothing of it']);
  await page.close();
}

/** What the front desk reads of her on the day. */
async function atTheDesk({ browser, product }, person) {
  const page = await signIn(browser, product, 'intake', { person });
  await page.goto(`${product.base}/today`);
  return page;
}

async function press(page, reply) {
  await go(page, `main form[action$="/${reply}"] button`);
}

const offered = (page) => page.locator('main form[action*="/a/"]').evaluateAll((all) => all.map((form) => form.action.split('/').pop()).sort());

export default async function (world) {
  const product = await ahead({ newcomers: [client] });
  const { browser, check, look } = world;
  const here = { ...world, product };
  const session = product.start.getTime() + client.hours * hour;
  try {
    await switchedOn(here);
    await agreed(here);
    // Reminders are planned with the plan of the night; then a day before has come.
    product.moveTo(new Date(session - 25 * hour));
    const early = await signIn(browser, product, 'clinician', { person: 'post of the night before' });
    await appears(early, `${product.base}/outbox`, async () => true);
    await early.close();
    product.moveTo(new Date(session - 24 * hour + 2 * minute));
    const post = await signIn(browser, product, 'clinician', { person: 'post of somebody reminded' });
    const link = await linkInOutbox(post, product, client.email, '/a/');
    await post.close();

    for (const [locale, scheme, width] of [['en', 'light', widths.phone], ['es', 'dark', widths.phone], ['en', 'dark', widths.desk], ['es', 'light', widths.desk]]) {
      const page = await browser.page(`${link}?lang=${locale}`, { width, scheme, locale, person: `somebody reminded ${locale}` });
      await look(page, `reminder ${locale} ${scheme} ${width}`);
      await page.close();
    }
    const phone = await browser.page(link, { width: widths.phone, person: 'phone of somebody reminded' });
    await check('looking, as scanners do, says nothing', async () => {
      const first = await offered(phone);
      for (const reply of first) {
        const answer = await phone.request.get(`${link}/${reply}`);
        if (answer.ok()) return [`a GET of ${reply} is answered with ${answer.status()}`];
      }
      await phone.reload();
      const words = [await phone.innerText('main'), ...(await offered(phone))].join(' ');
      return first.length === 4 && (await phone.locator('.said').count()) === 0 ? [] : [words];
    });
    await check('nothing of her and nothing of therapy is on it', async () => {
      const words = await phone.innerText('body');
      return /Olga|Termin|Ana|therap|PHQ/i.test(words) ? [words] : [];
    });
    await press(phone, 'confirmed');
    await check('she said that she comes', async () => {
      const [words, rest] = [await phone.innerText('.said'), await offered(phone)];
      return /We expect you/.test(words) && !rest.includes('confirmed') && rest.length === 3 ? [] : [words, ...rest];
    });
    await look(phone, 'reminder, confirmed');

    // On the day, the front desk reads it, and what she asks for after that. Shortly before, so that it is the practice's day whatever the
    // time of the run is.
    product.moveTo(new Date(session - 6 * minute));
    let desk = await atTheDesk(here, 'front desk of the day');
    const row = () => desk.locator('.reply', { hasText: /confirmed|asks for/ });
    await check('the front desk reads that she comes', async () => {
      const words = await appears(desk, `${product.base}/today`, async () => (await row().count()) > 0 && row().first().innerText());
      return words === 'confirmed' ? [] : [words];
    });
    await look(desk, 'today with a confirmed appointment');
    for (const [reply, said, read] of [['video', /in touch about video/, 'asks for video'], ['rebook', /about another time/, 'asks for another time']]) {
      await press(phone, reply);
      await check(`she asked for it: ${reply}`, async () => {
        const words = await phone.innerText('.said');
        return said.test(words) ? [] : [words];
      });
      await desk.goto(`${product.base}/today`);
      await check(`the front desk reads that she ${read}`, async () => {
        const words = await row().first().innerText();
        return words === read ? [] : [words];
      });
    }
    await check('and has to call her', async () => {
      await desk.goto(`${product.base}/tasks`);
      const words = await desk.innerText('main');
      return /Answered a reminder of an appointment/.test(words) && words.includes(client.last) ? [] : [words.slice(0, 600)];
    });
    await press(phone, 'cancelled');
    await check('cancelled is cancelled: the page says so and offers nothing any more', async () => {
      const [words, rest] = [await phone.innerText('main'), await offered(phone)];
      return /Your appointment is cancelled/.test(words) && rest.length === 0 ? [] : [words, ...rest];
    });
    await look(phone, 'reminder, cancelled');
    await check('an answer that comes after that changes nothing', async () => {
      const late = await phone.request.post(`${link}/confirmed`);
      await phone.goto(link);
      return /Your appointment is cancelled/.test(await phone.innerText('main')) ? [] : [`${late.status()}`, await phone.innerText('main')];
    });
    desk = await atTheDesk(here, 'front desk after that');
    await check('nobody waits for her any more', async () => {
      const words = await desk.innerText('main');
      return (await row().count()) === 0 && /No sessions today/.test(words) ? [] : [words.slice(0, 600)];
    });
    await check(`no complaint at ${path(desk)}`, [...phone.problems, ...desk.problems]);
    await desk.close();
    await phone.close();
  } finally {
    await product.stop();
  }
}
