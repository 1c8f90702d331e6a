// A process of its own for ONNX Runtime, told on its command line what to do.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { PeerSession } from './peer-session.mjs';
import { cosine, indexOfLargest, largestDifference, quantile } from './statistics.mjs';
import { checkpointWeights, randomWeights } from './weights.mjs';
import { readBatches } from './workload.mjs';

const [task, json] = process.argv.slice(2);
const request = JSON.parse(json);
const tasks = { serve, select, check, verify };
await tasks[task](request);

function open({ row, config, tokensFile, recipe, seed }, weights, output = 'logits') {
  const batches = readBatches(row, config, tokensFile);
  return PeerSession.create({
    config,
    weights: weights ?? randomWeights(seed),
    recipe,
    threads: row.threads,
    order: row.peerOrder,
    batches,
    output,
  });
}

// Prints 'ready'; then for each line of standard input runs once and prints the milliseconds, as 'quantgen bench --interactive' does.
async function serve() {
  const peer = await open(request);
  await peer.time();
  console.log('ready');
  for await (const _ of createInterface({ input: process.stdin })) {
    console.log((await peer.time()).toFixed(4));
  }
}

// Times all recipes in turns and prints their lower quartiles: whatever else uses the machine only adds time.
async function select() {
  const weights = memoize(randomWeights(request.seed));
  const peers = [];
  for (const recipe of request.recipes) {
    peers.push(await open({ ...request, recipe }, weights));
  }
  const times = peers.map(() => []);
  for (let round = -request.warmUps; round < request.rounds; round++) {
    for (const [i, peer] of peers.entries()) {
      const time = await peer.time();
      if (round >= 0) {
        times[i].push(time);
      }
      await pause(request.pauseMs);
    }
  }
  console.log(JSON.stringify(times.map((each) => quantile(each, 0.25))));
}

// Compares the hidden states of each recipe with those of the first, which is exact.
async function check() {
  const weights = memoize(randomWeights(request.seed));
  let exact;
  const cosines = [];
  for (const recipe of request.recipes) {
    const peer = await open({ ...request, recipe }, weights, 'hidden');
    const [first] = await peer.outputs();
    const [again] = await peer.outputs();
    if (!first.every((value, i) => value === again[i])) {
      throw new Error('two runs of a graph give different numbers');
    }
    exact ??= first;
    cosines.push(cosine(exact, first));
    await peer.release();
  }
  console.log(JSON.stringify(cosines));
}

// Prints how far each recipe is from the logits and labels that a checkpoint's reference.json holds.
async function verify() {
  const { folder, recipes } = request;
  const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'));
  const { rows } = JSON.parse(readFileSync(`${folder}/reference.json`, 'utf8'));
  const weights = checkpointWeights(`${folder}/model.safetensors`);
  const batches = rows.map((row) => [{ ids: row.input_ids, typeIds: row.token_type_ids }]);
  const verified = [];
  for (const recipe of recipes) {
    const peer = await PeerSession.create({ config, weights, recipe, threads: 1, batches, output: 'logits' });
    const outputs = await peer.outputs();
    const distances = outputs.map((logits, i) => largestDifference(logits, rows[i].logits));
    const agreeing = outputs.filter((logits, i) => indexOfLargest(logits) === indexOfLargest(rows[i].logits));
    verified.push({ recipe, difference: Math.max(...distances), agreement: agreeing.length / rows.length, rows: rows.length });
    await peer.release();
  }
  console.log(JSON.stringify(verified));
}

function memoize(weights) {
  const known = new Map();
  return (name, count) => {
    if (!known.has(name)) {
      known.set(name, weights(name, count));
    }
    return known.get(name);
  };
}
