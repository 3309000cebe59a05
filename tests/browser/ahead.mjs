// The product with a clock that a journey moves: the demo's data, the pages and the background work of the real program, and weeks
// that pass in a moment (`bellwether-under-test`, which the fault loops use too). Nothing is written past the product.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bring, freePort, once, program } from './demo.mjs';

const patience = 120_000;

/**
 * A demo practice with `newcomers` (see demo.mjs), at the present. Gives `base`, `start` (when the newcomers were imported),
 * `moveTo(instant)`: a Date that is not before the present, and `stop()`.
 */
export async function ahead({ clients = 8, seed = 5, newcomers = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-ahead-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const data = join(folder, 'data');
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const where = ['--database-url', `sqlite:${join(data, 'demo.db')}`, '--key-file', join(data, 'key')];
  let child;
  let said = '';
  try {
    once('demo', '--data', data, '--port', String(port), '--clients', String(clients), '--seed', String(seed), '--seed-only');
    bring(newcomers, folder, where);
    child = spawn(
      join(dirname(program()), 'bellwether-under-test'),
      [...where, '--base-url', base, '--listen', `127.0.0.1:${port}`, '--outbox', join(data, 'outbox'), '--password-alone'],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    child.stdout.setEncoding('utf8').on('data', (bytes) => { said += bytes; });
    child.stderr.setEncoding('utf8').on('data', (bytes) => { said += bytes; });
    let over;
    child.once('close', (code) => { over = `it ended with code ${code}`; });
    child.once('error', (error) => { over = error.message; });
    const until = Date.now() + patience;
    while (!(await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false))) {
      if (over || Date.now() > until) throw new Error(over ?? 'it does not answer');
      await new Promise((done) => setTimeout(done, 200));
    }
  } catch (error) {
    child?.kill('SIGKILL');
    clean();
    throw new Error(`the product with a clock of its own: ${error.message}\n${said}${error.stderr ?? ''}`);
  }
  return {
    base,
    start: new Date(),
    moveTo(instant) {
      child.stdin.write(`${Math.round((instant.getTime() - Date.now()) * 1000)}\n`);
    },
    async stop() {
      const gone = new Promise((done) => child.once('close', done));
      // The end of its input ends it.
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await gone;
      clearTimeout(timer);
      clean();
    },
  };
}
