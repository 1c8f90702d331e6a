// The whole comparison, step by step.
import os from 'node:os';
import { describeMachine } from './machine.mjs';
import { Contender, peerTask, startPeer, withContenders } from './processes.mjs';
import { describe, maskedVariants, opponents, paddedOpponents } from './recipes.mjs';
import { disturbance, weightName } from './report.mjs';
import { chooseRows, describeShape } from './rows.mjs';
import { buildTool, configFile, installPackages, readConfig, tokenize } from './setup.mjs';
import { sessionOptions } from './session-options.mjs';
import { summarize } from './statistics.mjs';
import { takeTurns } from './turns.mjs';

// So many forward passes let the just-in-time compiler settle.
const warmUpPasses = 30;
const leastCosine = 0.9;
const mostLogitDifference = 1e-3;
const leastAgreement = 0.97;
const log = (text) => console.error(text);

export async function benchmark(options, scratch) {
  const [loadAtStart] = os.loadavg();
  installPackages();
  const tool = options.tool ?? buildTool();
  const machine = describeMachine(loadAtStart);
  const verification = options.verify === undefined ? [] : await verify(options.verify);
  const { rows, notes, tokensFile } = await prepareRows(options, tool, scratch);
  if (rows.length === 0) {
    throw new Error(`there is nothing to compare: ${notes.join(' ')}`);
  }
  const chosen = new Map();
  const results = [];
  for (const row of rows) {
    const request = { row, config: readConfig(row.model), tokensFile, seed: options.seed };
    const key = `${row.peer}, ${describeShape(row)}, ${row.model}`;
    if (!chosen.has(key)) {
      chosen.set(key, await chooseOpponent(request, options));
    }
    results.push(await compare(request, chosen.get(key).tried[0].recipe, tool, options));
  }
  const settings = {
    runs: options.runs,
    burst: options.burst,
    pause_ms: options.pauseMs,
    seed: options.seed,
    session: { ...sessionOptions(0), intraOpNumThreads: 'the threads of the row' },
  };
  return {
    machine,
    settings,
    results,
    notes: [...notes, ...disturbance(results)],
    verification,
    opponents: [...chosen.values()],
    checks: await check(rows, chosen, options),
  };
}

async function prepareRows(options, tool, scratch) {
  const all = chooseRows(options);
  const needTexts = all.filter((row) => row.texts !== undefined);
  if (needTexts.length > 0 && options.sentences === undefined) {
    return {
      rows: all.filter((row) => row.texts === undefined),
      notes: [`${needTexts[0].name} is left out: it needs --sentences and --vocabulary.`],
    };
  }
  if (needTexts.length === 0) {
    return { rows: all, notes: [] };
  }
  const tokensFile = await tokenize(tool, options, needTexts[0].texts, scratch);
  return {
    rows: all,
    tokensFile,
    notes: ['Texts: ONNX Runtime pads each batch to its longest text; QuantGen takes the same token ids without padding, in file order.'],
  };
}

// Times the graphs that might be the fastest, fastest first.
async function chooseOpponent(request, { quick, pauseMs }) {
  const { row } = request;
  const isPadded = row.texts !== undefined;
  const recipes = isPadded ? maskedVariants(paddedOpponents[row.peer]) : opponents[row.peer];
  const about = { row: row.name, shape: describeShape(row), peer: row.peer };
  if (quick) {
    return { ...about, tried: [{ recipe: recipes[0], time: null }] };
  }
  log(`${row.name}: choosing among ${recipes.length} ${row.peer} graphs`);
  const [rounds, warmUps] = isPadded ? [2, 1] : [9, 3];
  const times = await peerTask('select', { ...request, recipes, rounds, warmUps, pauseMs });
  const tried = recipes.map((recipe, i) => ({ recipe, time: times[i] }));
  return { ...about, tried: tried.sort((a, b) => a.time - b.time) };
}

async function compare(request, recipe, tool, { runs, burst, pauseMs, seed }) {
  const { row } = request;
  const batches = row.texts === undefined ? 1 : Math.ceil(row.texts / row.batch);
  const shape = row.texts === undefined ? ['--sequence-length', row.length] : ['--token-ids', request.tokensFile, '--batch', row.batch];
  const args = [
    'bench',
    '--config',
    configFile(row.model),
    '--bits',
    row.bits,
    ...(row.attentionBits === undefined ? [] : ['--attention-bits', row.attentionBits]),
    ...(row.attention === undefined ? [] : ['--attention', row.attention]),
    ...(row.activationBits === undefined ? [] : ['--activation-bits', row.activationBits]),
    ...shape,
    '--threads',
    row.threads,
    '--seed',
    seed,
    '--interactive',
  ];
  const warmUps = Math.ceil(warmUpPasses / batches / burst);
  const [a, b] = await withContenders(
    [() => Contender.start('dotnet', [tool, ...args.map(String)]), () => startPeer({ ...request, recipe })],
    (ours, peers) => takeTurns(ours, peers, { runs, warmUps, burst, pauseMs }),
  );
  const result = { ...row, ours: summarize(a), peers: summarize(b), recipe, times: { ours: a, peers: b } };
  result.ratio = result.ours.median / result.peers.median;
  log(
    `${row.name} (${describeShape(row)}): ${weightName(row)} ${result.ours.median.toFixed(2)} ms, ` +
      `${row.peer} ${result.peers.median.toFixed(2)} ms, ratio ${result.ratio.toFixed(3)}`,
  );
  return result;
}

// The chosen graphs that round must compute nearly what the exact one computes.
async function check(rows, chosen, { seed }) {
  const row = { ...rows[0], texts: undefined, peerOrder: undefined, length: 16, threads: 1 };
  const recipes = [...chosen.values()].map(({ tried }) => ({ ...tried[0].recipe, mask: undefined }));
  const distinct = [...new Map(recipes.map((recipe) => [describe(recipe), recipe])).values()].filter(({ kind }) => kind !== 'fp32');
  const cosines = await peerTask('check', { row, config: readConfig(row.model), seed, recipes: [opponents.fp32[0], ...distinct] });
  return distinct.map((recipe, i) => {
    const cosine = cosines[i + 1];
    if (!(cosine >= leastCosine)) {
      throw new Error(`${describe(recipe)} gives hidden states with a cosine of ${cosine} to the exact ones`);
    }
    return { recipe, cosine };
  });
}

// Every graph must give the labels that a trained checkpoint gives, and those that do not round its very logits.
async function verify(folder) {
  const masked = ['raw', 'lengths'].map((mask) => ({ ...opponents.fp32[0], mask }));
  const recipes = [...opponents.fp32, ...masked, ...opponents.int8, ...opponents.int4];
  log(`comparing ${recipes.length} graphs with the reference of a checkpoint`);
  const verified = await peerTask('verify', { folder, recipes });
  for (const { recipe, difference, agreement } of verified) {
    if (recipe.kind === 'fp32' && !(difference <= mostLogitDifference)) {
      throw new Error(`${describe(recipe)}: logits differ by ${difference} from the reference`);
    }
    if (!(agreement >= leastAgreement)) {
      throw new Error(`${describe(recipe)}: only ${agreement} of the labels are those of the reference`);
    }
  }
  return verified;
}
