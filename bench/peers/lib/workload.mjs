// The token ids of both sides. A batch is a list of rows { ids, typeIds }.
import { readFileSync } from 'node:fs';

export function readBatches(row, config, tokensFile) {
  return row.texts === undefined ? [[equalRow(row.length, config.vocab_size)]] : chunk(readTokens(tokensFile, row.texts), row.batch);
}

// Which ids they are changes no timing: a product does not look at its numbers.
function equalRow(length, words) {
  return { ids: Array.from({ length }, (_, i) => (i * 7919 + 101) % words), typeIds: Array(length).fill(0) };
}

// Reads what 'quantgen tokenize --json' wrote.
function readTokens(file, count) {
  const rows = JSON.parse(readFileSync(file, 'utf8')).slice(0, count);
  return rows.map(({ ids, type_ids: typeIds }) => ({ ids, typeIds }));
}

function chunk(rows, size) {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
}
