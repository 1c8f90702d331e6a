// The graphs that compete for being the opponent. The first of each list is the likeliest: a quick run takes it untried.

const int8 = (attention, bias, perColumn, signed = true) => ({ kind: 'int8', attention, bias, perColumn, signed });
const int4 = (block, attention = 'joined', bias = 'next') => ({ kind: 'blocks', bits: 4, block, attention, bias });

// fp32: no rounding. int8: 8-bit weights, and activations rounded to 8 bits in every call. int4: weights in blocks, activations as for int8.
export const opponents = {
  fp32: ['fused', 'joined', 'separate'].map((attention) => ({ kind: 'fp32', attention, bias: 'next' })),
  int8: [
    int8('fused', 'own', false),
    int8('fused', 'own', true),
    int8('fused', 'next', false),
    int8('fused', 'next', true),
    int8('joined', 'own', false),
    int8('joined', 'own', true),
    int8('separate', 'own', false),
    int8('fused', 'own', false, false),
    // The kernels for blocks also take 8 bits.
    { ...int4(128), bits: 8 },
  ],
  int4: [int4(256), int4(128), int4(64), int4(32), int4(256, 'joined', 'own'), int4(256, 'separate')],
};

// The likely ones alone: texts take seconds for a run.
export const paddedOpponents = {
  int8: [opponents.int8[0], opponents.int8[1], opponents.int8[4]],
};

// How padded tokens are kept out of attention: by 0 and 1 for each token, or by the length of each text.
export function maskedVariants(recipes) {
  return recipes.flatMap((recipe) => ['raw', 'lengths'].map((mask) => ({ ...recipe, mask })));
}

export function describe(recipe) {
  const linear = {
    fp32: ['MatMul'],
    int8: ['DynamicQuantizeMatMul', `${recipe.signed ? 's8' : 'u8'} weights, a scale per ${recipe.perColumn ? 'column' : 'matrix'}`],
    blocks: [`MatMulNBits of ${recipe.bits} bits in blocks of ${recipe.block}, accuracy level 4`],
  }[recipe.kind];
  const attention = {
    fused: { fp32: 'Attention', int8: 'QAttention' }[recipe.kind],
    joined: 'one product for Q, K, V + MultiHeadAttention',
    separate: 'three products for Q, K, V + MultiHeadAttention',
  }[recipe.attention];
  const gelu = recipe.bias === 'own' ? 'biases in the products, Gelu' : 'BiasGelu, biases in SkipLayerNormalization';
  const mask = { raw: ['mask of 0 and 1'], lengths: ['mask of lengths'] }[recipe.mask] ?? [];
  return [attention, ...linear, gelu, ...mask].join('; ');
}
