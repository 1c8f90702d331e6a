using QuantGen.Trainable;
using QuantGen.Training.Evaluation;

namespace QuantGen.Cli.Runs;

/// <summary>What a student is worth on data that decides nothing, and how closely it follows its teacher there.</summary>
/// <param name="Score">The task's metrics.</param>
/// <param name="Fidelity">The comparison with the teacher.</param>
internal sealed record TestMeasures(ModelScore Score, FidelityResult Fidelity)
{
    public static TestMeasures Of(IModelEvaluator test, ITrainableModel student, ITrainableModel teacher, CancellationToken cancellation)
        => new(test.Evaluate(student, cancellation), test.Compare(student, teacher, cancellation));

    /// <summary>Gets what is written as JSON.</summary>
    public object Json => new
    {
        Score.Value,
        All = Score.All.ToDictionary(metric => metric.Key, metric => metric.Value),
        Fidelity.Agreement,
        Fidelity.Divergence,
        HiddenSignalToNoiseDb = double.IsFinite(Fidelity.HiddenSignalToNoiseDb) ? Fidelity.HiddenSignalToNoiseDb : (double?)null,
    };
}
