// What a practice does besides answering and deciding: the front desk gets in touch with those who stayed away, a supervisor
// and a clinician meet, somebody goes on leave and a colleague has the open case the same minute, the owner looks at a month.

import { answer, go, linkInOutbox, path, question, signIn } from '../people.mjs';

export const about = 'a week of a practice';
export const newcomers = [{ id: 'week', first: 'Marta', last: 'Novena', email: 'marta.novena@example.net', language: 'en' }];

/** What the page says is wrong with a form. */
async function wrong(page) {
  // The browser complains of the answer 422 that the form was meant to get.
  page.problems.splice(0);
  return page.locator('.problem').allInnerTexts();
}
const isoDay = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function frontDesk({ browser, demo, check, look }) {
  const page = await signIn(browser, demo, 'intake', { person: 'front desk of the week' });
  await page.goto(`${demo.base}/outreach`);
  const cards = page.locator('.cards > .card');
  const waiting = await cards.count();
  await check('somebody waits to be called', waiting > 0 ? [] : ['nobody']);
  const name = (await cards.first().locator('h3').innerText()).trim();
  const card = () => page.locator('.cards > .card', { hasText: name }).first();
  await look(page, 'outreach with clients');
  const before = await card().locator('ul.small > li').count();
  await go(page, card().locator('form[action$="/try"] button', { hasText: /left a message/i }));
  await check('a try is written down and the next one has its day', async () => {
    const tries = await card().locator('ul.small > li').count();
    return tries === before + 1 ? [] : [`${tries} tries after ${before}`];
  });
  await card().locator('select[name="outcome"]').selectOption('reached');
  await go(page, card().locator('form[action$="/close"] button'));
  await check('what came of it is kept', async () => {
    const problems = (await cards.count()) === waiting - 1 ? [] : ['the card is still open'];
    if (!(await page.locator('.lines', { hasText: name }).count())) problems.push('not among those closed');
    return problems;
  });
  await check('the front desk reads no answers', async () => {
    const words = await page.innerText('main');
    return /PHQ|GAD-7|score/i.test(words) ? [words.slice(0, 200)] : [];
  });
  await page.close();
}

async function meeting({ browser, demo, check, look }) {
  const supervisor = await signIn(browser, demo, 'supervisor', { person: 'supervisor of the week' });
  await supervisor.goto(`${demo.base}/supervision`);
  const agenda = await supervisor.locator('main table a[href^="/supervision/"]', { hasText: 'Ana Ruiz' }).getAttribute('href');
  await supervisor.goto(`${demo.base}${agenda}`);
  const said = 'Two homework reviews every session from now on.';
  const record = supervisor.locator('form[action$="/meetings"]');
  await record.locator('#decision').fill(said);
  await record.locator('#task').selectOption('clinician');
  await record.locator('#due').fill(isoDay(7));
  await record.locator('[name="minutes"]').fill('abc');
  await go(supervisor, record.locator('button.primary'));
  await check('a wrong number loses nothing that was typed', async () => {
    const problems = (await wrong(supervisor)).length > 0 ? [] : ['nothing is said to be wrong'];
    if ((await record.locator('#decision').inputValue()) !== said) problems.push('the decision is gone');
    return problems;
  });
  await look(supervisor, 'agenda with a problem');
  await record.locator('[name="minutes"]').fill('50');
  await go(supervisor, record.locator('button.primary'));
  await check('the meeting is in the log', async () => {
    const log = await supervisor.locator('section[aria-labelledby="log"]').innerText();
    return log.includes(said) && /50/.test(log) ? [] : [log.slice(0, 300)];
  });
  const clinician = await signIn(browser, demo, 'clinician', { person: 'supervisee of the week' });
  await clinician.goto(`${demo.base}${agenda}`);
  await check('the supervisee reads the same, and who looked', async () => {
    const words = await clinician.innerText('main');
    const problems = words.includes(said) ? [] : ['the decision is not there'];
    if (!/Miriam Katz/.test(words)) problems.push('the supervisor is not among those who looked');
    return problems;
  });
  const line = clinician.locator('section[aria-labelledby="follow"] li', { hasText: said });
  await go(clinician, line.locator('form[action$="/done"] button'));
  await supervisor.goto(`${demo.base}${agenda}`);
  await check('what was agreed is done, for both', async () => {
    const log = await supervisor.locator('section[aria-labelledby="log"]').innerText();
    return log.includes('✓') ? [] : [log.slice(0, 300)];
  });
  await look(supervisor, 'agenda after the meeting');
  await supervisor.close();
  await clinician.close();
}

