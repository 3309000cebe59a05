// The running product in a folder of its own, on a free port: `bellwether demo`, small and always the same, with clients
// of our own imported before it starts; and `bellwether serve` on an empty database, as somebody meets it who begins.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const patience = 120_000;
export const program = () => process.env.BELLWETHER_PROGRAM ?? 'target/debug/bellwether';

/** What the demo's logins open with, and who they are. */
export const password = 'harbor lane demo';
export const logins = ['clinician', 'supervisor', 'intake', 'admin', 'owner', 'biller'];

export function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Starts the program and waits until its output has `sign`. Gives the match, all it printed, and `stop()`. */
async function run(asked, sign, clean) {
  const child = spawn(program(), asked, { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((done) => child.once('close', (code) => done(code)));
  let text = '';
  const found = await new Promise((done, refuse) => {
    const timer = setTimeout(() => refuse(new Error(`not ready after ${patience / 1000} s`)), patience);
    const read = (bytes) => {
      text += bytes;
      const match = text.match(sign);
      if (match) {
        clearTimeout(timer);
        done(match[0]);
      }
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', refuse);
    gone.then((code) => refuse(new Error(`the program ended with code ${code} before it was ready`)));
  }).catch((error) => {
    child.kill('SIGKILL');
    clean();
    throw new Error(`${program()} ${asked.join(' ')}: ${error.message}\n${text}`);
  });
  return {
    found,
    get text() {
      return text;
    },
    /** Asks it to stop and gives its exit code: 0 when it stopped cleanly. */
    async stop() {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await gone;
      clearTimeout(timer);
      clean();
      return code;
    },
  };
}

/** Runs one command to its end and gives what it printed; anything but exit code 0 is an error. */
export function once(...asked) {
  return execFileSync(program(), asked, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: patience });
}

/** A zone in which it is about noon: messages to clients rest at night, tests do not. */
export function zoneAtNoon(now = new Date()) {
  const zones = ['America/New_York', 'America/Los_Angeles', 'Pacific/Honolulu', 'Asia/Tokyo', 'Asia/Kolkata', 'Europe/Berlin'];
  const hour = (timeZone) => Number(new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(now));
  return zones.reduce((best, zone) => (Math.abs(hour(zone) - 13) < Math.abs(hour(best) - 13) ? zone : best));
}

/** A database of the demo's own on the PostgreSQL that `tests/with-postgres` lends; nothing without one. */
function postgres() {
  const server = process.env.BELLWETHER_TEST_POSTGRES;
  if (!server) return undefined;
  const name = `bellwether_demo_${process.pid}_${Date.now()}`;
  const create = `CREATE DATABASE ${name} ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0`;
  execFileSync('psql', ['-X', '-q', '-c', create, server], { stdio: ['ignore', 'ignore', 'inherit'] });
  const address = new URL(server);
  address.pathname = `/${name}`;
  return address.href;
}

/** Imports people with their first appointments into the practice at `where`; gives what the imports printed. */
export function bring(newcomers, folder, where) {
  const zone = zoneAtNoon();
  // Whoever has a `phone` is written texts.
  const people = newcomers.map(({ id, first, last, email, phone, language }) =>
    [id, first, last, email, phone ?? '', language, zone, phone ? 'sms' : 'email', phone ? '' : 'yes', phone ? 'yes' : '', 'North']);
  const starts = (hours) => new Date(Date.now() + hours * 3600_000).toISOString().slice(0, 16) + 'Z';
  // Whoever has `weeks` comes back every week at the same hour; whoever `came` was there a week before the first of them.
  const sessions = newcomers.flatMap(({ id, hours = 2, weeks = 1, came = false }) =>
    Array.from({ length: weeks + came }, (_, place) => {
      const week = place - came;
      const name = week < 0 ? `before-${id}` : week === 0 ? `first-of-${id}` : `${id}-${week + 1}`;
      return [name, id, 'Ana Ruiz', 'North', starts(hours + 168 * week), '50', week < 0 ? 'attended' : 'scheduled'];
    }));
  const files = {
    clients: [['Client ID', 'First Name', 'Last Name', 'Email', 'Mobile Phone', 'Language', 'Time Zone', 'Contact Preference', 'Email Opt In', 'SMS Opt In', 'Site'], ...people],
    appointments: [['Appointment ID', 'Client ID', 'Clinician Name', 'Location', 'Start', 'Duration', 'Status'], ...sessions],
  };
  let printed = '';
  for (const [kind, rows] of Object.entries(files)) {
    const file = join(folder, `${kind}.csv`);
    writeFileSync(file, rows.map((row) => row.join(',')).join('\n') + '\n');
    printed += once('import', kind, file, '--consent-wording', '2026-01', ...where);
  }
  return printed;
}

/**
 * The demo practice, on PostgreSQL where `tests/with-postgres` lends one. `newcomers` are people with `{ id, first, last, email, phone, language, hours }`: they are imported, with a first
 * appointment two hours (or `hours`) from now, so that their first check-in is sent as soon as the demo runs.
 * Gives `base` (its address), `link` (a client's link), `text`, `imported` (what the imports printed) and `stop()`.
 */
export async function start({ clients = 40, seed = 7, newcomers = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-demo-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const data = join(folder, 'data');
  const asked = ['demo', '--data', data, '--port', await freePort(), '--clients', clients, '--seed', seed].map(String);
  const database = postgres();
  if (database) asked.push('--database-url', database);
  let imported = '';
  try {
    if (newcomers.length > 0) {
      once(...asked, '--seed-only');
      const where = ['--database-url', database ?? `sqlite:${join(data, 'demo.db')}`, '--key-file', join(data, 'key')];
      imported = bring(newcomers, folder, where);
    }
  } catch (error) {
    clean();
    throw new Error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  }
  const running = await run(asked, /https?:\/\/\S+\/c\/[\w-]+/, clean);
  return Object.assign(running, { base: new URL(running.found).origin, link: running.found, imported });
}

/** The product on an empty database. Gives `base`, `setup` (the one-time address) and `stop()`. */
export async function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-serve-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const port = await freePort();
  const asked = [
    'serve', '--database-url', `sqlite:${join(folder, 'bellwether.db')}`, '--key-file', join(folder, 'key'),
    '--base-url', `http://localhost:${port}`, '--listen', `127.0.0.1:${port}`, '--outbox', join(folder, 'outbox'),
  ];
  const running = await run(asked, /https?:\/\/\S+\/setup\?token=\S+/, clean);
  return Object.assign(running, { base: new URL(running.found).origin, setup: running.found, outbox: join(folder, 'outbox') });
}
