import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chart } from '../lib/chart.mjs';
import { cpuKind } from '../lib/machine.mjs';
import { readOptions } from '../lib/options.mjs';
import { disturbance, resultTable } from '../lib/report.mjs';
import { allRows, chooseRows } from '../lib/rows.mjs';
import { cosine, quantile, summarize } from '../lib/statistics.mjs';
import { takeTurns } from '../lib/turns.mjs';

const summary = (median) => ({ median, p10: 0.9 * median, p90: 1.1 * median, runs: 15 });
const result = (ratio, target) => ({
  name: 'base-128',
  length: 128,
  threads: 1,
  bits: 2,
  peer: 'int8',
  target,
  ratio,
  ours: summary(50 * ratio),
  peers: summary(50),
});

test('quantiles lie between the sorted values', () => {
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.equal(quantile([1, 2], 1), 2);
  assert.deepEqual(summarize([5]), { median: 5, p10: 5, p90: 5, runs: 1 });
});

test('the cosine of a vector with itself is one, with its opposite minus one', () => {
  assert.ok(Math.abs(cosine([1, 2, 2], [1, 2, 2]) - 1) < 1e-12);
  assert.ok(Math.abs(cosine([1, 2, 2], [-1, -2, -2]) + 1) < 1e-12);
});

test('contenders take turns, and warm-up rounds are not kept', async () => {
  const order = [];
  const contender = (name) => ({ time: async () => order.push(name) });
  const [a, b] = await takeTurns(contender('a'), contender('b'), { runs: 3, warmUps: 2, burst: 1, pauseMs: 0 });
  assert.equal(order.join(''), 'ababababab');
  assert.deepEqual(a, [5, 7, 9]);
  assert.deepEqual(b, [6, 8, 10]);
});

test('a turn can be several runs', async () => {
  const order = [];
  const contender = (name) => ({ time: async () => order.push(name) });
  await takeTurns(contender('a'), contender('b'), { runs: 3, warmUps: 0, burst: 2, pauseMs: 0 });
  assert.equal(order.join(''), 'aabbaabb');
});

test('a row says what is rounded', () => {
  const rows = [{ bits: 2 }, { bits: 32 }, { bits: 4, attentionBits: 8 }].map((each) => resultTable([{ ...result(0.5, 0.62), ...each }]));
  const names = rows.map((table) => table.split('\n')[2].split('|')[3].trim());
  assert.deepEqual(names, ['W2', '32-bit', 'W4, 8-bit attention']);
});

test('a row says whether its target is met', () => {
  const lines = resultTable([result(0.5, 0.62), result(0.7, 0.62), result(0.7, null)])
    .split('\n')
    .slice(2);
  assert.deepEqual(
    lines.map((line) => line.split('|').at(-2).trim()),
    ['met', 'missed', ''],
  );
  assert.match(lines[0], /25\.00 \(22\.50-27\.50\) \| int8 \| 50\.00 \(45\.00-55\.00\) \| 0\.500 \| 0\.62/);
});

test('times that were disturbed are marked', () => {
  const disturbed = { ...result(0.5, null), ours: { median: 25, p10: 20, p90: 26, runs: 15 } };
  assert.match(resultTable([disturbed]), /25\.00 \(20\.00-26\.00\) ~ \|/);
  assert.equal(disturbance([disturbed]).length, 1);
  assert.equal(disturbance([result(0.5, null)]).length, 0);
});

test('the chart has a bar for each row, and a tick for each target', () => {
  const svg = chart([result(0.5, 0.62), result(3, null)]);
  assert.equal(svg.match(/<rect x="270"/g).length, 2);
  assert.equal(svg.match(/stroke-width="2"/g).length, 1);
  assert.match(svg, />3\.00</);
});

test('a quick run has every row with a target', () => {
  const quick = chooseRows({ only: [], quick: true });
  assert.ok(allRows.every((row) => row.target === null || quick.includes(row)));
  assert.ok(quick.length < allRows.length);
});

test('options are checked', () => {
  assert.equal(readOptions([]).runs, 15);
  assert.equal(readOptions(['--quick']).runs, 5);
  assert.equal(readOptions(['--quick', '--runs', '7']).runs, 7);
  assert.throws(() => readOptions(['--only', 'base-7']), /--only takes base-128, /);
  assert.throws(() => readOptions(['--runs', '0']), /--runs takes a whole number from 1/);
  assert.throws(() => readOptions(['--sentences', 'x']), /need each other/);
  assert.throws(() => readOptions(['--frobnicate']), /frobnicate/);
});

test('kinds of processors have names for files', () => {
  const details = (vendor, family, flags) => `vendor_id\t: ${vendor}\ncpu family\t: ${family}\nmodel\t\t: 17\nflags\t\t: ${flags}\n`;
  assert.equal(cpuKind('AMD EPYC', details('AuthenticAMD', 25, 'fpu avx2 avx512f')), 'amd-zen4');
  assert.equal(cpuKind('AMD EPYC', details('AuthenticAMD', 25, 'fpu avx2')), 'amd-zen3');
  assert.equal(cpuKind('AMD EPYC', details('AuthenticAMD', 26, 'fpu avx512f')), 'amd-zen5');
  assert.equal(cpuKind('Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz', details('GenuineIntel', 6, 'avx512f')), 'intel-xeon-gold-6248-cpu-6-17');
  assert.equal(cpuKind('Apple M2', ''), 'apple-m2');
});
