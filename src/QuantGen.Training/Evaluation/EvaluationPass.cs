using QuantGen.Trainable;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Evaluation;

/// <summary>Runs examples through a trainable model, the shortest first.</summary>
internal sealed class EvaluationPass
{
    private readonly IReadOnlyList<int[]> _plan;
    private readonly Func<int[], Batch> _make;

    public EvaluationPass(IReadOnlyList<Example> examples, int batchSize, Func<int[], Batch>? make = null)
    {
        int[] lengths = [.. examples.Select(example => example.Length)];
        _plan = BatchPlanner.ByLength(lengths, batchSize);
        _make = make ?? (rows => new Batch([.. rows.Select(row => examples[row])]));
        Largest = (_plan.Max(rows => rows.Sum(row => lengths[row])), lengths.Max());
    }

    public (int Tokens, int Longest) Largest { get; }

    /// <summary>Runs every batch and hands out its rows, itself and the outputs.</summary>
    public void Run(ITrainableModel model, CancellationToken cancellation, Action<int[], Batch, TrainingTrace> take)
    {
        foreach (int[] rows in _plan)
        {
            cancellation.ThrowIfCancellationRequested();
            Batch batch = _make(rows);
            model.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            take(rows, batch, model.Trace);
        }
    }

    /// <summary>Runs every batch of a model with outputs for each token.</summary>
    /// <returns>The outputs of every example, <c>[tokens, outputs]</c>, in the examples' order.</returns>
    public float[][] LogitsOfTokens(ITrainableModel model, CancellationToken cancellation)
    {
        int width = model.Spec.OutputCount;
        float[][] logits = new float[_plan.Sum(rows => rows.Length)][];
        Run(model, cancellation, (rows, batch, trace) =>
        {
            for (int i = 0; i < rows.Length; i++)
            {
                logits[rows[i]] = trace.Logits[(width * batch.Inputs.Starts[i])..(width * batch.Inputs.Starts[i + 1])];
            }
        });
        return logits;
    }

    /// <summary>Runs every batch through two models and compares what they say and do.</summary>
    public FidelityResult Compare(ITrainableModel student, ITrainableModel teacher, CancellationToken cancellation)
    {
        var fidelity = new Fidelity();
        Run(student, cancellation, (_, batch, trace) =>
        {
            teacher.Forward(batch.Inputs, new ForwardOptions(ForwardPurpose.Evaluate));
            fidelity.Add(trace, teacher.Trace);
        });
        return fidelity.Result;
    }
}
