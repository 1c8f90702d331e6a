// What is compared. A target is the most that the ratio of medians, ours to the peer's, should be.

const base128 = { model: 'base', length: 128, threads: 1 };
const base16 = { model: 'base', length: 16, threads: 1 };
const minilm128 = { model: 'minilm', length: 128, threads: 1 };
const base128x2 = { model: 'base', length: 128, threads: 2 };
// Sorting by length needs all texts at once, and then few of the peer's tokens are padding; ours need no order.
const ragged = (peerOrder) => ({ model: 'base', texts: 512, batch: 32, threads: 2, peerOrder });

const row = (name, shape, bits, peer, target = null, quick = true) => ({ name, ...shape, bits, peer, target, quick });
// Queries, keys, values and probabilities are rounded to 8 bits as well, as in the papers; the graphs of the peer multiply them as floats.
const rounded = (each) => ({ ...each, attentionBits: 8 });
// Inputs of linear layers as well as weights have one bit, or activations have 4; the peer's have 8.
const activations = (bits, each) => ({ ...each, activationBits: bits });
// By bits of a weight, with and without that.
const base128Targets = [
  [1, 0.42],
  [2, 0.62],
  [3, null],
  [4, 0.72],
  [8, 1.0],
];
const base128Rows = base128Targets.map(([bits, target]) => row('base-128', base128, bits, 'int8', target));
const extra = (name, shape, bits, peer) => row(name, shape, bits, peer, null, false);

export const allRows = [
  ...base128Rows,
  row('base-128', base128, 32, 'fp32', 0.9),
  ...[1, 2, 4].map((bits) => extra('base-128', base128, bits, 'int4')),
  ...[1, 2, 3, 4, 8].map((bits) => extra('base-128', base128, bits, 'fp32')),
  ...base128Rows.filter(({ target }) => target !== null).map(rounded),
  activations(1, row('base-128', base128, 1, 'int8', 0.25)),
  activations(1, rounded(row('base-128', base128, 1, 'int8', 0.25))),
  { ...activations(1, row('base-128', base128, 1, 'int8', 0.25)), attention: 'boolean' },
  activations(4, row('base-128', base128, 1, 'int8', 0.42)),
  row('base-16', base16, 1, 'int8', 0.3),
  row('base-16', base16, 2, 'int8', 0.45),
  row('base-16', base16, 8, 'int8', 0.8),
  row('minilm-128', minilm128, 2, 'int8', 0.65),
  row('minilm-128', minilm128, 8, 'int8', 1.0),
  row('base-128-2t', base128x2, 2, 'int8', 0.62),
  rounded(row('base-128-2t', base128x2, 2, 'int8', 0.62)),
  row('base-128-2t', base128x2, 32, 'fp32', 0.9),
  row('base-ragged', ragged('file'), 2, 'int8', 0.4),
  row('base-ragged', ragged('length'), 2, 'int8', 0.4),
];

export function chooseRows({ only, quick }) {
  return allRows.filter((each) => (only.length === 0 || only.includes(each.name)) && (!quick || each.quick));
}

export function describeShape({ length, texts, batch, threads, peerOrder }) {
  const what =
    texts === undefined
      ? `${length} tokens`
      : `${texts} texts, batches of ${batch}, ${peerOrder === 'length' ? 'sorted by length for the peer' : 'in file order'}`;
  return `${what}, ${threads} thread${threads === 1 ? '' : 's'}`;
}
