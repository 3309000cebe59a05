// Every page that somebody reaches by links, looked at in both languages, light and dark, phone and desk: each in two views that
// differ in all three, page after page in other two. With BELLWETHER_VIEWS=all each page in all eight.

import { axe, narrow, reflow, shot, widths } from './harness.mjs';
import { go, signIn } from './people.mjs';

/** Pairs of views that differ in everything. */
const pairs = [['light', 'desk'], ['dark', 'phone'], ['dark', 'desk'], ['light', 'phone']].map(([scheme, place]) => [
  { language: 'en', scheme, width: widths[place] },
  { language: 'es', scheme: scheme === 'dark' ? 'light' : 'dark', width: widths[place === 'desk' ? 'phone' : 'desk'] },
]);

/** An address as the kind of page it is: the ids of things are all the same, instruments too, and what a query chooses does not count. */
function kind(address) {
  const { pathname } = new URL(address);
  return pathname.replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}/g, '/{id}').replace(/^(\/admin\/(?:instruments|detection|models))\/(?!new$)[^/]+/, '$1/{id}');
}

/** Switches the account to a language, as its reader would. */
async function speak(page, demo, language) {
  await page.goto(`${demo.base}/today`);
  if ((await page.getAttribute('html', 'lang')) === language) return;
  await go(page, `.languages button[lang="${language}"]`);
}

/** What is saved instead of shown: an export, a table as a workbook, a protocol as a file. */
const isFile = (link) => /\.(json|csv|xlsx|pdf)$|\/(file|workbook)$/.test(new URL(link).pathname);

/** What the clinician shows the client in the session: its links lead to the client's pages. */
const shown = '/clients/{id}/progress';

/** What is in a client's language and not in the reader's: that page, help, a questionnaire as clients see it, and on paper. */
const isForClient = (name) => name === shown || name === '/help' || name.includes('/draft/preview/') || name.endsWith('/paper');

/** Follows every link from *Today* on, one page of each kind; gives kind → address and from where, and what led nowhere. */
async function reach(page, demo) {
  const found = new Map([['/today', { address: `${demo.base}/today`, from: 'the door' }]]);
  const dead = [];
  for (const { address } of found.values()) {
    const response = await page.goto(address);
    if (response.status() !== 200) {
      dead.push(`${kind(address)}: status ${response.status()}, linked from ${found.get(kind(address)).from}`);
      found.delete(kind(address));
      continue;
    }
    // The demo's outbox shows everybody's post; its links are for those it went to.
    if (kind(address) === '/outbox' || kind(address) === shown) continue;
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((link) => link.href));
    for (const link of links) {
      if (link.startsWith(demo.base) && !isFile(link) && !found.has(kind(link))) found.set(kind(link), { address: link.split('#')[0], from: kind(address) });
    }
  }
  page.problems.splice(0);
  return { found, dead };
}

/**
 * Reports one check for each page and view. A kind of page that somebody of the same journey has looked at (`seen`) is looked at
 * once more, with other things on it and for another role: each in the next view.
 */
export async function crawl({ browser, demo, check }, who, least, seen) {
  const page = await signIn(browser, demo, who, { person: `${who} who looks everywhere` });
  const { found: pages, dead } = await reach(page, demo);
  const missing = least.filter((wanted) => !pages.has(wanted)).map((wanted) => `no link to ${wanted}`);
  await check(`${who} reaches the pages of the role, and no link leads nowhere`, [...missing, ...dead]);
  const all = pairs.flat();
  const wanted = new Map([...pages.keys()].map((name, turn) => {
    if (process.env.BELLWETHER_VIEWS === 'all') return [name, all];
    return [name, seen.has(name) ? [all[turn % all.length]] : pairs[turn % pairs.length]];
  }));
  for (const language of ['en', 'es']) {
    await speak(page, demo, language);
    for (const [name, { address }] of pages) {
      const views = wanted.get(name).filter((view) => view.language === language);
      if (views.length === 0) continue;
      await page.goto(address);
      for (const { scheme, width } of views) {
        await check(`${who} ${name} ${language} ${scheme} ${width} px`, async () => {
          await page.emulateMedia({ colorScheme: scheme });
          await page.setViewportSize({ width, height: width === widths.phone ? 740 : 800 });
          const problems = [...(await axe(page)), ...(await reflow(page))];
          if (width === widths.phone) problems.push(...(await narrow(page)));
          const lang = await page.getAttribute('html', 'lang');
          if (lang !== language && !isForClient(name)) problems.push(`lang="${lang}"`);
          const { bare, heading } = await page.evaluate(() => ({
            // A message that was not found shows its key.
            bare: (document.querySelector('main').innerText.match(/\b(field|section|state|reason|rule|wrong|concern|purpose|channel)-[a-z_]+/g) ?? []).slice(0, 3),
            heading: document.querySelectorAll('h1').length,
          }));
          problems.push(...bare.map((key) => `a message is missing: ${key}`));
          if (heading !== 1) problems.push(`${heading} first headings`);
          problems.push(...page.problems.splice(0));
          if (process.env.BELLWETHER_SHOTS || problems.length > 0) await shot(page, `${who} ${name} ${language} ${scheme} ${width}`);
          return problems;
        });
      }
    }
  }
  for (const name of pages.keys()) seen.add(name);
  await page.close();
}
