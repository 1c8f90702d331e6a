// Draws results as horizontal bars: QuantGen's median as a part of ONNX Runtime's, with spread and target.
import { weightName } from './report.mjs';

const [width, labelWidth, barHeight, gap, top] = [780, 270, 16, 8, 56];
const most = 1.6;
const escape = (text) => text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]);

export function chart(results) {
  const scale = (ratio) => labelWidth + ((width - labelWidth - 60) * Math.min(ratio, most)) / most;
  const height = top + results.length * (barHeight + gap) + 24;
  const text = (x, y, content, attributes = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;
  const line = (x, y1, y2, attributes) => `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${y1}" y2="${y2}" ${attributes}/>`;
  const rows = results.flatMap((result, i) => {
    const y = top + i * (barHeight + gap);
    const middle = y + barHeight / 2;
    const end = scale(result.ratio);
    const [low, high] = [result.ours.p10, result.ours.p90].map((time) => scale(time / result.peers.median));
    const color = result.target === null ? '#7a8aa0' : result.ratio <= result.target ? '#2f855a' : '#c05621';
    return [
      text(
        labelWidth - 8,
        middle + 4,
        `${result.name} ${weightName(result)} / ${result.peer}${result.peerOrder === 'length' ? ', sorted' : ''}`,
        'text-anchor="end"',
      ),
      `<rect x="${labelWidth}" y="${y}" width="${(end - labelWidth).toFixed(1)}" height="${barHeight}" fill="${color}"/>`,
      `<path d="M${low.toFixed(1)} ${middle}H${high.toFixed(1)}" stroke="#1a202c" stroke-width="1.5"/>`,
      ...(result.target === null ? [] : [line(scale(result.target), y - 3, y + barHeight + 3, 'stroke="#1a202c" stroke-width="2"')]),
      text(Math.max(end, high, scale(result.target ?? 0)) + 6, middle + 4, result.ratio.toFixed(2)),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    text(16, 22, "Median time of QuantGen as a part of ONNX Runtime's (shorter is faster)", 'font-size="15" font-weight="bold"'),
    text(16, 40, 'thin line: 10th to 90th percentile; thick tick: target; dashed: as fast as ONNX Runtime', 'fill="#4a5568"'),
    ...rows,
    line(scale(1), top - 6, height - 16, 'stroke="#4a5568" stroke-dasharray="4 3"'),
    '</svg>',
    '',
  ].join('\n');
}
