// Every sample of every page and mail, as `cargo run -p templates --example gallery -- FOLDER` writes them, looked at
// by itself: light and dark, phone and desk in turn, in the language of the file's name.
//
//     node gallery.mjs FOLDER [--shots] [PART-OF-A-NAME]
//
// Checked: axe finds nothing; nothing scrolls sideways, down to 320 px; no console error under the strict policy; no
// third party; the tab's title gives nothing away.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { axe, launch, narrow, reflow, rules, shot, Tally, title, widths } from './harness.mjs';

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

/** Serves the folder as the product would: with its policy, on loopback only. Mails have no policy, only their reader's. */
function serve(folder) {
  const server = createServer((request, response) => {
    // What a page asks for by itself: the tab's icon, the stream of its bell and that of its rows.
    if (request.url === '/favicon.ico' || request.url === '/bell' || request.url.endsWith('/live')) {
      response.statusCode = 204;
      response.end();
      return;
    }
    const path = normalize(join(folder, decodeURIComponent(new URL(request.url, 'http://localhost').pathname)));
    const type = types[extname(path)];
    try {
      if (!path.startsWith(folder + sep) || type === undefined) throw new Error('not served');
      const body = readFileSync(path);
      response.setHeader('content-type', `${type}; charset=utf-8`);
      response.setHeader('referrer-policy', 'no-referrer');
      if (!request.url.startsWith('/mail-')) response.setHeader('content-security-policy', policy);
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

const heights = { [widths.phone]: 740, [widths.desk]: 800 };

/** The four ways to see a page. Samples and languages take them in turn; the journeys look at living pages in all. */
const views = [
  { scheme: 'light', width: widths.phone },
  { scheme: 'dark', width: widths.desk },
  { scheme: 'dark', width: widths.phone },
  { scheme: 'light', width: widths.desk },
];

/** One sample in its view, and whether it fits every width: what was found. */
async function look(tabs, base, file, keep) {
  const [, number, locale] = file.match(/(\d+)\.(en|es)\.html$/) ?? [null, 0, file.includes('.es.') ? 'es' : 'en'];
  const { scheme, width } = views[(2 * Number(number) + (locale === 'es' ? 1 : 0)) % views.length];
  const mail = file.startsWith('mail-');
  const name = `${file} ${width} px ${scheme}`;
  const page = await tabs.open(`${base}/${file}`, locale);
  try {
    const problems = [];
    await page.emulateMedia({ colorScheme: scheme });
    for (const each of [widths.phone + widths.desk - width, width]) {
      await page.setViewportSize({ width: each, height: heights[each] });
      problems.push(...(await reflow(page)));
    }
    problems.push(...(await axe(page, mail ? rules.mail : rules.page)));
    if (keep || problems.length > 0) await shot(page, `gallery-${file.replace(/\.html$/, '')}-${width}-${scheme}`);
    problems.push(...(await narrow(page)));
    if (!mail) {
      problems.push(...(await title(page, { neutral: true })));
      const lang = await page.getAttribute('html', 'lang');
      if (lang !== locale) problems.push(`lang="${lang}" on a page in ${locale}`);
    }
    problems.push(...page.problems);
    return { name, problems };
  } catch (error) {
    return { name, problems: [`could not be looked at: ${error.message}`] };
  }
}

/** A tab for each language: opening one takes a browser longer than showing a page. */
class Tabs {
  #browser;
  #pages = new Map();

  constructor(browser) {
    this.#browser = browser;
  }

  /** A phone's tab with the page in it. */
  async open(url, locale) {
    const page = this.#pages.get(locale);
    if (page === undefined) {
      this.#pages.set(locale, await this.#browser.page(url, { locale, width: widths.phone }));
      return this.#pages.get(locale);
    }
    page.problems.splice(0);
    await page.goto(url, { waitUntil: 'load' });
    return page;
  }
}

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node gallery.mjs FOLDER [--shots] [PART-OF-A-NAME]');
  process.exit(2);
}
const keep = rest.includes('--shots');
const part = rest.find((argument) => !argument.startsWith('--')) ?? '';
const root = resolve(folder);
const files = readdirSync(root).filter((name) => /\.(en|es)\.html$/.test(name) && name.includes(part)).sort();
const server = await serve(root);
const browser = await launch();
const tally = new Tally();
const base = `http://localhost:${server.address().port}`;

// Two at a time, one for each core; the lines stay in order.
const queue = files.map((file) => ({ file }));
let next = 0;
async function worker() {
  const tabs = new Tabs(browser);
  while (next < queue.length) {
    const sample = queue[next++];
    sample.found = await look(tabs, base, sample.file, keep).catch((error) => ({ name: sample.file, problems: [error.message] }));
  }
}
await Promise.all([worker(), worker()]);
for (const { found } of queue) tally.report(found.name, found.problems);

await browser.close();
server.close();
process.exit(tally.end() ? 0 : 1);
