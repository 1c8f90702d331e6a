// Starts programs, and talks with those that take turns.
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const here = new URL('.', import.meta.url);

// Runs a program to its end and gets what it printed.
export async function output(program, args, settings = {}) {
  const { input, ...rest } = settings;
  const running = promisify(execFile)(program, args, { maxBuffer: 1 << 28, ...rest });
  running.child.stdin.end(input ?? '');
  return (await running).stdout;
}

const peerMain = new URL('peer-main.mjs', here).pathname;

// Runs one task of the peer's process to its end and gets the JSON it printed.
export async function peerTask(task, request) {
  return JSON.parse(await output(process.execPath, [peerMain, task, JSON.stringify(request)]));
}

export const startPeer = (request) => Contender.start(process.execPath, [peerMain, 'serve', JSON.stringify(request)]);

// A process that prints 'ready' and then, for each line it reads, the milliseconds of one run.
export class Contender {
  #child;
  #lines;
  #error = '';

  static async start(program, args) {
    const contender = new Contender();
    contender.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    contender.#child.stderr.on('data', (text) => (contender.#error += text));
    // A process that has died is reported by the line that is then missing.
    contender.#child.stdin.on('error', () => {});
    contender.#lines = createInterface({ input: contender.#child.stdout })[Symbol.asyncIterator]();
    const first = await contender.#next();
    if (first !== 'ready') {
      throw new Error(`${program} said '${first}' instead of 'ready'`);
    }
    return contender;
  }

  async time() {
    this.#child.stdin.write('\n');
    const milliseconds = Number(await this.#next());
    if (!(milliseconds > 0)) {
      throw new Error(`a run took ${milliseconds} ms`);
    }
    return milliseconds;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await ended;
  }

  async #next() {
    const { value, done } = await this.#lines.next();
    if (done) {
      throw new Error(`${this.#child.spawnargs.slice(0, 3).join(' ')} ended early: ${this.#error.trim()}`);
    }
    return value;
  }
}

// Starts contenders, uses them and stops them, whatever happens.
export async function withContenders(starts, use) {
  const contenders = [];
  try {
    for (const start of starts) {
      contenders.push(await start());
    }
    return await use(...contenders);
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
  }
}
