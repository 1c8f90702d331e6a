// The linear layers of a graph at each precision. A matrix is [outputs, inputs], as in a checkpoint.
import { quantizeBlocks, quantizeInt8, transpose } from './quantize.mjs';

export function linearLayers(graph, recipe) {
  const kinds = { fp32: Float32Layers, int8: Int8Layers, blocks: BlockLayers };
  return new kinds[recipe.kind](graph, recipe);
}

class Float32Layers {
  constructor(graph) {
    this.graph = graph;
  }

  product(x, name, { values, outputs, inputs }) {
    const weight = this.graph.constant(name, [inputs, outputs], transpose(values, outputs, inputs));
    return this.graph.node('MatMul', [x, weight]);
  }

  // Query, key and value in one operator, the products included.
  attention(x, name, { values, outputs, inputs }, bias, mask, heads) {
    const weight = this.graph.constant(name, [inputs, outputs], transpose(values, outputs, inputs));
    return this.graph.node('Attention', [x, weight, bias, mask], { num_heads: heads });
  }
}

class Int8Layers {
  constructor(graph, recipe) {
    this.graph = graph;
    this.recipe = recipe;
  }

  #weights(name, { values, outputs, inputs }) {
    const { codes, scales, zeroPoints } = quantizeInt8(transpose(values, outputs, inputs), outputs, this.recipe);
    const dims = this.recipe.perColumn ? [outputs] : [];
    return [
      this.graph.constant(name, [inputs, outputs], codes),
      this.graph.constant(`${name}.scale`, dims, scales),
      this.graph.constant(`${name}.zero`, dims, zeroPoints),
    ];
  }

  product(x, name, matrix, bias) {
    return this.graph.node('DynamicQuantizeMatMul', [x, ...this.#weights(name, matrix), bias]);
  }

  attention(x, name, matrix, bias, mask, heads) {
    const [weight, scale, zero] = this.#weights(name, matrix);
    const [code, inputScale, inputZero] = this.graph.node('DynamicQuantizeLinear', [x], {}, 3);
    return this.graph.node('QAttention', [code, weight, bias, inputScale, scale, mask, inputZero, zero], { num_heads: heads });
  }
}

class BlockLayers {
  constructor(graph, recipe) {
    this.graph = graph;
    this.recipe = recipe;
  }

  product(x, name, { values, outputs, inputs }, bias) {
    const { bits, block } = this.recipe;
    const { codes, scales, blocks } = quantizeBlocks(values, outputs, inputs, bits, block);
    const weight = this.graph.constant(name, [outputs, blocks, (block * bits) / 8], codes);
    const scale = this.graph.constant(`${name}.scale`, [outputs, blocks], scales);
    // Level 4 lets activations be rounded to 8 bits: the fastest that there is.
    const attributes = { K: inputs, N: outputs, bits, block_size: block, accuracy_level: 4 };
    return this.graph.node('MatMulNBits', [x, weight, scale, null, null, bias], attributes);
  }
}
