// Every page of those who care for clients.

import { crawl } from '../crawl.mjs';

export const about = 'care looks everywhere';

export default async function (world) {
  const chart = ['/today', '/caseload', '/clients/{id}', '/outbox'];
  const seen = new Set();
  await crawl(world, 'lmarin', chart, seen);
  await crawl(world, 'vamaya', [...chart, '/supervision', '/cases/{id}'], seen);
  await crawl(world, 'intake', ['/today', '/clients/{id}', '/admin/clients', '/admin/appointments'], seen);
}
