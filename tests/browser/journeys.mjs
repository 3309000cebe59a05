// Journeys through the running product, one file each in journeys/:
//
//     export const about = 'what a person does';
//     export default async function ({ browser, demo, check, look }) { … }
//
// `check(name, problems)` reports one expectation: a list of problems, or a function that throws or returns one.
// `look(page, name)` is what every page must pass wherever a journey meets it (axe, no sideways scrolling, no console
// error, no third party) and keeps a picture in shots/.
//
//     node journeys.mjs [PART-OF-A-NAME]
//
// All journeys run against one demo practice; each signs in as its own `person` and leaves the others' data alone.

import { readdirSync } from 'node:fs';
import { start } from './demo.mjs';
import { axe, launch, reflow, shot, Tally } from './harness.mjs';

const part = process.argv[2] ?? '';
const folder = new URL('./journeys/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name.includes(part)).sort();
const tally = new Tally();

async function check(name, expectation) {
  try {
    const problems = typeof expectation === 'function' ? await expectation() : expectation;
    tally.report(name, problems ?? []);
  } catch (error) {
    tally.report(name, [error.message]);
  }
}

async function look(page, name) {
  await check(`${name}: looks right to every eye`, async () => {
    const problems = [...(await axe(page)), ...(await reflow(page)), ...page.problems];
    await shot(page, name);
    return problems;
  });
}

let demo;
try {
  demo = await start();
} catch (error) {
  tally.report('the demo practice starts', [error.message]);
  tally.end();
  process.exit(1);
}
tally.report('the demo practice starts');
const browser = await launch();
for (const file of files) {
  const journey = await import(new URL(file, folder));
  console.log(`# ${file}: ${journey.about}`);
  try {
    await journey.default({ browser, demo, check: (name, expectation) => check(`${journey.about}: ${name}`, expectation), look });
  } catch (error) {
    tally.report(`${journey.about}: to its end`, [error.stack]);
  }
}
await browser.close();
await check('the demo practice stops cleanly', async () => {
  const code = await demo.stop();
  return code === 0 ? [] : [`exit code ${code}`];
});
process.exit(tally.end() ? 0 : 1);
