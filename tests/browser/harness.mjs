// A real browser, and what every check needs of it: pages as a given person would see them, axe, screenshots, counting.
// What is checked is the business of gallery.mjs (every page by itself) and of journeys/ (the running product).

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = join(here, 'shots');

/** What a page is measured by: WCAG 2.2 AA and axe's own good practice. */
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
export const rules = { page: [...wcag, 'best-practice'], mail: wcag };

/** The widths that are looked at: a small phone and a desk. */
export const widths = { phone: 390, desk: 1440 };

function program() {
  const names = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  for (const name of names.filter(Boolean)) {
    try {
      return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
    } catch {
      // the next one
    }
  }
  throw new Error('no Chromium here: install it (Debian: chromium) or set CHROMIUM to its path');
}

/** Lines in the Test Anything Protocol, which tests/run adds up. */
export class Tally {
  #number = 0;
  #failed = 0;

  /** Reports one check; `problems` is a list of words, empty when all is well. */
  report(name, problems = []) {
    this.#number += 1;
    if (problems.length === 0) {
      console.log(`ok ${this.#number} - ${name}`);
      return;
    }
    this.#failed += 1;
    console.log(`not ok ${this.#number} - ${name}`);
    for (const problem of problems) console.log(String(problem).replace(/^/gm, '    '));
  }

  /** Reports one check that could not be made. */
  skip(name, reason) {
    this.#number += 1;
    console.log(`ok ${this.#number} - ${name} # SKIP ${reason}`);
  }

  /** Prints the plan and tells whether everything held. */
  end() {
    console.log(`1..${this.#number}`);
    return this.#failed === 0;
  }
}

/** A browser without background traffic and without a profile. */
export async function launch() {
  const browser = await chromium.launch({
    executablePath: program(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return new Browser(browser);
}

export class Browser {
  #browser;
  #contexts = new Map();

  constructor(browser) {
    this.#browser = browser;
  }

  /**
   * A person's browser: its own cookies, kept until the end of the run under `person`.
   * scheme: light | dark; locale: en | es; script: on | off; person: any name.
   */
  async #context({ width, scheme, locale, script, person }) {
    const key = JSON.stringify([width, scheme, locale, script, person]);
    if (!this.#contexts.has(key)) {
      const phone = width < 600;
      const context = await this.#browser.newContext({
        viewport: { width, height: phone ? 740 : 800 },
        hasTouch: phone,
        colorScheme: scheme,
        locale: locale === 'es' ? 'es-US' : 'en-US',
        timezoneId: 'America/Denver',
        javaScriptEnabled: script === 'on',
        reducedMotion: 'reduce',
      });
      this.#contexts.set(key, context);
    }
    return this.#contexts.get(key);
  }

  /** Opens an address as somebody sees it. The page carries `page.problems`: what the browser complained of. */
  async page(url, { width = widths.desk, scheme = 'light', locale = 'en', script = 'on', person = 'visitor' } = {}) {
    const context = await this.#context({ width, scheme, locale, script, person });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.problems = [];
    const origin = new URL(url).origin;
    page.on('console', (message) => {
      if (message.type() === 'error') page.problems.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => page.problems.push(`script: ${error.message}`));
    page.on('request', (request) => {
      const asked = new URL(request.url());
      if (asked.protocol.startsWith('http') && asked.origin !== origin) {
        page.problems.push(`asked a third party: ${asked.origin}`);
      }
    });
    await page.goto(url, { waitUntil: 'load' });
    return page;
  }

  async close() {
    await this.#browser.close();
  }
}

/**
 * Runs axe and returns one line per violation. The library is handed over through the debugger, which a content
 * security policy does not bind, so the page under test keeps its own policy and the complaints about it are its own.
 */
export async function axe(page, tags = rules.page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const violations = await page.evaluate(async (values) => {
    // Without preload axe fetches nothing: the page's policy would rightly refuse.
    const result = await globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false });
    return result.violations.map((violation) => ({
      id: violation.id,
      help: violation.help,
      nodes: violation.nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
    }));
  }, tags);
  return violations.map(({ id, help, nodes }) => {
    const shown = nodes.slice(0, 3).join('\n').replace(/^/gm, '  ');
    return `axe ${id}: ${help} (${nodes.length})\n${shown}`;
  });
}

/** Whether the page fits its window: a reader never scrolls sideways. Names what sticks out. */
export async function reflow(page) {
  const { content, window, widest } = await page.evaluate(() => {
    const window = document.documentElement.clientWidth;
    const name = (element) => element.tagName.toLowerCase() + (element.className ? `.${String(element.className).split(' ')[0]}` : '');
    const out = [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > window + 1);
    return { content: document.documentElement.scrollWidth, window, widest: out.slice(0, 3).map(name) };
  });
  return content > window ? [`${content} px wide in a window of ${window} px: ${widest.join(', ')}`] : [];
}

/** The same on the narrowest phone, which is also what is left of a desk at 400 %. */
export async function narrow(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const problems = await reflow(page);
  await page.setViewportSize(before);
  return problems;
}

/**
 * The same with letters twice their usual size: nothing scrolls sideways, and no words are cut off. Where somebody has
 * chosen larger letters already, those are looked at as they are.
 */
export async function doubled(page) {
  if (await page.evaluate(() => document.documentElement.matches('.large, .largest'))) return [];
  await page.evaluate(() => {
    const root = document.documentElement;
    root.style.fontSize = `${2 * Number.parseFloat(getComputedStyle(root).fontSize)}px`;
  });
  const cut = await page.evaluate(() => {
    const name = (element) => `${element.tagName.toLowerCase()}.${element.className}`;
    const hides = (element) => /hidden|clip/.test(getComputedStyle(element).overflow) && !element.closest('.sr, caption');
    return [...document.body.querySelectorAll('*')]
      .filter((element) => hides(element) && element.scrollHeight > element.clientHeight + 1)
      .map(name);
  });
  const problems = [...(await reflow(page)), ...cut.map((element) => `cut off: ${element}`)].map((words) => `letters doubled: ${words}`);
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
  return problems;
}

/** Whether the tab's title is there, and on a client's page gives nothing away over a shoulder or in the history. */
export async function title(page, { neutral = false } = {}) {
  const problems = [];
  const text = await page.title();
  if (text.trim() === '') problems.push('the page has no title');
  if (neutral && /phq|\bgad\b|depress|anxi|suic|depresi|ansiedad/i.test(text)) problems.push(`the title tells too much: ${text}`);
  return problems;
}

/** Keeps a picture in shots/. */
export async function shot(page, name) {
  mkdirSync(shots, { recursive: true });
  const path = join(shots, `${name.replace(/[^\w.-]+/g, '_')}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
