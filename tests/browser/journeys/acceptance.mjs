// From two imported files to a closed case: a client answers in Spanish on a phone, says that thoughts of death were
// there, meets help before anything else, and a clinician and a supervisor act. Once with scripts and once without.

import { widths } from '../harness.mjs';
import { answer, go, linkInOutbox, path, question, signIn } from '../people.mjs';

export const about = 'from an import to a closed case';
export const newcomers = [
  { id: 'acceptance-on', first: 'Inés', last: 'Primera', email: 'ines.primera@example.net', language: 'es' },
  { id: 'acceptance-off', first: 'Otilia', last: 'Segunda', email: 'otilia.segunda@example.net', phone: '+14155550187', language: 'es' },
];

/** What she answers: middling everywhere, and on several days for the item about death. */
const given = (item, line) => (line ? 4.5 : item === 'phq-9:9' ? 1 : 2);

async function answered({ browser, demo, check, look }, client, script) {
  const named = (name) => `${name}, scripts ${script}`;
  const view = (page, name) => (script === 'on' ? look(page, `client ${name} es`) : undefined);
  const post = await signIn(browser, demo, 'clinician', { person: `post ${script}` });
  const link = await linkInOutbox(post, demo, client.phone ?? client.email);
  await check(named('she is written to in Spanish, and not by her name'), async () => {
    const words = await post.locator('.outbox > li', { hasText: new URL(link).pathname }).innerText();
    const problems = /registro|cuestionario|preguntas/i.test(words) ? [] : [`not in Spanish: ${words}`];
    if (words.includes(client.first) || words.includes(client.last)) problems.push(`it names her: ${words}`);
    if (client.phone && !/STOP|BAJA/.test(words)) problems.push(`no way out: ${words}`);
    return problems;
  });
  await post.close();

  const page = await browser.page(link, { width: widths.phone, locale: 'es', script, person: `phone ${script}` });
  await check(named('the link opens in Spanish, whatever the phone speaks'), async () => {
    const lang = await page.getAttribute('html', 'lang');
    return lang === 'es' ? [] : [`lang="${lang}"`];
  });
  await view(page, 'landing');
  await go(page, 'main form button.go');

  let asked = await question(page);
  const total = asked.total;
  let helped = 0;
  for (let number = 1; number <= total; number += 1) {
    asked = await question(page);
    if (asked?.number !== number) throw new Error(`question ${number} expected at ${path(page)}`);
    if ([1, 5].includes(number)) await view(page, asked.line ? 'line' : 'options');
    await answer(page, given(asked.item, asked.line));
    if (path(page) === '/check-in/help-now') {
      helped += 1;
      await check(named('help comes right after the item about death, and only there'), async () => {
        const problems = asked.item === 'phq-9:9' ? [] : [`after ${asked.item}`];
        if (!(await page.locator('a.call[href^="tel:"]').count())) problems.push('no number to call');
        if (!(await page.locator('.plainly').innerText()).trim()) problems.push('not said that nobody watches around the clock');
        if (/phq|suicid|depres/i.test(await page.title())) problems.push(`the tab tells too much: ${await page.title()}`);
        return problems;
      });
      await view(page, 'interruption');
      const clinician = await signIn(browser, demo, 'clinician', { person: `clinician ${script}` });
      await check(named('the case is there before she goes on'), async () => {
        const there = await clinician.locator('#cases').locator('..').getByText(`${client.first} ${client.last}`).count();
        return there ? [] : ['no case on Today'];
      });
      await clinician.close();
      await go(page, 'main a.go');
    }
  }
  await check(named('there was one interruption'), helped === 1 ? [] : [`${helped} of them`]);
  await check(named('the last look is next'), path(page) === '/check-in/submit' ? [] : [path(page)]);
  await view(page, 'review');
  await go(page, 'main form button.go');
  await check(named('the receipt says what happens next'), path(page) === '/check-in/done' ? [] : [path(page)]);
  await view(page, 'receipt');
  await page.goto(link);
  await check(named('the link now says that it is done'), async () => {
    const words = await page.innerText('h1');
    return /ya (está|se) complet|ya complet|ya lo /i.test(words) ? [] : [`h1: ${words}`];
  });
  await view(page, 'already completed');
  await check(named('the browser complained of nothing'), page.problems);
  await page.close();
}

