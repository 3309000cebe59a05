// The owner's monthly look: how courses ended and where, who stopped coming, how soon alerts are acted on, what is tried; and the
// quarter's pack, opened as the document that is passed on and read word by word against its page.

import { go, path, signIn } from '../people.mjs';
import { read } from '../pdf.mjs';

export const about = 'the owner’s monthly look';

const plain = (text) => text.replace(/\s+/g, ' ').trim();

/** Presses a link that leads to a page, and tells what is wrong where it does not. */
async function follow(page, href) {
  await go(page, page.locator(`a[href="${href}"]:visible`));
  return path(page) === href.split('?')[0] ? [] : [`at ${path(page)}`];
}

/** A table as its files say it. */
async function files({ demo, check }, page, of) {
  for (const kind of ['csv', 'xlsx']) {
    const href = await page.locator(`main a.button[href*=".${kind}"]`).first().getAttribute('href');
    await check(`${of}: the ${kind} file says when and of what it is`, async () => {
      const file = await page.request.get(new URL(href, demo.base).href);
      if (!file.ok()) return [`${file.status()}`];
      const body = await file.body();
      if (kind === 'xlsx') return body.subarray(0, 2).toString() === 'PK' ? [] : ['no workbook'];
      const [head, ...lines] = body.toString('utf8').trim().split('\n');
      return /\bdata_as_of,/.test(head) && lines.length > 0 ? [] : [head];
    });
  }
}

/** What the page of the pack says: its headings, the name of each figure, and what stands beside it. */
const said = (page) =>
  page.evaluate(() => {
    const words = (element) => (element ? element.innerText : '');
    return [...document.querySelectorAll('main section')].map((section) => ({
      title: words(section.querySelector('h2')),
      rows: [...section.querySelectorAll('tbody tr')].map((row) => ({
        name: [...row.querySelector('th').childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join(''),
        about: words(row.querySelector('th .under')),
        cells: [...row.querySelectorAll('td')].map(words),
      })),
      lines: [...section.querySelectorAll('.lines li b')].map(words),
    }));
  });

export default async function (world) {
  const { browser, demo, check, look } = world;
  const page = await signIn(browser, demo, 'owner', { person: 'owner at the end of the month' });

  // How courses ended, then where.
  await check('the way to the outcomes is on every page', () => follow(page, '/outcomes'));
  await check('every figure has its n, its interval and its bounds', async () => {
    const rows = await page.locator('section[aria-labelledby="figures"] tbody tr').allInnerTexts();
    const bare = rows.filter((row) => !/\d+ of \d+[\s\S]*\d+–\d+ %/.test(row) && !/Nobody measured/.test(row));
    return rows.some((row) => /^No reliable change/.test(row)) ? bare : [`no figure of those who did not change: ${rows.join(' | ')}`];
  });
  await look(page, 'outcomes of the practice');
  await files(world, page, 'outcomes');
  await page.goto(`${demo.base}/outcomes?view=practice&period=all&by=problem`);
  await check('what is published by problem can be taken along', async () => {
    const href = await page.locator('a[href="/outcomes/published.csv"]').getAttribute('href');
    const file = await (await page.request.get(new URL(href, demo.base).href)).text();
    return /depression,288049,no_reliable_change,25\.7/.test(file) ? [] : [file.slice(0, 400)];
  });
  await page.goto(`${demo.base}/outcomes?view=practice&period=all&by=language`);
  await check('of a language nobody is counted who is one of few', async () => {
    const cells = await page.locator('section[aria-labelledby="groups"] tbody td').allInnerTexts();
    return cells.flatMap((cell) => [...cell.matchAll(/(\d+) of (\d+) measured/g)]).map(([words, hits, measured]) => [words, Number(hits), Number(measured) - Number(hits)])
      .filter(([, hits, rest]) => (hits > 0 && hits < 11) || (rest > 0 && rest < 11)).map(([words]) => words);
  });

  // Who stopped coming, how soon alerts are acted on, what is tried.
  for (const [place, name] of [['/attendance?view=practice', 'attendance'], ['/closed-loop?view=practice', 'closed loop']]) {
    await page.goto(`${demo.base}${place}`);
    await look(page, `${name}, once a month`);
    await files(world, page, name);
  }
  await page.goto(`${demo.base}/experiments`);
  await check('a change that runs is followed on its chart', async () => {
    await go(page, page.locator('main a[href^="/experiments/"]').first());
    return (await page.locator('main figure svg').count()) > 0 ? [] : ['no chart'];
  });
  await look(page, 'a change that runs');

  // The pack: the last whole quarter, as it is passed on.
  await page.goto(`${demo.base}/quarter`);
  await look(page, 'the quarter’s pack');
  await files(world, page, 'pack');
  const title = plain(await page.innerText('h1'));
  const sections = await said(page);
  const pdf = await page.request.get(new URL(await page.locator('a[href^="/quarter.pdf"]').getAttribute('href'), demo.base).href);
  await check('the pack opens as a document', pdf.ok() && pdf.headers()['content-type'] === 'application/pdf' ? [] : [`${pdf.status()} ${pdf.headers()['content-type']}`]);
  const document = read(await pdf.body());
  const text = plain(document.pages.join(' '));
  await check('the document is tagged, and its text can be copied', () => {
    const problems = document.tagged ? [] : ['not tagged'];
    if (!text.includes(title)) problems.push(`${title} is not in ${text.slice(0, 400)}`);
    if (text.includes('\u25a1')) problems.push('letters without a meaning');
    return problems;
  });
  await check('it says what the page says, figure by figure', () => {
    const problems = [];
    let figures = 0;
    for (const { title: heading, rows, lines } of sections) {
      const from = text.indexOf(plain(heading));
      if (from < 0) problems.push(`no part "${heading}"`);
      for (const { name, about: means, cells } of rows) {
        // A figure's name and meaning, then its value; what the page leaves open is open in the document.
        const begin = `${plain(name)} ${plain(means)}`;
        const at = text.indexOf(begin, Math.max(from, 0));
        const beside = text.slice(at + begin.length, at + begin.length + 200);
        if (at < 0) problems.push(`"${begin}" is not in the document`);
        else if (!beside.trim().startsWith(plain(cells[0]))) problems.push(`"${name}" is ${cells[0]} on the page and "${beside}" in the document`);
        figures += 1;
      }
      problems.push(...lines.filter((line) => !text.includes(plain(line))).map((line) => `"${line}" is not in the document`));
    }
    return figures > 10 ? problems : [...problems, `${figures} figures`];
  });
  await check('nobody is named in it', async () => {
    const clinicians = await page.request.get(`${demo.base}/capacity.csv`).then((file) => file.text());
    const names = clinicians.trim().split('\n').slice(1).map((line) => line.split(',')[1]);
    return [...new Set(names)].filter((name) => name.length > 4 && text.includes(name));
  });
  await check('the browser complained of nothing', page.problems);
  await page.close();
}
