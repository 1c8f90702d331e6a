using QuantGen.Sentences;
using QuantGen.Tokenization;
using QuantGen.Trainable;
using QuantGen.Training.Batching;
using QuantGen.Training.Data;

namespace QuantGen.Training.Evaluation;

/// <summary>Measures a sentence encoder on pairs of texts with a score: Spearman's correlation of cosines and scores, and Pearson's.</summary>
public sealed class SentenceEvaluator : IModelEvaluator
{
    private readonly SentenceTask _task;
    private readonly double[] _scores;
    private readonly EvaluationPass _pass;

    /// <summary>Creates an evaluator.</summary>
    /// <param name="data">Pairs with scores.</param>
    /// <param name="file">What messages call the data.</param>
    /// <param name="task">How hidden states become vectors.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="maxLength">The tokens, special ones included, to which longer texts are cut.</param>
    /// <param name="batchSize">Texts that are computed together. Results do not depend on it.</param>
    /// <param name="cancellation">Stops the work between two texts.</param>
    /// <exception cref="DataFormatException">Rows have one text, or no score.</exception>
    public SentenceEvaluator(
        TsvDataset data, string file, SentenceTask task, BertTokenizer tokenizer, int maxLength, int batchSize, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(task);
        SentencePairs.Require(data, file);
        _task = task;
        _scores = [.. data.Rows.Select(row => row.LabelValue)];
        IEnumerable<string> texts = data.Rows.Select(row => row.Text).Concat(data.Rows.Select(row => row.Pair!));
        _pass = new EvaluationPass(ExampleEncoder.FromSentences(texts, task, tokenizer, maxLength, cancellation), batchSize);
    }

    /// <inheritdoc/>
    public (int Tokens, int Longest) Largest => _pass.Largest;

    /// <inheritdoc/>
    public ModelScore Evaluate(ITrainableModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        float[][] vectors = Vectors(model, cancellation, null);
        double[] cosines = new double[_scores.Length];
        for (int i = 0; i < cosines.Length; i++)
        {
            cosines[i] = SentencePairs.Cosine(vectors[i], vectors[cosines.Length + i]);
        }

        List<KeyValuePair<string, double>> metrics = SentencePairs.Metrics(cosines, _scores);
        return new ModelScore(metrics[0].Key, metrics[0].Value, HigherIsBetter: true, metrics);
    }

    /// <summary>Compares vectors: agreement is the mean cosine of a text's two vectors, divergence the mean squared distance of their directions.</summary>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    public FidelityResult Compare(ITrainableModel student, ITrainableModel teacher, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        float[][] theirs = Vectors(teacher, cancellation, null);
        var noise = new Fidelity();
        float[][] ours = Vectors(student, cancellation, (batch, trace) =>
        {
            teacher.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            noise.AddHidden(trace, teacher.Trace);
        });
        double agreement = Enumerable.Range(0, ours.Length).Average(i => SentencePairs.Cosine(ours[i], theirs[i]));
        return new FidelityResult(agreement, 2 - (2 * agreement), noise.HiddenSignalToNoiseDb, ours.Length);
    }

    private float[][] Vectors(ITrainableModel model, CancellationToken cancellation, Action<Batch, TrainingTrace>? see)
    {
        float[][] vectors = new float[2 * _scores.Length][];
        int size = model.Spec.Dimensions.HiddenSize;
        _pass.Run(model, cancellation, (rows, batch, trace) =>
        {
            int[] starts = batch.Inputs.Starts;
            for (int i = 0; i < rows.Length; i++)
            {
                vectors[rows[i]] = _task.Vector(trace.Hidden[^1].AsSpan(starts[i] * size, (starts[i + 1] - starts[i]) * size));
            }

            see?.Invoke(batch, trace);
        });
        return vectors;
    }
}
