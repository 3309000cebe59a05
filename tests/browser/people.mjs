// What people do, in the steps that several journeys share: staff at the door, a client's answers, and the post.

import { password } from './demo.mjs';

/** Presses a control and waits until the next page is there. */
export async function go(page, control) {
  const target = typeof control === 'string' ? page.locator(control) : control;
  await Promise.all([page.waitForEvent('domcontentloaded'), target.first().click()]);
}

/** Signs somebody of the demo in; gives their page, at *Today*. */
export async function signIn(browser, demo, who, view = {}) {
  const page = await browser.page(`${demo.base}/sign-in`, { person: who, ...view });
  if (new URL(page.url()).pathname === '/sign-in') {
    await page.fill('#email', `${who}@example.org`);
    await page.fill('#password', password);
    await go(page, 'main form button');
  }
  return page;
}

/** Waits until something that the background work brings about is on a page, looking again and again. */
export async function appears(page, url, look, seconds = 30) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    await page.goto(url);
    const found = await look();
    if (found) return found;
    if (Date.now() > until) throw new Error(`${new URL(url).pathname}: not there after ${seconds} s; it says: ${(await page.innerText('main')).slice(0, 400)}`);
    await page.waitForTimeout(500);
  }
}

/** The newest link that the outbox shows for an address, where its address begins with `path`; waits while it is still `not` that one. */
export async function linkInOutbox(page, demo, address, path = '/c/', not = null) {
  const look = async () => {
    const newest = await page.evaluate(
      ([to, start]) =>
        [...document.querySelectorAll('.outbox > li')]
          .filter((mail) => mail.textContent.includes(to))
          .flatMap((mail) => [...mail.querySelectorAll('a')].map((link) => link.href))
          .find((href) => new URL(href).pathname.startsWith(start)),
      [address, path],
    );
    return newest !== not && newest;
  };
  return appears(page, `${demo.base}/outbox`, look);
}

/** Which question a client's page asks: its number, how many there are, its item, and whether it is a line to mark. */
export async function question(page) {
  return page.evaluate(() => {
    const form = document.querySelector('form[data-answer]');
    if (!form) return null;
    const [number, total] = document.querySelector('.count').textContent.match(/\d+/g).map(Number);
    return { number, total, item: form.querySelector('[name=item]').value, line: form.querySelector('[data-line]') !== null };
  });
}

/** Answers the question shown as anybody can, with scripts or without: a mark as a number, or the option of that value. */
export async function answer(page, value) {
  const { number, line } = await question(page);
  if (line) {
    const field = page.locator('#value');
    if (!(await field.isVisible())) await page.locator('.exact summary').click();
    await field.fill(String(value));
    await page.locator('[data-go]').click();
  } else {
    // By the keyboard, which never moves on by itself.
    await page.locator(`input[name="value"][value="${value}"]`).focus();
    await page.keyboard.press('Space');
    await page.locator('[data-go]').click();
  }
  await page.waitForURL((url) => url.pathname !== `/check-in/${number}`, { waitUntil: 'load' });
}

/** The path a page is at. */
export const path = (page) => new URL(page.url()).pathname;
