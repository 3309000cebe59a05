// Somebody breaks off: the clinician ends the course, the client is asked why on their phone, and what all of them said stands on the
// owner's page and in its files.

import { answer, go, linkInOutbox, path, question, signIn } from '../people.mjs';

export const about = 'why somebody stopped coming';
export const newcomers = [{ id: 'stopped', first: 'Iris', last: 'Abbruch', email: 'iris.abbruch@example.net', language: 'en', hours: 5 }];

/** How many were asked and how many answered, as the owner's page says it; neither where the answers are too few to be shown. */
async function counted(page, demo) {
  await page.goto(`${demo.base}/attendance?view=practice&period=all`);
  const section = page.locator('section[aria-labelledby="exits"]');
  const words = (await section.count()) ? await section.innerText() : '';
  const [asked, answered] = (words.match(/(\d+) clients were asked.*?(\d+) answered/s) ?? []).slice(1).map(Number);
  return { asked, answered, words };
}

/** The clinician ends the course as broken off. */
async function discharge({ browser, demo, check, look }, client) {
  const page = await signIn(browser, demo, 'clinician', { person: 'clinician of somebody who stopped' });
  page.on('dialog', (dialog) => dialog.accept());
  await page.locator('[data-key="/"]').fill(client.last);
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
  await go(page, page.locator('main a[href^="/clients/"]', { hasText: client.last }));
  const chart = page.url();
  const form = page.locator('form[action$="/discharge"]');
  await page.locator('details', { has: form }).last().locator('summary').first().click();
  await form.locator('input[name="reason"][value="dropped_out"]').check();
  await look(page, 'a course about to be ended');
  await go(page, form.locator('button').last());
  await check('the course has ended, and nobody is asked anything that belongs to it', async () => {
    const words = await page.innerText('main');
    return /asked why they stopped|to be asked why/i.test(words) ? [] : [`nothing about the question: ${words.slice(0, 300)}`];
  });
  return { page, chart };
}

/** The client answers, on a phone. */
async function onThePhone({ browser, demo, check, look }, post, client) {
  const link = await linkInOutbox(post, demo, client.email);
  const phone = await browser.page(link, { person: 'phone of somebody who stopped', width: 360 });
  await go(phone, 'main form button.go');
  const { total } = await question(phone);
  await check('two questions and no more', total === 2 ? [] : [`${total} questions`]);
  await look(phone, 'why somebody stopped, on the phone');
  await answer(phone, 3);
  await answer(phone, 0);
  await check('then it can be handed in', path(phone) === '/check-in/submit' ? [] : [`at ${path(phone)}`]);
  await look(phone, 'before it is handed in');
  await go(phone, 'main form button.go');
  await check('it has arrived', path(phone) === '/check-in/done' ? [] : [`at ${path(phone)}`]);
  await check('the phone complained of nothing', phone.problems);
  await phone.close();
}

export default async function (world) {
  const { browser, demo, check, look } = world;
  const [client] = newcomers;
  const owner = await signIn(browser, demo, 'owner', { person: 'owner who asks why' });
  const before = await counted(owner, demo);
  const { page, chart } = await discharge(world, client);
  const post = await signIn(browser, demo, 'clinician', { person: 'post of somebody who stopped' });
  await onThePhone(world, post, client);
  await post.close();
  await page.goto(chart);
  await check('the clinician reads the reason on the page of the client', async () => {
    const words = await page.locator('.exit').first().innerText();
    return /Time, cost, or getting there/.test(words) ? [] : [words];
  });
  await look(page, 'client who said why');
  await page.close();

  const after = await counted(owner, demo);
  await check('the owner reads one more asked and one more answered, or that they are too few', () => {
    if (/Too few answers to show/.test(after.words)) return before.answered ? [before.words, after.words] : [];
    if (!before.answered) return after.answered >= 5 ? [] : [after.words];
    return after.asked === before.asked + 1 && after.answered === before.answered + 1 ? [] : [before.words, after.words];
  });
  await check('and no words of the client, and no name', () => (/Abbruch|Iris/.test(after.words) ? [after.words] : []));
  await look(owner, 'attendance with the reasons');
  for (const kind of ['CSV', 'Excel']) {
    const href = await owner.locator('main a.button', { hasText: new RegExp(kind, 'i') }).first().getAttribute('href');
    await check(`the figures are in the ${kind} file of what is shown`, async () => {
      const file = await owner.request.get(new URL(href, demo.base).href);
      const problems = file.ok() ? [] : [`${file.status()}`];
      if (!href.includes('period=all')) problems.push(`another period than the one that is shown: ${href}`);
      if (kind === 'CSV') {
        const line = (await file.text()).split('\n').find((one) => one.includes(',exit_survey_answered,'));
        if (!line) problems.push('no line about it');
        // Few answers stay in the house; enough of them are the page's.
        else if (!/too few to show/.test(line) && !line.includes(`,${after.answered},${after.asked},`)) problems.push(line);
      }
      return problems;
    });
  }
  await check('the browser complained of nothing', owner.problems);
  await owner.close();
}
