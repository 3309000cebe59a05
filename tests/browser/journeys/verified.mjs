// An alert to its end: a client gets worse, the clinician takes the case up, looks, changes the plan and closes it; four sessions later
// the product has looked whether it helped, and clinician and supervisor read the same. The weeks pass on a clock of the product's own.

import { ahead } from '../ahead.mjs';
import { answer, appears, go, linkInOutbox, path, question, signIn } from '../people.mjs';

export const about = 'an off-track case from alert to verified';
const client = { id: 'verified', first: 'Nadia', last: 'Umbra', email: 'nadia.umbra@example.net', language: 'en', hours: 3, weeks: 6 };
const name = `${client.first} ${client.last}`;
const hour = 3600_000;

/** How well she is, on the lines of the wellbeing check; the other answers stay as they were. */
const well = 8;
const worse = 2.5;
const stillWorse = 2.8;

const given = (item, line, mark) => (line ? mark : item === 'phq-9:9' ? 0 : 1);

/** She answers on her phone, from a newer mail than that of the link `answered`; gives the link. */
async function onThePhone({ browser, product }, person, mark, answered) {
  const post = await signIn(browser, product, 'clinician', { person: `post of ${person}` });
  const link = await linkInOutbox(post, product, client.email, '/c/', answered);
  await post.close();
  const page = await browser.page(link, { person });
  await go(page, 'main form button.go');
  let asked;
  while (path(page) !== '/check-in/submit' && (asked = await question(page))) await answer(page, given(asked.item, asked.line, mark));
  await go(page, 'main form button.go');
  await page.close();
  return link;
}

/** The front of the week: her check-in before the next session, typed in from paper by the clinician. */
async function fromPaper({ product }, page, chart, mark) {
  const forms = await appears(page, product.base + chart, async () => {
    const found = await page.locator('a[href$="/answers"]').evaluateAll((links) => links.map((link) => link.href));
    return found.length > 0 && found;
  });
  for (const form of forms) {
    await page.goto(form);
    if (!/before/i.test(await page.locator('.head p').first().innerText())) continue;
    for (const field of await page.locator('#answers fieldset').all()) {
      const line = field.locator('input.short');
      if (await line.count()) {
        await line.fill(String(mark));
      } else {
        const grave = /dead|hurting yourself/i.test(await field.locator('legend').innerText());
        await field.locator(`input[type=radio][value="${grave ? 0 : 1}"]`).check();
      }
    }
    await go(page, page.locator('.foot button.primary'));
    const problems = await page.locator('.problem').allInnerTexts();
    if (problems.length > 0) throw new Error(problems.join(' '));
    return;
  }
  throw new Error('no check-in before the next session');
}

async function worked({ product, check, look }, page, href) {
  const act = async (form, fill) => {
    const which = page.locator(`main form[action$="/${form}"]`).first();
    await which.waitFor({ state: 'visible' });
    if (fill) await fill(which);
    await go(page, which.locator('button:not([type="button"])').last());
    const problems = await page.locator('.problem').allInnerTexts();
    if (problems.length > 0) throw new Error(`${form}: ${problems.join(' ')}`);
  };
  await page.goto(product.base + href);
  await look(page, 'off-track case, open');
  await act('acknowledge');
  await act('review', (form) => form.locator('textarea').fill('Worse since the move; looked at the last three weeks.'));
  await act('decide', async (form) => {
    await form.locator('input[value="plan_changed"]').check();
    await form.locator('[name="kind"]').selectOption('method');
    await form.locator('[name="what"]').fill('One thing outside the house every day');
    await form.locator('[name="why"]').fill('She has stopped going out');
  });
  await act('close', async (form) => form.locator('textarea').fill('Looked at again in four sessions.'));
  await check('a closed case waits for what follows', async () => {
    const words = await page.locator('section[aria-labelledby="verified"]').innerText();
    return /until the fourth session/i.test(words) ? [] : [words];
  });
  await look(page, 'case, closed and waited for');
}

export default async function (world) {
  const product = await ahead({ newcomers: [client] });
  const { browser, check, look } = world;
  const here = { ...world, product };
  const session = (number) => product.start.getTime() + client.hours * hour + 168 * hour * (number - 1);
  const before = (number) => product.moveTo(new Date(session(number) - 2 * hour));
  const after = (number) => product.moveTo(new Date(session(number) + 2 * hour));
  try {
    const first = await onThePhone(here, 'phone of the first week', well);
    after(1);
    before(2);
    await onThePhone(here, 'phone of the second week', worse, first);
    let page = await signIn(browser, product, 'clinician', { person: 'clinician of the alert' });
    const href = await appears(page, `${product.base}/today`, () =>
      page.locator('.card.case', { hasText: name }).first().locator('h3 a').getAttribute('href', { timeout: 500 }).catch(() => null));
    await check('getting worse is a case, and no danger', async () => {
      const words = await page.locator('.card.case', { hasText: name }).first().innerText();
      return /Wellbeing check 10/.test(words) && !/urgent/i.test(words) ? [] : [words];
    });
    await worked(here, page, href);
    const chart = new URL(await page.locator('.crumb a, main a[href^="/clients/"]').first().getAttribute('href'), product.base).pathname;
    await page.close();

    for (const [number, mark] of [[3, stillWorse], [4, stillWorse], [5, well]]) {
      before(number);
      page = await signIn(browser, product, 'clinician', { person: `clinician of week ${number}` });
      await fromPaper(here, page, chart, mark);
      await page.goto(product.base + href);
      if (number < 5) {
        await check(`week ${number}: not known yet`, async () => {
          const words = await page.locator('section[aria-labelledby="verified"]').innerText();
          return /until the fourth session/i.test(words) ? [] : [words];
        });
      }
      await page.close();
    }
    // The fourth session since has been held.
    after(5);
    for (const who of ['clinician', 'supervisor']) {
      const reader = await signIn(browser, product, who, { person: `${who} after four sessions` });
      await check(`back on track, as the ${who} reads it`, async () => {
        await appears(reader, product.base + href, async () => /back on track/i.test(await reader.locator('section[aria-labelledby="verified"]').innerText()));
        const steps = await reader.locator('section[aria-labelledby="history"]').innerText();
        const wanted = ['Looked at after the closing', 'Worse since the move'];
        const problems = wanted.filter((words) => !steps.includes(words)).map((words) => `not in the history: ${words}`);
        if (!(await reader.innerText('main')).includes('One thing outside the house every day')) problems.push('the changed plan is not there');
        return problems;
      });
      await look(reader, `case, verified, as the ${who} reads it`);
      await reader.goto(product.base + chart);
      await check(`the course shows case and plan, as the ${who} reads it`, async () => {
        const words = await reader.innerText('main');
        return words.includes('One thing outside the house every day') ? [] : ['the changed plan is not on the page'];
      });
      if (who === 'supervisor') {
        await reader.goto(`${product.base}/closed-loop?view=team&period=12-months`);
        await look(reader, 'closed loop of the team');
      }
      await check(`no complaint, ${who}`, reader.problems);
      await reader.close();
    }
  } finally {
    await product.stop();
  }
}
