// Five clients of one clinician break off: the courses end, each is asked why on their phone, and what they said stands on the clinician's
// page as a figure of five. The clinician is the journey's own, so that no other exit is counted in it.

import { answer, appears, go, linkInOutbox, path, question, signIn } from '../people.mjs';
import { password } from '../demo.mjs';

export const about = 'why clients stopped coming';
export const newcomers = ['Iris', 'Jules', 'Kim', 'Lou', 'Max'].map((first, place) => ({
  id: `stopped-${place}`, first, last: `Abbruch-${first}`, email: `${first}.abbruch@example.net`.toLowerCase(), language: 'en', hours: 5 + place,
  // A course without a session is none that ended.
  came: true,
}));
const clinician = 'dana.abbruch';
const figures = '/attendance?view=own&period=all';

/** A clinician of the journey's own: invited by the administrator, at the door by the link of the mail. */
async function invited({ browser, demo, check }) {
  const admin = await signIn(browser, demo, 'admin', { person: 'admin who invites' });
  await admin.goto(`${demo.base}/admin/staff/new`);
  await admin.fill('#name', 'Dana Abbruch');
  await admin.fill('#email', `${clinician}@example.org`);
  await admin.check('input[name="role"][value="clinician"]');
  await go(admin, 'main form button.primary');
  const link = await linkInOutbox(admin, demo, `${clinician}@example.org`, '/invite/');
  await check('the administrator’s pages complained of nothing', admin.problems);
  await admin.close();
  const door = await browser.page(link, { person: 'clinician with an invitation' });
  await door.fill('#password', password);
  await door.fill('#password_again', password);
  await go(door, 'main form button');
  await door.close();
}

/** The chart of somebody, by the search. */
async function chartOf(page, client) {
  await page.locator('[data-key="/"]').fill(client.last);
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
  await go(page, page.locator('main a[href^="/clients/"]', { hasText: client.last }));
  return page.url();
}

/** Opens what a form is folded away in. */
const unfold = (page, form) => page.locator('details', { has: form }).last().locator('summary').first().click();

/** The clinician they were imported with passes somebody on. */
async function passOn(page, client) {
  const chart = await chartOf(page, client);
  const form = page.locator('form[action$="/reassign"]');
  await unfold(page, form);
  await form.locator('select').selectOption({ label: 'Dana Abbruch' });
  await go(page, form.locator('button').last());
  return chart;
}

/** What the clinician's page says of why clients stopped. */
async function reasons(page, demo) {
  await page.goto(`${demo.base}${figures}`);
  const section = page.locator('section[aria-labelledby="exits"]');
  return (await section.count()) ? section.innerText() : '';
}

/** The clinician ends the course as broken off. */
async function discharge({ check, look }, page, chart) {
  await page.goto(chart);
  const form = page.locator('form[action$="/discharge"]');
  await unfold(page, form);
  await form.locator('input[name="reason"][value="dropped_out"]').check();
  await look(page, 'a course about to be ended');
  await go(page, form.locator('button').last());
  await check('the course has ended, and nobody is asked anything that belongs to it', async () => {
    const words = await page.innerText('main');
    return /asked why they stopped|to be asked why/i.test(words) ? [] : [`nothing about the question: ${words.slice(0, 300)}`];
  });
}

/** The links in the post of a client, the newest first. */
const linksTo = (page, client) =>
  page.evaluate(
    (to) =>
      [...document.querySelectorAll('.outbox > li')]
        .filter((mail) => mail.textContent.includes(to))
        .flatMap((mail) => [...mail.querySelectorAll('a')].map((link) => link.href))
        .filter((href) => new URL(href).pathname.startsWith('/c/')),
    client.email,
  );

/** The client answers, on a phone. */
async function onThePhone({ browser, demo, check, look }, post, client, earlier) {
  const link = await appears(post, `${demo.base}/outbox`, async () => {
    const [newest] = await linksTo(post, client);
    return newest !== earlier && newest;
  });
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
  await invited(world);
  const ana = await signIn(browser, demo, 'clinician', { person: 'clinician who passes on' });
  const charts = [];
  for (const client of newcomers) charts.push(await passOn(ana, client));
  await check('passing on complained of nothing', ana.problems);
  await ana.close();

  const page = await signIn(browser, demo, clinician, { person: 'clinician of those who stopped' });
  page.on('dialog', (dialog) => dialog.accept());
  await check('before, there is nothing to tell', async () => ((await reasons(page, demo)) === '' ? [] : ['somebody was asked']));
  const post = await signIn(browser, demo, clinician, { person: 'post of those who stopped' });
  for (const [place, client] of newcomers.entries()) {
    const eyes = place === 0 ? world : { ...world, look: () => {} };
    await post.goto(`${demo.base}/outbox`);
    const [earlier] = await linksTo(post, client);
    await discharge(eyes, page, charts[place]);
    await onThePhone(eyes, post, client, earlier);
    const words = await reasons(page, demo);
    const isLast = place === newcomers.length - 1;
    await check(`after ${place + 1} of five ${isLast ? 'the reason is counted' : 'no count is shown'}`, async () => {
      if (!isLast) return !words || (/Too few answers to show/.test(words) && !/were asked/.test(words)) ? [] : [words];
      return /\b5 clients were asked[^;]*; 5 answered/.test(words) && /Time, cost, or getting there\s+5\b/.test(words) ? [] : [words || (await page.innerText('main')).slice(0, 800)];
    });
  }
  await post.close();
  await check('no words of a client, and no name', async () => {
    const words = await reasons(page, demo);
    return newcomers.some(({ first }) => words.includes(first)) ? [words] : [];
  });
  await look(page, 'attendance with the reasons');
  for (const kind of ['CSV', 'Excel']) {
    const href = await page.locator('main a.button', { hasText: new RegExp(kind, 'i') }).first().getAttribute('href');
    await check(`the ${kind} file is of what is shown, and five answers stay in the house`, async () => {
      const file = await page.request.get(new URL(href, demo.base).href);
      const problems = file.ok() ? [] : [`${file.status()}`];
      if (!href.includes('period=all') || !href.includes('view=own')) problems.push(`of something else than what is shown: ${href}`);
      if (kind === 'CSV') {
        const [head, ...lines] = (await file.text()).trim().split('\n');
        if (!head.startsWith('data_as_of,') || lines.length === 0) problems.push(`no table: ${head}`);
        problems.push(...lines.filter((one) => one.includes(',exit_') && !one.includes('too few to show')));
      }
      return problems;
    });
  }
  await page.goto(charts[0]);
  await check('the clinician reads the reason on the page of the client', async () => {
    const words = await page.locator('.exit').first().innerText();
    return /Time, cost, or getting there/.test(words) ? [] : [words];
  });
  await look(page, 'client who said why');
  await check('the browser complained of nothing', page.problems);
  await page.close();
  const owner = await signIn(browser, demo, 'owner', { person: 'owner who asks why' });
  await owner.goto(`${demo.base}/attendance?view=practice&period=all`);
  await check('the owner reads of it without a name', async () => {
    const words = await owner.locator('section[aria-labelledby="exits"]').innerText();
    return words.includes('Abbruch') || newcomers.some(({ first }) => new RegExp(`\\b${first}\\b`).test(words)) ? [words] : [];
  });
  await look(owner, 'attendance of the practice');
  await owner.close();
}
