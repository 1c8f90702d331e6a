// Rounds weight matrices the way ONNX Runtime's operators want them.

// Turns [outputs, inputs], as checkpoints have it, into [inputs, outputs], as products want it.
export function transpose(weight, outputs, inputs) {
  const result = new Float32Array(weight.length);
  const tile = 32;
  for (let row = 0; row < outputs; row += tile) {
    for (let column = 0; column < inputs; column++) {
      for (let r = row; r < Math.min(row + tile, outputs); r++) {
        result[column * outputs + r] = weight[r * inputs + column];
      }
    }
  }
  return result;
}

// Symmetric 8-bit codes of a matrix [inputs, outputs]; unsigned ones are moved up by 128.
export function quantizeInt8(matrix, outputs, { signed, perColumn }) {
  const scales = new Float32Array(perColumn ? outputs : 1);
  for (let i = 0; i < matrix.length; i++) {
    const column = perColumn ? i % outputs : 0;
    scales[column] = Math.max(scales[column], Math.abs(matrix[i]) / 127);
  }
  const codes = signed ? new Int8Array(matrix.length) : new Uint8Array(matrix.length);
  const zero = signed ? 0 : 128;
  for (let i = 0; i < matrix.length; i++) {
    codes[i] = Math.round(matrix[i] / (scales[perColumn ? i % outputs : 0] || 1)) + zero;
  }
  const zeroPoints = new codes.constructor(scales.length).fill(zero);
  return { codes, scales, zeroPoints };
}

// Codes of MatMulNBits: rows of [outputs, inputs] in blocks with a scale each, low bits first, around the middle of the codes.
export function quantizeBlocks(weight, outputs, inputs, bits, blockSize) {
  const blocks = Math.ceil(inputs / blockSize);
  const perByte = 8 / bits;
  const middle = 1 << (bits - 1);
  const codes = new Uint8Array((outputs * blocks * blockSize) / perByte);
  const scales = new Float32Array(outputs * blocks);
  for (let block = 0; block < outputs * blocks; block++) {
    const row = Math.floor(block / blocks);
    const start = (block % blocks) * blockSize;
    const values = weight.subarray(row * inputs + start, row * inputs + Math.min(start + blockSize, inputs));
    const scale = Math.max(largest(values) / Math.max(middle - 1, 1), 1e-12);
    scales[block] = scale;
    for (let i = 0; i < blockSize; i++) {
      const code = Math.min(Math.max(Math.round((values[i] ?? 0) / scale) + middle, 0), 2 * middle - 1);
      codes[Math.floor((block * blockSize + i) / perByte)] |= code << (bits * (i % perByte));
    }
  }
  return { codes, scales, blocks };
}

function largest(values) {
  let most = 0;
  for (const value of values) {
    most = Math.max(most, Math.abs(value));
  }
  return most;
}
