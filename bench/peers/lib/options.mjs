// The command line.
import { parseArgs } from 'node:util';
import { allRows } from './rows.mjs';

export const help = `Times QuantGen and ONNX Runtime alternately on the same shapes.

  node bench/peers/run.mjs [options]

  --only NAME          a group of rows, may be repeated: ${[...new Set(allRows.map((row) => row.name))].join(', ')}
  --quick              5 runs, the rows with a target or of main interest, opponents as they were found best before
  --runs N             timed runs of each side, after a warm-up [default: 15]
  --burst N            runs in a row before the other side's turn [default: 1]
  --pause MS           rest between turns; ONNX Runtime's threads spin for some 45 ms after a run [default: 100]
  --seed N             which weights are drawn [default: 42]
  --sentences TSV      texts for base-ragged: the first column, under a header line; without it that row is left out
  --vocabulary PATH    the vocab.txt, or a folder with one, for those texts; at most 30522 words
  --verify DIR         first compare the peer's graphs with a checkpoint's reference.json
  --tool DLL           a built QuantGen.Cli.dll to use instead of building one
  --output DIR         where peers.CPU.md, .json and .svg go, of each kind of processor its own [default: bench/results]
  --help               this text
`;

export function readOptions(args) {
  const text = (value) => ({ type: 'string', ...(value === undefined ? {} : { default: value }) });
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      runs: text(),
      burst: text('1'),
      pause: text('100'),
      seed: text('42'),
      sentences: text(),
      vocabulary: text(),
      verify: text(),
      tool: text(),
      output: text(),
      help: { type: 'boolean', default: false },
    },
  });
  const names = new Set(allRows.map((row) => row.name));
  const unknown = values.only.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new Error(`--only takes ${[...names].join(', ')}, and it is '${unknown}'`);
  }
  if ((values.sentences === undefined) !== (values.vocabulary === undefined)) {
    throw new Error('--sentences and --vocabulary need each other');
  }
  return {
    ...values,
    runs: whole('--runs', values.runs ?? (values.quick ? '5' : '15'), 1),
    burst: whole('--burst', values.burst, 1),
    pauseMs: whole('--pause', values.pause, 0),
    seed: whole('--seed', values.seed, 1),
  };
}

function whole(name, text, least) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new Error(`${name} takes a whole number from ${least}, and it is '${text}'`);
  }
  return value;
}
