// An administrator's first hour in a practice that runs: the lists come from another system, a file is looked at before it is
// applied and taken back when it was the wrong one, a programme and a wording are added, a session moves, and the own account
// is in order.

import { narrow, widths } from '../harness.mjs';
import { go, path, signIn } from '../people.mjs';

export const about = 'an administrator’s first hour';

const clients = [
  'Client ID,Wer,Cell,DOB,Balance',
  'J-901,Imogen Sample,(555) 010-0161,1988-04-25,12',
  'J-902,Idris Sample,(555) 010-0162,03/04/1991,0',
  'J-903,,(555) 010-0163,1990-01-01,0',
].join('\n');

export default async function ({ browser, demo, check: report, look }) {
  const check = (name, expectation) => report(name, expectation);
  const page = await signIn(browser, demo, 'admin', { person: 'administrator in the first hour' });
  page.on('dialog', (dialog) => dialog.accept());
  const forgive = (status) => {
    page.problems.splice(0, page.problems.length, ...page.problems.filter((words) => !words.includes(` ${status} `)));
  };
  const shows = async (text) => ((await page.getByText(text).count()) ? [] : [`“${text}” is not on ${path(page)}`]);

  // A file of clients
  await page.goto(`${demo.base}/admin`);
  await go(page, 'main a[href="/admin/import"]');
  await look(page, 'imports, none yet');
  await page.setInputFiles('#file', { name: 'export.csv', mimeType: 'text/csv', buffer: Buffer.from(clients) });
  await go(page, 'form[enctype] button');
  const run = path(page);
  await check('a file is read before anything is changed', /^\/admin\/import\/[0-9a-f-]{36}$/.test(run) ? [] : [`at ${run}`]);
  await look(page, 'a file whose columns are not all understood');
  await page.locator('summary', { hasText: 'Columns the file does not seem to have' }).click();
  await page.selectOption('[name="column_name"]', 'Wer');
  await page.selectOption('[name="day_order"]', 'month_first');
  await page.selectOption('[name="site"]', { index: 1 });
  await go(page, `form[action="${run}"] button`);
  await check('the person says what a column means', () => shows('Imogen Sample'));
  await check('and what could not be used is said with its line', () => shows(/line 4/));
  await look(page, 'a file as a table of what would happen');
  await check('the table fits a phone', () => narrow(page));
  await go(page, `form[action="${run}/apply"] button`);
  await look(page, 'a file that was applied');
  await page.goto(`${demo.base}/admin/clients`);
  const everywhere = await page.locator('main').innerText();
  await check('its clients are in the list, or on a further page of it', everywhere.includes('Sample') || (await page.locator('a[rel="next"]').count()) ? [] : ['nobody']);
  await page.goto(`${demo.base}${run}`);
  await go(page, `form[action="${run}/undo"] button`);
  await check('and are gone again when the file was the wrong one', () => shows('Taken back'));
  await look(page, 'a file that was taken back');

  // Lists of the practice
  await page.goto(`${demo.base}/admin/placements`);
  const programme = page.locator('section', { has: page.locator('#group-programme') });
  await programme.locator('form[action="/admin/placements"] input[name="name"]').fill('Couples');
  await go(page, programme.locator('form[action="/admin/placements"] button'));
  await check('a programme is added', () => shows('Couples'));
  await programme.locator('form[action="/admin/placements"] input[name="name"]').fill('Couples');
  await go(page, programme.locator('form[action="/admin/placements"] button'));
  await check('the same name twice is refused at its field', async () => ((await page.locator('.problem a[href="#name-programme"]').count()) ? [] : ['no error']));
  forgive(422);
  await look(page, 'programmes and payers');
  await page.goto(`${demo.base}/admin/consents`);
  await look(page, 'consent wordings');
  await page.goto(`${demo.base}/admin/audit`);
  await check('the audit says in words what was done', () => shows('Took an import back'));
  await look(page, 'the audit');

  // A session moves
  for (let day = 0; day < 8 && !(await page.locator('main a[href^="/appointments/"]').count()); day++) {
    await (day === 0 ? page.goto(`${demo.base}/admin/appointments`) : go(page, 'a[rel="next"]'));
  }
  await go(page, 'main a[href^="/appointments/"]');
  await look(page, 'an appointment to be moved');
  const before = await page.inputValue('#starts');
  await page.fill('#minutes', 'long');
  await go(page, 'form[action$="/move"] button');
  await check('what is typed wrongly stays beside its reason', async () => ((await page.inputValue('#minutes')) === 'long' ? [] : ['it is gone']));
  forgive(422);
  await page.fill('#minutes', '45');
  await page.fill('#starts', before === '07:15' ? '07:20' : '07:15');
  await go(page, 'form[action$="/move"] button');
  await check('the client’s page says so', () => shows('The appointment is saved'));

  // The own account
  await go(page, '.me a[href="/account"]');
  await look(page, 'my account');
  await page.setViewportSize({ width: widths.phone, height: 800 });
  await check('the account fits a phone', () => narrow(page));
  await go(page, 'a[href="/account/looks"]');
  await look(page, 'who looked');
  await check('no complaint, no third party', page.problems);
  await page.close();
}
