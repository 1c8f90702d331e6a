import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantizeBlocks, quantizeInt8, transpose } from '../lib/quantize.mjs';
import { randomWeights } from '../lib/weights.mjs';

test('transposing swaps rows and columns', () => {
  assert.deepEqual([...transpose(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3)], [1, 4, 2, 5, 3, 6]);
});

for (const signed of [true, false]) {
  for (const perColumn of [true, false]) {
    test(`8-bit codes are within half a step of the values (signed ${signed}, per column ${perColumn})`, () => {
      const [inputs, outputs] = [48, 40];
      const matrix = randomWeights(3)('matrix', inputs * outputs);
      const { codes, scales, zeroPoints } = quantizeInt8(matrix, outputs, { signed, perColumn });
      assert.equal(scales.length, perColumn ? outputs : 1);
      matrix.forEach((value, i) => {
        const group = perColumn ? i % outputs : 0;
        assert.ok(Math.abs((codes[i] - zeroPoints[group]) * scales[group] - value) <= 0.5001 * scales[group]);
      });
    });
  }
}

for (const bits of [4, 8]) {
  test(`${bits}-bit blocks are within half a step of the values, and the last block of a row is filled up`, () => {
    const [outputs, inputs, blockSize] = [5, 40, 32];
    const weight = randomWeights(4)('matrix', outputs * inputs);
    const { codes, scales, blocks } = quantizeBlocks(weight, outputs, inputs, bits, blockSize);
    assert.equal(blocks, 2);
    weight.forEach((value, i) => {
      const block = Math.floor(i / inputs) * blocks + Math.floor((i % inputs) / blockSize);
      const place = block * blockSize + ((i % inputs) % blockSize);
      const byte = codes[Math.floor((place * bits) / 8)];
      const code = bits === 8 ? byte : (byte >> (4 * (place % 2))) & 15;
      assert.ok(Math.abs((code - (1 << (bits - 1))) * scales[block] - value) <= 0.5001 * scales[block]);
    });
  });
}

test('weights depend on seed and name alone', () => {
  assert.deepEqual(randomWeights(7)('a', 9), randomWeights(7)('a', 9));
  assert.notDeepEqual(randomWeights(7)('a', 9), randomWeights(7)('b', 9));
  assert.notDeepEqual(randomWeights(7)('a', 9), randomWeights(8)('a', 9));
});
