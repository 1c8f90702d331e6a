#!/usr/bin/env node
// One command: installs ONNX Runtime, builds QuantGen, lets both take turns and writes what came of it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { benchmark } from './lib/benchmark.mjs';
import { chart } from './lib/chart.mjs';
import { cpuKind } from './lib/machine.mjs';
import { help, readOptions } from './lib/options.mjs';
import { markdown, resultTable } from './lib/report.mjs';
import { home } from './lib/setup.mjs';

async function main(args) {
  const options = readOptions(args);
  if (options.help) {
    console.log(help);
    return;
  }
  const folder = options.output ?? join(home, '..', 'results');
  const scratch = mkdtempSync(join(os.tmpdir(), 'quantgen-peers-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const command = ['node bench/peers/run.mjs', ...args].join(' ');
  const report = { command, ...(await benchmark(options, scratch)) };
  mkdirSync(folder, { recursive: true });
  // Of each kind of processor its own results: a run on another machine says nothing about this one.
  const name = `peers.${cpuKind()}`;
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, `${name}.md`), markdown(report, `${name}.svg`));
  writeFileSync(join(folder, `${name}.svg`), chart(report.results));
  console.log(`\n${resultTable(report.results)}\n\n${report.notes.join('\n')}\n\nwritten to ${folder}, ${name}.*`);
}

// The other processes end when nobody asks them for more.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(1));
}
try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`peers: ${error.message}`);
  process.exitCode = 1;
}
