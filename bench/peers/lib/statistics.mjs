// Order statistics of timings.

export function quantile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = fraction * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

export const median = (values) => quantile(values, 0.5);

export function summarize(values) {
  return { median: median(values), p10: quantile(values, 0.1), p90: quantile(values, 0.9), runs: values.length };
}

// Says whether something else used the machine meanwhile: an undisturbed run repeats within some percent.
export const isDisturbed = ({ p10, p90 }) => p90 > 1.25 * p10;

export function cosine(a, b) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

export const largestDifference = (a, b) => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));

export const indexOfLargest = (values) => values.indexOf(Math.max(...values));
