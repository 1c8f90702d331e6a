using QuantGen.Tasks;
using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a masked language model: perplexity of the hidden tokens and how many it finds. What is hidden is the same every time.</summary>
public sealed class MaskedEvaluator : IModelEvaluator
{
    private readonly EvaluationPass _pass;
    private readonly int _threads;
    private readonly int _texts;

    /// <summary>Creates an evaluator.</summary>
    /// <param name="source">The examples and the seed of what is hidden; the batch size does not change results.</param>
    /// <param name="threads">The most threads.</param>
    public MaskedEvaluator(HiddenBatchSource source, int threads)
    {
        ArgumentNullException.ThrowIfNull(source);
        _pass = new EvaluationPass(source.Examples, source.BatchSize, rows => source.Make(rows, epoch: 0));
        _threads = threads;
        _texts = source.Examples.Count;
    }

    /// <inheritdoc/>
    public (int Tokens, int Longest) Largest => _pass.Largest;

    /// <inheritdoc/>
    public FidelityResult Compare(ITrainableModel student, ITrainableModel teacher, CancellationToken cancellation)
        => _pass.Compare(student, teacher, cancellation);

    /// <inheritdoc/>
    public ModelScore Evaluate(ITrainableModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        int width = model.Spec.OutputCount;
        double loss = 0;
        int count = 0;
        long found = 0;
        _pass.Run(model, cancellation, (_, batch, trace) =>
        {
            int[] targets = batch.Targets;
            double[] losses = new double[targets.Length];
            bool[] hits = new bool[targets.Length];
            FixedChunks.Each(targets.Length, _threads, row =>
            {
                ReadOnlySpan<float> logits = trace.Logits.AsSpan(row * width, width);
                losses[row] = -MaskedTextEvaluator.LogProbability(logits, targets[row]);
                hits[row] = ClassificationMetrics.ArgMax(logits) == targets[row];
            });
            loss += FixedChunks.Fold(losses);
            count += targets.Length;
            found += hits.Count(hit => hit);
        });
        return new MaskedEvaluation(loss / count, (double)found / count, count, _texts).Score;
    }
}
