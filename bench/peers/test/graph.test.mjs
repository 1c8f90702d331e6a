// Runs every graph in ONNX Runtime on a tiny model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerSession } from '../lib/peer-session.mjs';
import { describe, maskedVariants, opponents } from '../lib/recipes.mjs';
import { cosine, largestDifference } from '../lib/statistics.mjs';
import { randomWeights } from '../lib/weights.mjs';

const config = {
  vocab_size: 50,
  hidden_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 512,
  max_position_embeddings: 32,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
  id2label: { 0: 'a', 1: 'b' },
};
const textOf = (length) => ({ ids: Array.from({ length }, (_, i) => (i * 7 + length) % 50), typeIds: Array(length).fill(0) });
const [short, long] = [textOf(5), textOf(12)];

// Weights large enough that every part of a layer counts.
const weights = randomWeights(42, 0.2);

async function run(recipe, batches, output = 'hidden', order = undefined) {
  const peer = await PeerSession.create({ config, weights, recipe, threads: 1, order, batches, output });
  const outputs = await peer.outputs();
  await peer.release();
  return outputs;
}

const [exactRecipe, ...others] = Object.values(opponents).flat();
const [exact] = await run(exactRecipe, [[long]]);

for (const recipe of others) {
  test(`computes the same model: ${describe(recipe)}`, async () => {
    const [hidden] = await run(recipe, [[long]]);
    assert.ok(cosine(exact, hidden) > (recipe.kind === 'fp32' ? 0.999999 : recipe.bits === 4 ? 0.94 : 0.995), `${cosine(exact, hidden)}`);
  });
}

for (const recipe of maskedVariants(opponents.fp32)) {
  test(`padding does not count: ${describe(recipe)}`, async () => {
    const [alone] = await run(exactRecipe, [[short]], 'logits');
    const [padded] = await run(recipe, [[short, long]], 'logits');
    assert.ok(largestDifference(alone, padded) < 1e-5);
  });
}

test('a wrong matrix is noticed', async () => {
  const wrong = (name, count) => (name.endsWith('0.output.dense.weight') ? weights(name, count).reverse() : weights(name, count));
  const peer = await PeerSession.create({ config, weights: wrong, recipe: exactRecipe, threads: 1, batches: [[long]], output: 'hidden' });
  const [hidden] = await peer.outputs();
  await peer.release();
  assert.ok(cosine(exact, hidden) < 0.94, `${cosine(exact, hidden)}`);
});

test('texts sorted by length are put into batches of equal texts', async () => {
  const [first, second] = await run(
    { ...exactRecipe, mask: 'raw' },
    [
      [long, short],
      [short, long],
    ],
    'hidden',
    'length',
  );
  assert.equal(first.length, 2 * 5 * config.hidden_size);
  assert.equal(second.length, 2 * 12 * config.hidden_size);
});
