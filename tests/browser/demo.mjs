// The running product: `bellwether demo` in a folder of its own, on a free port, small and always the same.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const patience = 120_000;

function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/**
 * Starts the program named in BELLWETHER_PROGRAM and waits until it has printed a live client link.
 * Gives `base` (its address), `link` (a client's link), `text` (all it printed: addresses, logins) and `stop()`.
 */
export async function start({ clients = 40, seed = 7 } = {}) {
  const program = process.env.BELLWETHER_PROGRAM ?? 'target/debug/bellwether';
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-demo-'));
  const port = await freePort();
  const asked = ['demo', '--data', join(folder, 'data'), '--port', port, '--clients', clients, '--seed', seed].map(String);
  const child = spawn(program, asked, { stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise((done) => child.once('close', (code) => done(code)));

  let text = '';
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const link = await new Promise((done, refuse) => {
    const timer = setTimeout(() => refuse(new Error(`no client link after ${patience / 1000} s`)), patience);
    const read = (bytes) => {
      text += bytes;
      const found = text.match(/https?:\/\/\S+\/c\/[\w-]+/);
      if (found) {
        clearTimeout(timer);
        done(found[0]);
      }
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', refuse);
    gone.then((code) => refuse(new Error(`the program ended with code ${code} before it was ready`)));
  }).catch((error) => {
    child.kill('SIGKILL');
    clean();
    throw new Error(`${program} ${asked.join(' ')}: ${error.message}\n${text}`);
  });

  return {
    base: new URL(link).origin,
    link,
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