/** A client says that thoughts of death were there; gives the address of her case. */
async function caseOf({ browser, demo }, client) {
  const post = await signIn(browser, demo, 'clinician', { person: 'post of the week' });
  const link = await linkInOutbox(post, demo, client.email);
  const page = await browser.page(link, { person: 'client of the week' });
  await go(page, 'main form button.go');
  while (path(page).startsWith('/check-in/') && (await question(page))) {
    const asked = await question(page);
    await answer(page, asked.line ? 5 : asked.item === 'phq-9:9' ? 1 : 2);
    if (path(page) === '/check-in/help-now') break;
  }
  await page.close();
  await post.goto(`${demo.base}/today`);
  const href = await post.locator('.card.case', { hasText: client.last }).first().locator('h3 a').getAttribute('href');
  await post.close();
  return href;
}

async function leave(world, client) {
  const { browser, demo, check, look } = world;
  const href = await caseOf(world, client);
  const supervisor = await signIn(browser, demo, 'supervisor', { person: 'supervisor of the leave' });
  await supervisor.goto(`${demo.base}${href}`);
  const hand = supervisor.locator('form[action$="/reassign"]');
  if (!(await hand.isVisible())) await supervisor.locator('details', { has: hand }).last().locator('summary').first().click();
  await hand.locator('[name="owner"]').selectOption({ label: 'Grace Okoye' });
  for (const field of await hand.locator('textarea, input[type="text"]').all()) await field.fill('Knows the family.');
  await go(supervisor, hand.locator('button').last());
  const owner = async () => (await supervisor.goto(`${demo.base}${href}`), supervisor.innerText('main'));
  await check('the case has passed to a colleague', async () =>
    /Grace Okoye/.test(await owner()) ? [] : ['Grace Okoye does not have it']);

  const admin = await signIn(browser, demo, 'admin', { person: 'admin of the week' });
  await admin.goto(`${demo.base}/leave`);
  const form = admin.locator('form[action="/leave"]');
  const fill = async (cover) => {
    await form.locator('[name="person"]').selectOption({ label: 'Grace Okoye' });
    await form.locator('[name="starts_on"]').fill(isoDay(-1));
    await form.locator('[name="ends_on"]').fill(isoDay(6));
    await form.locator('[name="cover"]').selectOption({ label: cover });
    await go(admin, form.locator('button'));
  };
  await fill('Grace Okoye');
  await check('nobody stands in for themselves', async () =>
    (await wrong(admin)).length > 0 ? [] : ['taken as it was']);
  await fill('Peter Strand');
  await check('the leave stands', async () => {
    const list = await admin.locator('section[aria-labelledby="leaves"]').innerText();
    return /Grace Okoye/.test(list) && /Peter Strand/.test(list) ? [] : [list, ...(await wrong(admin))];
  });
  await look(admin, 'leave');
  await check('the colleague who stands in has the open case', async () =>
    /Peter Strand/.test(await owner()) ? [] : ['Peter Strand does not have it']);
  admin.on('dialog', (dialog) => dialog.accept());
  await admin.goto(`${demo.base}/leave`);
  const row = admin.locator('section[aria-labelledby="leaves"] li', { hasText: 'Grace Okoye' });
  await go(admin, row.locator('form[action$="/end"] button'));
  await check('a leave can end early', async () => {
    const list = await admin.locator('section[aria-labelledby="leaves"]').innerText();
    return /Grace Okoye/.test(list) ? [list] : [];
  });
  await supervisor.close();
  await admin.close();
}

async function month({ browser, demo, check, look }) {
  const page = await signIn(browser, demo, 'owner', { person: 'owner of the week' });
  for (const at of ['/outcomes', '/attendance']) {
    await page.goto(`${demo.base}${at}`);
    const period = page.locator('select[name="period"]');
    await period.selectOption('all');
    await go(page, page.locator('form.filters button', { hasText: /show|apply|filter/i }));
    await check(`${at}: what was chosen is in the address`, () =>
      new URL(page.url()).searchParams.get('period') === 'all' ? [] : [page.url()]);
    await look(page, `owner ${at.slice(1)}, all of it`);
    const file = await page.locator('.head a.button', { hasText: /CSV/i }).first().getAttribute('href');
    await check(`${at}: the same as a file, with its date`, async () => {
      const answer = await page.request.get(new URL(file, demo.base).href);
      const text = await answer.text();
      const problems = answer.ok() ? [] : [`${answer.status()}`];
      if (!/as.of/i.test(text)) problems.push(`no date: ${text.slice(0, 200)}`);
      if (/Ana Ruiz|Novena/.test(text)) problems.push('it names a person');
      return problems;
    });
  }
  await page.close();
}

export default async function (world) {
  await frontDesk(world);
  await meeting(world);
  await leave(world, newcomers[0]);
  await month(world);
}
