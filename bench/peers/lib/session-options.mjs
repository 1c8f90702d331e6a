// How ONNX Runtime is asked to run: in a file of its own, so that a report can tell without loading the library.
export const sessionOptions = (threads) => ({
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
});
