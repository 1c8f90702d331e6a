// Where weights come from: drawn from a seed, or read from a checkpoint in Hugging Face layout.
import { readFileSync } from 'node:fs';

// Draws weights like those of an initialised BERT: small and uniform, with gains of one.
export function randomWeights(seed, spread = 0.05) {
  return (name, count) => {
    const values = new Float32Array(count);
    if (name.endsWith('LayerNorm.weight')) {
      return values.fill(1);
    }
    let state = hash(name, seed);
    for (let i = 0; i < count; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      values[i] = spread * (state / 2147483648);
    }
    return values;
  };
}

// A start that depends on the name, so that the order of asking does not matter; xorshift may not start at zero.
function hash(name, seed) {
  let value = seed;
  for (const character of name) {
    value = Math.imul(value ^ character.codePointAt(0), 16777619);
  }
  return value || 1;
}

// Reads 32-bit tensors of a safetensors file by name.
export function checkpointWeights(path) {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength));
  return (name, count) => {
    const tensor = header[name];
    if (tensor?.dtype !== 'F32') {
      throw new Error(`${path}: there is no 32-bit tensor ${name}`);
    }
    const [from, to] = tensor.data_offsets.map((offset) => 8 + headerLength + offset);
    // A copy: tensors of a file need not be aligned.
    const values = new Float32Array(file.buffer.slice(file.byteOffset + from, file.byteOffset + to));
    if (values.length !== count) {
      throw new Error(`${path}: ${name} has ${values.length} values, and the model needs ${count}`);
    }
    return values;
  };
}
