// A short questionnaire goes on to the longer one: the clinician asks one client the PHQ-2 instead of the PHQ-9, and what
// she answers on a phone calls for the rest. Once with scripts and once without.

import { widths } from '../harness.mjs';
import { answer, go, linkInOutbox, path, question, signIn } from '../people.mjs';

export const about = 'a screening that goes on';
export const newcomers = ['on', 'off'].map((script) => ({
  id: `stepped-${script}`,
  first: 'Estela',
  last: script === 'on' ? 'Cuarta' : 'Sexta',
  email: `estela.${script}@example.net`,
  language: 'en',
  hours: 72,
}));

/** The clinician changes what this one client is asked, and sends the check-in that waits. */
async function ask({ browser, demo, look }, client, script) {
  const page = await signIn(browser, demo, 'clinician', { person: `asking ${script}` });
  await page.fill('#find', client.last);
  await Promise.all([page.waitForURL('**/search'), page.press('#find', 'Enter')]);
  const chart = await page.locator('main a[href^="/clients/"]', { hasText: client.last }).first().getAttribute('href');
  for (const [what, instrument] of [['skip', 'phq-9'], ['skip', 'gad-7'], ['skip', 'wellbeing-check'], ['add', 'phq-2']]) {
    await page.goto(`${demo.base}${chart}/plan`);
    const form = page.locator('form[action$="/plan/exceptions"]');
    await form.locator(`input[name="exception_what"][value="${what}"]`).check();
    await form.locator('[name="exception_instrument"]').selectOption(instrument);
    await form.locator('[name="exception_reason"]').fill('The short form first.');
    await go(page, form.locator('button'));
  }
  await page.goto(`${demo.base}${chart}`);
  const entry = await page.locator('a[href^="/packets/"][href$="/answers"]').first().getAttribute('href');
  await page.goto(`${demo.base}${entry}`);
  if (script === 'on') await look(page, 'answers from paper, with further questions');
  await page.goto(`${demo.base}${chart}`);
  await go(page, page.locator('form[action^="/packets/"][action$="/send"] button').first());
  const link = await linkInOutbox(page, demo, client.email);
  await page.close();
  return link;
}

async function answered({ browser, demo, check, look }, client, script) {
  const named = (name) => `${name}, scripts ${script}`;
  const view = (page, name) => (script === 'on' ? look(page, name) : undefined);
  const link = await ask({ browser, demo, look }, client, script);
  const page = await browser.page(link, { width: widths.phone, script, person: `screened ${script}` });
  await check(named('the first page says how many there may be'), async () => {
    const words = await page.innerText('main');
    return /2 questions, at most 9/.test(words) ? [] : [words.slice(0, 300)];
  });
  await view(page, 'landing of a screening');
  await go(page, 'main form button.go');
  await check(named('no count is promised that may not hold'), async () => {
    const { number, total } = await question(page);
    return number === 1 && total === undefined ? [] : [`${number} of ${total}`];
  });
  await answer(page, 2);
  await answer(page, 1);
  await check(named('it says plainly that more follow'), async () => {
    const { number, total, item } = await question(page);
    const said = await page.locator('.follows').innerText();
    const problems = /7 more questions follow/.test(said) ? [] : [said];
    if (number !== 3 || total !== 9 || item !== 'phq-9:3') problems.push(`${item}, ${number} of ${total}`);
    return problems;
  });
  await view(page, 'further questions follow');
  await go(page, page.locator('.bar a, header a').filter({ hasText: /Back/ }));
  await check(named('Back shows what was answered'), async () => {
    const chosen = await page.locator('input[name="value"]:checked').getAttribute('value');
    return path(page) === '/check-in/2' && chosen === '1' ? [] : [`${path(page)}: ${chosen}`];
  });
  await answer(page, 1);
  for (let number = 3; number <= 9; number += 1) await answer(page, number === 9 ? 0 : 1);
  await check(named('nine answers and the last look'), async () => {
    const words = await page.innerText('main');
    return path(page) === '/check-in/submit' && /9/.test(words) ? [] : [`${path(page)}: ${words.slice(0, 200)}`];
  });
  await go(page, 'main form button.go');
  await check(named('the receipt'), path(page) === '/check-in/done' ? [] : [path(page)]);
  await check(named('the browser complained of nothing'), page.problems);
  await page.close();
}

export default async function (context) {
  for (const [position, script] of ['on', 'off'].entries()) await answered(context, newcomers[position], script);
}
