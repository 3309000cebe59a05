// An empty database: the one-time address, the practice and its owner, the second factor, recovery codes, and then what a
// practice needs before its first client: staff, a protocol, help in a crisis.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serve } from '../demo.mjs';
import { narrow, widths } from '../harness.mjs';
import { go, path } from '../people.mjs';
import { code } from '../totp.mjs';

export const about = 'a practice begins';

const secret = 'a long sentence that nobody guesses';

/** Fills a form by its fields' names and sends it. */
async function send(page, form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`${form} [name="${name}"]`).first();
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await go(page, page.locator(`${form} button:not([name="lang"])`).last());
}

const forgive = (page, status) => {
  page.problems.splice(0, page.problems.length, ...page.problems.filter((words) => !words.includes(` ${status} `)));
};

/** Waits for the mail to an address in the folder that mails are written to; gives what fits in it. */
async function mailed(folder, to, wanted) {
  const until = Date.now() + 30_000;
  for (;;) {
    const mails = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    for (const name of mails) {
      const mail = JSON.parse(await readFile(join(folder, name), 'utf8'));
      const found = mail.to === to && mail.text.match(wanted);
      if (found) return found[0];
    }
    if (Date.now() > until) throw new Error(`no mail with ${wanted} among ${mails.length}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** Sets the second factor up on the page that asks for it; gives the secret, the code that was used, and the recovery codes. */
async function enrol(page, check, look, who) {
  await look(page, `${who}: second factor`);
  const shown = await page.locator('.secret').textContent();
  await send(page, 'main form', { code: '000000' });
  await check(`${who}: a wrong code is refused in words`, async () => {
    const said = await page.locator('.problem').count();
    return said ? [] : ['no error is shown'];
  });
  forgive(page, 422);
  const spent = code(shown);
  await send(page, 'main form', { code: spent });
  const codes = await page.locator('#codes li').allInnerTexts();
  await look(page, `${who}: recovery codes`);
  return { shown, spent, codes };
}

export default async function ({ browser, check: report, look: see }) {
  const check = (name, expectation) => report(name, expectation);
  const house = await serve();
  try {
    await begin(house, browser, check, see);
  } finally {
    await check('it stops cleanly', async () => {
      const ended = await house.stop();
      return ended === 0 ? [] : [`exit code ${ended}`];
    });
  }
}

async function begin(house, browser, check, look) {
  const stranger = await browser.page(`${house.base}/setup?token=guessed`, { person: 'who guesses the address' });
  await check('a guessed address opens nothing', async () => ((await stranger.locator('#practice').count()) ? ['the form is there'] : []));
  await stranger.close();

  const page = await browser.page(house.setup, { person: 'owner of a new practice' });
  page.on('dialog', (dialog) => dialog.accept());
  await look(page, 'setup');
  await check('setup fits the narrowest phone', () => narrow(page));
  const practice = {
    practice: 'Quiet Harbor Practice', display_name: 'Quiet Harbor', site: 'Main', zone: 'America/Chicago', phone: '+1 312 555 0142',
    owner_name: 'Olive Owner', email: 'olive@example.com', password: secret,
  };
  await send(page, 'main form', { ...practice, password_again: 'something else entirely' });
  await check('two different passwords are met with an error that keeps what was typed', async () => {
    const problems = (await page.locator('.problem a[href="#password_again"]').count()) ? [] : ['no error at the field'];
    if ((await page.inputValue('#practice')) !== practice.practice) problems.push('what was typed is gone');
    if ((await page.inputValue('#password')) !== '') problems.push('the password came back');
    return problems;
  });
  forgive(page, 422);
  await look(page, 'setup with an error');
  await send(page, 'main form', { zone: practice.zone, password: secret, password_again: secret });
  await check('the practice is there, and its owner signs in next', path(page) === '/sign-in' ? [] : [`at ${path(page)}`]);
  await look(page, 'sign-in');
  await check('the address works once', async () => {
    const again = await page.request.get(house.setup);
    return again.status() === 404 ? [] : [`status ${again.status()}`];
  });

  await send(page, 'main form', { email: practice.email, password: 'wrong in every way' });
  await check('a wrong password is refused without telling which half was wrong', async () => {
    const said = await page.locator('.problem').innerText();
    return /olive|unknown|no such/i.test(said) ? [said] : [];
  });
  forgive(page, 401);
  await look(page, 'sign-in refused');
  await send(page, 'main form', { email: practice.email, password: secret });
  await check('nobody gets in without a second factor', path(page) === '/sign-in/enrol' ? [] : [`at ${path(page)}`]);
  const { shown, spent, codes } = await enrol(page, check, look, 'owner');
  await check('there are recovery codes, each of its own', new Set(codes).size >= 8 ? [] : [`${codes.length} codes`]);
  await check('recovery codes are shown once', async () => {
    await page.goto(`${house.base}/sign-in/enrol`);
    const text = await page.innerText('body');
    return codes.filter((one) => text.includes(one)).length === 0 && path(page) === '/today' ? [] : [`at ${path(page)}`];
  });
  await look(page, 'today of a new practice');

  // Out and in again: with the app, and with a recovery code
  const out = async () => go(page, page.locator('form[action="/sign-out"] button'));
  await out();
  await look(page, 'signed out');
  await send(page, 'main form', { email: practice.email, password: secret });
  await look(page, 'the second step');
  await send(page, 'main form', { code: spent });
  await check('a code is good for one sign-in', path(page) === '/sign-in/code' ? [] : [`at ${path(page)}`]);
  forgive(page, 401);
  await send(page, 'main form', { code: code(shown, 1) });
  await check('the next code opens', path(page) === '/today' ? [] : [`at ${path(page)}`]);
  await out();
  await send(page, 'main form', { email: practice.email, password: secret });
  await send(page, 'main form', { code: codes[0] });
  await check('a recovery code opens', path(page) === '/today' ? [] : [`at ${path(page)}`]);

  // What a practice needs
  await page.goto(`${house.base}/admin/staff/new`);
  await page.check('input[name="role"][value="clinician"]');
  await page.check('input[name="at_site"] >> nth=0');
  await send(page, 'main form.card', { name: 'Cleo Clinician', email: 'cleo@example.com', phone: '+1 312 555 0143', language: 'es' });
  await check('a clinician is invited', async () => {
    const problems = await page.locator('.problem').allInnerTexts();
    await page.goto(`${house.base}/admin/staff`);
    if (!(await page.getByText('Cleo Clinician').count())) problems.push('not in the list of staff');
    return problems;
  });
  await look(page, 'staff of a new practice');
  await page.goto(`${house.base}/admin/protocol`);
  await page.check('input[name="before_session"][value="phq-2"]');
  await page.fill('[name="protocol_name"]', 'Short forms');
  await page.fill('[name="weeks_phq-9"]', '6');
  await go(page, page.locator('form[action="/admin/protocol"] button[value="publish"]'));
  await check('the protocol is published', async () => {
    const problems = await page.locator('.problem').allInnerTexts();
    if (!(await page.locator('input[name="before_session"][value="phq-2"]').isChecked())) problems.push('PHQ-2 is not asked before sessions');
    if ((await page.locator('input[name="weeks_phq-9"]').inputValue()) !== '6') problems.push('PHQ-9 is not asked every six weeks');
    return problems;
  });
  await look(page, 'protocol of a new practice');
  await go(page, page.locator('form[action$="/default"] button'));
  await check('the new protocol is the default, and the other can be retired', async () => {
    const inForce = page.locator('h2#protocol ~ ul.lines').first().locator('li');
    const shown = (await inForce.filter({ hasText: 'Short forms' }).first().innerText()).includes('default for new episodes');
    return shown && (await inForce.count()) === 2 ? [] : ['Short forms is not the default beside the other'];
  });
  await page.goto(`${house.base}/admin/crisis`);
  await check('help in a crisis is there from the start, in both languages', async () => {
    const groups = await page.locator('main section.card:has(ul.lines)').count();
    return groups >= 2 ? [] : [`in ${groups} languages`];
  });
  await send(page, 'form[action="/admin/crisis"]', { language: 'en', label: 'County crisis line', href: 'tel:+13125550199', position: '9' });
  await check('another resource is added', async () => ((await page.getByText('County crisis line').count()) ? [] : ['not in the list']));
  await look(page, 'crisis resources');

  // The invited clinician
  const address = await mailed(house.outbox, 'cleo@example.com', /\S+\/invite\/\S+/);
  const clinician = await browser.page(address, { person: 'clinician of a new practice', width: widths.phone });
  await look(clinician, 'invitation');
  await send(clinician, 'main form', { password: 'short', password_again: 'short' });
  await check('a short password is refused', async () => ((await clinician.locator('.problem').count()) ? [] : ['no error is shown']));
  forgive(clinician, 422);
  await send(clinician, 'main form', { password: `${secret} twice`, password_again: `${secret} twice` });
  await enrol(clinician, check, look, 'clinician');
  await go(clinician, 'main a.button.primary');
  await check('the clinician is in, in the language chosen for them', async () => {
    const lang = await clinician.getAttribute('html', 'lang');
    return path(clinician) === '/today' && lang === 'es' ? [] : [`at ${path(clinician)}, lang="${lang}"`];
  });
  await look(clinician, 'today without clients');
  await clinician.goto(`${house.base}/admin/staff`);
  forgive(clinician, 403);
  await check('a clinician is no administrator', async () => ((await clinician.getByText('Olive Owner').count()) ? ['the list of staff is open'] : []));
  const used = await browser.page(address, { person: 'who finds the invitation later' });
  await check('an invitation works once', async () => ((await used.locator('#password').count()) ? ['it can be used again'] : []));
  forgive(used, 404);
  await look(used, 'invitation that was used');
  for (const each of [page, clinician, used]) {
    await check('no complaint, no third party', each.problems);
    await each.close();
  }
}
