// Journeys through the running product, one file each in journeys/:
//
//     export const about = 'what a person does';
//     export const newcomers = [{ id, first, last, email, phone, language }];     clients imported before the demo starts, optional;
//                                                                          no two of all journeys share a last name
//     export default async function ({ browser, demo, check, look }) { … }
//
// `check(name, problems)` reports one expectation: a list of problems, or a function that throws or returns one.
// `look(page, name)` is what every page must pass wherever a journey meets it: axe, no sideways scrolling (on a phone also
// at 320 px and with letters twice the size), no console error, no third party. It keeps a picture in shots/.
//
//     node journeys.mjs [PART-OF-A-NAME]
//
// All journeys run against one demo practice, two at a time; each signs in as its own `person` and leaves the others'
// data alone.

import { readdirSync } from 'node:fs';
import { start } from './demo.mjs';
import { axe, doubled, launch, narrow, reflow, shot, Tally } from './harness.mjs';

const part = process.argv[2] ?? '';
const folder = new URL('./journeys/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.mjs') && name.includes(part)).sort();
const journeys = await Promise.all(files.map(async (file) => ({ file, ...(await import(new URL(file, folder))) })));
const newcomers = journeys.flatMap((journey) => journey.newcomers ?? []);
const twice = newcomers.map(({ last }) => last).filter((last, position, all) => all.indexOf(last) !== position);
if (twice.length > 0) throw new Error(`a search for ${twice.join(', ')} would find the client of another journey`);
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
    const problems = [...(await axe(page)), ...(await reflow(page))];
    await shot(page, name);
    if (page.viewportSize().width < 600) problems.push(...(await narrow(page)), ...(await doubled(page)));
    problems.push(...page.problems.splice(0));
    return problems;
  });
}

let demo;
try {
  demo = await start({ newcomers });
} catch (error) {
  tally.report('the demo practice starts', [error.message]);
  tally.end();
  process.exit(1);
}
tally.report('the demo practice starts');
const browser = await launch();
let next = 0;
async function traveller() {
  while (next < journeys.length) {
    const { file, about, default: journey } = journeys[next++];
    const from = Date.now();
    try {
      await journey({ browser, demo, check: (name, expectation) => check(`${about}: ${name}`, expectation), look });
    } catch (error) {
      tally.report(`${about}: to its end`, [error.stack]);
    }
    console.log(`# ${file}: ${about} (${Math.round((Date.now() - from) / 1000)} s)`);
  }
}
await Promise.all([traveller(), traveller()]);
await browser.close();
await check('the demo practice stops cleanly', async () => {
  const code = await demo.stop();
  return code === 0 ? [] : [`exit code ${code}`];
});
process.exit(tally.end() ? 0 : 1);
