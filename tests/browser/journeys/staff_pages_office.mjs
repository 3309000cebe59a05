// Every page of those who run the practice, and what somebody meets who may not see a page.

import { crawl } from '../crawl.mjs';
import { path, signIn } from '../people.mjs';

export const about = 'the office looks everywhere';

export default async function (world) {
  const { browser, demo, check, look } = world;
  const office = ['staff', 'protocol', 'crisis', 'sites', 'settings', 'audit', 'instruments'].map((part) => `/admin/${part}`);
  const seen = new Set();
  await crawl(world, 'admin', ['/admin', ...office, '/admin/staff/{id}', '/admin/staff/new'], seen);
  await crawl(world, 'owner', ['/admin', ...office], seen);
  await crawl(world, 'biller', ['/today'], seen);

  const page = await signIn(browser, demo, 'biller', { person: 'biller who tries' });
  for (const closed of ['/supervision', '/admin/audit', '/cases/0192aaaa-0000-7000-8000-000000000000']) {
    await page.goto(`${demo.base}${closed}`);
    page.problems.splice(0, page.problems.length, ...page.problems.filter((words) => !/ 40[34] /.test(words)));
    await check(`a biller meets a page with a way back at ${closed}`, async () => {
      const back = await page.locator('main a[href]').count();
      return back > 0 ? [] : [`at ${path(page)} there is none`];
    });
    await look(page, `closed to a biller ${closed}`);
  }
  await page.close();
}
