// The first thing a client sees: the link of a check-in, before anything is pressed.

import { title, widths } from '../harness.mjs';

export const about = 'a client opens the link';

export default async function ({ browser, demo, check, look }) {
  for (const locale of ['en', 'es']) {
    for (const scheme of ['light', 'dark']) {
      for (const width of Object.values(widths)) {
        const page = await browser.page(`${demo.link}?lang=${locale}`, { width, scheme, locale, person: `client ${locale}` });
        await look(page, `landing ${locale} ${scheme} ${width}`);
        await page.close();
      }
    }
  }

  const page = await browser.page(demo.link, { width: widths.phone, person: 'client who only looks' });
  await check('the tab gives nothing away', () => title(page, { neutral: true }));
  await check('looking twice shows the same: a GET changes nothing', async () => {
    // The form's own tokens may differ; what a person reads may not.
    const first = await page.innerText('main');
    await page.reload();
    return (await page.innerText('main')) === first ? [] : ['the page reads differently the second time'];
  });
  await check('nothing keeps or passes on the address', async () => {
    const response = await page.request.get(demo.link);
    const headers = response.headers();
    const problems = [];
    if (response.status() !== 200) problems.push(`status ${response.status()}`);
    if (headers['referrer-policy'] !== 'no-referrer') problems.push(`referrer-policy: ${headers['referrer-policy']}`);
    if (!/no-store/.test(headers['cache-control'] ?? '')) problems.push(`cache-control: ${headers['cache-control']}`);
    const policy = headers['content-security-policy'] ?? '';
    if (!policy || /unsafe-|\*/.test(policy)) problems.push(`content-security-policy: ${policy}`);
    return problems;
  });
  await page.close();

  const plain = await browser.page(demo.link, { width: widths.phone, script: 'off', person: 'client without scripts' });
  await check('it can be started without scripts', async () => {
    const buttons = await plain.locator('main form[method="post"] button[type="submit"], main form[method="post"] button:not([type])').count();
    return buttons > 0 ? [] : ['no form that posts'];
  });
  await plain.close();
}