async function closed({ browser, demo, check, look }, client, script) {
  const name = `${client.first} ${client.last}`;
  const named = (words) => `${words}, scripts ${script}`;
  const view = (page, words) => (script === 'on' ? look(page, words) : undefined);
  const clinician = await signIn(browser, demo, 'clinician', { person: `clinician ${script}` });
  const card = clinician.locator('.card.case', { hasText: name }).first();
  const href = await card.locator('h3 a').getAttribute('href');
  const address = new URL(href, demo.base).href;
  await view(clinician, 'today with a case');

  // The mail names nobody and leads to the case, through the door.
  await clinician.goto(`${demo.base}/outbox?to=staff`);
  await check(named('the mail to the clinician names nobody'), async () => {
    const mails = await clinician.locator('.outbox > li', { hasText: href }).allInnerTexts();
    if (mails.length === 0) return ['no mail with the address of the case'];
    return mails.filter((mail) => /Inés|Otilia|Primera|Segunda|PHQ|suicid/i.test(mail)).map((mail) => `tells too much: ${mail}`);
  });
  await view(clinician, 'outbox');
  const mailed = await browser.page(address, { person: `clinician at the mail ${script}` });
  await check(named('the address in the mail leads through the door to the case'), async () => {
    if (!path(mailed).startsWith('/sign-in')) return [`no door: ${path(mailed)}`];
    await mailed.fill('#email', 'clinician@example.org');
    await mailed.fill('#password', 'harbor lane demo');
    await go(mailed, 'main form button');
    if (mailed.url() !== address) return [`at ${path(mailed)}`];
    return (await mailed.locator('form[action$="/acknowledge"]').count()) ? [] : ['opening the address already took the case up'];
  });
  await mailed.close();

  await clinician.goto(address);
  await view(clinician, 'case, open');
  await check(named('what was answered is marked'), async () => {
    const marked = await clinician.locator('.answered .marked').count();
    return marked > 0 ? [] : ['no answer is marked'];
  });
  const act = async (form, fill) => {
    const which = clinician.locator(`main form[action$="/${form}"]`).first();
    await which.waitFor({ state: 'visible' });
    if (fill) await fill(which);
    await go(clinician, which.locator('button:not([type="button"])').last());
    const problems = await clinician.locator('.problem').allInnerTexts();
    if (problems.length > 0) throw new Error(`${form}: ${problems.join(' ')}`);
  };
  await act('acknowledge');
  await view(clinician, 'case, taken up');
  await check(named('a case without its work done cannot be closed'), async () =>
    (await clinician.locator('form[action$="/close"]').count()) ? ['the form to close it is there'] : []);
  await act('review', (form) => form.locator('textarea').fill('Called; talked for twenty minutes.'));
  await act('decide', async (form) => {
    await form.locator('input[value="plan_changed"]').check();
    await form.locator('[name="note"]').fill('Weekly sessions for now.');
    await form.locator('[name="kind"]').selectOption('frequency');
    await form.locator('[name="what"]').fill('Every week for a month');
    await form.locator('[name="why"]').fill('The week between was too long.');
    const review = form.locator('[name="review_session"]');
    if (!(await review.inputValue())) await review.fill('4');
  });
  await act('dispose', async (form) => {
    await form.locator('input[value="safety_plan"]').check();
    const done = { contact: 'phone', screener: 'moderate', safety_plan: 'made', emergency_contact: 'informed', referral: 'none' };
    for (const [name, value] of Object.entries(done)) await form.locator(`[name="${name}"]`).selectOption(value);
    await form.locator('[name="note"]').fill('Plan made together, sister knows.');
  });
  await view(clinician, 'case, ready to close');

  const supervisor = await signIn(browser, demo, 'supervisor', { person: `supervisor ${script}` });
  await supervisor.goto(`${demo.base}/supervision`);
  await check(named('the supervisor sees the clinician and the case'), async () => {
    const problems = [];
    if (!(await supervisor.locator('main').getByText('Ana Ruiz').count())) problems.push('the clinician is not there');
    if (!(await supervisor.locator(`main a[href$="${href}"]`).count())) problems.push('the case is not there');
    return problems;
  });
  await view(supervisor, 'supervision');

  await act('close', async (form) => {
    const note = form.locator('textarea');
    if (await note.count()) await note.fill('Seen on Tuesday.');
  });
  await view(clinician, 'case, closed');
  await supervisor.goto(address);
  await check(named('the supervisor reads how it ended'), async () => {
    const text = await supervisor.innerText('main');
    const wanted = ['Called; talked for twenty minutes.', 'Weekly sessions for now.', 'Plan made together, sister knows.', 'Ana Ruiz'];
    const problems = wanted.filter((words) => !text.includes(words)).map((words) => `not there: ${words}`);
    if (await supervisor.locator('form[action$="/close"]').count()) problems.push('it can still be closed');
    return problems;
  });
  await supervisor.goto(`${demo.base}/supervision`);
  await check(named('a closed case is no open one'), async () =>
    (await supervisor.locator(`main a[href$="${href}"]`).count()) ? ['it is still listed'] : []);
  await clinician.goto(`${demo.base}/today`);
  await check(named('it has left Today'), async () =>
    (await clinician.locator(`#cases ~ * a[href="${href}"]`).count()) ? ['it is still there'] : []);
  for (const page of [clinician, supervisor]) {
    await check(named('no complaint in the staff pages'), page.problems);
    await page.close();
  }
}

export default async function (world) {
  await world.check('the imports have no fault', () => {
    const rows = world.demo.imported.trim().split('\n');
    const bad = rows.filter((row) => !/^\d+ created, .* 0 fault/.test(row));
    return rows.length === 2 ? bad : [`printed: ${world.demo.imported}`];
  });
  for (const [index, script] of ['on', 'off'].entries()) {
    await answered(world, newcomers[index], script);
    await closed(world, newcomers[index], script);
  }
}
