// Writes results as Markdown.
import { describeShape } from './rows.mjs';
import { describe } from './recipes.mjs';
import { isDisturbed } from './statistics.mjs';

const ms = (value) => (value < 100 ? value.toFixed(2) : value.toFixed(1));
const spread = (times) => `${ms(times.median)} (${ms(times.p10)}-${ms(times.p90)})${isDisturbed(times) ? ' ~' : ''}`;
const table = (headers, rows) => [headers, headers.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const weightName = ({ bits, attentionBits, activationBits, attention }) =>
  `${bits === 32 ? '32-bit' : `W${bits}`}${activationBits === undefined ? '' : `A${activationBits}`}${
    attentionBits === undefined ? '' : `, ${attentionBits}-bit attention`
  }${attention === undefined ? '' : `, ${attention} attention`}`;

export function verdict({ ratio, target }) {
  return target === null ? '' : ratio <= target ? 'met' : 'missed';
}

export const disturbance = (results) =>
  results.some(({ ours, peers }) => isDisturbed(ours) || isDisturbed(peers))
    ? ['~ marks times that were disturbed: their 90th percentile is more than 1.25 times the 10th. Repeat those rows on a quieter machine.']
    : [];

export function resultTable(results) {
  const rows = results.map((result) => [
    result.name,
    describeShape(result),
    weightName(result),
    spread(result.ours),
    result.peer,
    spread(result.peers),
    result.ratio.toFixed(3),
    result.target === null ? '' : result.target.toFixed(2),
    verdict(result),
  ]);
  return table(['row', 'shape', 'QuantGen', 'ms (p10-p90)', 'ONNX Runtime', 'ms (p10-p90)', 'ratio', 'target', ''], rows);
}

export function markdown({ command, machine, settings, opponents, checks, verification, results, notes }, picture) {
  const sections = [
    '# QuantGen and ONNX Runtime, taking turns',
    `Medians of ${settings.runs} runs of each side in milliseconds, with the 10th and 90th percentile; ratio is QuantGen's median divided by ONNX Runtime's. ` +
      'Compare ratios: both sides of a row ran alternately in the same minute, so they saw the same machine.',
    `![ratios](${picture})`,
    resultTable(results),
    notes.map((note) => `- ${note}`).join('\n'),
    '## Machine',
    table(
      ['what', 'value'],
      Object.entries(machine).map(([what, value]) => [what.replaceAll('_', ' '), `${value}`]),
    ),
    `Command: \`${command}\``,
    '## Opponents',
    opponents.map(describeOpponent).join('\n\n'),
    `Session options: ${Object.entries(settings.session)
      .map(([name, value]) => `\`${name}: ${value}\``)
      .join(', ')}; everything else as it is by default, spinning threads included.`,
    '## Checks of the graphs',
    checks
      .map(
        (check) =>
          `- ${describe(check.recipe)}: cosine ${check.cosine.toFixed(4)} with the hidden states of the exact graph, the same in every run`,
      )
      .join('\n'),
    verification.length === 0
      ? ''
      : `Against the reference logits of a trained checkpoint, ${verification[0].rows} texts:\n\n${verificationTable(verification)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function verificationTable(verification) {
  const rows = verification.map((each) => [describe(each.recipe), each.difference.toExponential(1), each.agreement.toFixed(4)]);
  return table(['graph', 'largest difference', 'same labels'], rows);
}

function describeOpponent({ row, shape, peer, tried }) {
  const fastest = tried[0].time;
  const heading = `**${row}, ${shape}, against ${peer}**: ${describe(tried[0].recipe)}`;
  if (fastest === null) {
    return `${heading} (taken untried: a quick run)`;
  }
  const rows = tried.map(({ recipe, time }) => [describe(recipe), ms(time), (time / fastest).toFixed(3)]);
  return `${heading}\n\n${table(['graph', 'lower quartile, ms', 'of the fastest'], rows)}`;
}
