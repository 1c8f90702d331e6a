using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.Training.Batching;

namespace QuantGen.Training.Boosting;

/// <summary>How members of an ensemble weigh each other's mistakes: <see cref="AdaBoost"/> for classes, <see cref="AdaBoostR2"/> for numbers.</summary>
/// <param name="spec">The model of every member: a classifier or a regression.</param>
public sealed class BoostingRule(ModelSpec spec)
{
    private readonly int _classes = spec?.OutputCount ?? throw new ArgumentNullException(nameof(spec));
    private readonly bool _isRegression = spec.Head == BertHead.Regression;

    /// <summary>Gets the error of a member that is worth nothing.</summary>
    public double Chance => _isRegression ? AdaBoostR2.Chance : AdaBoost.Chance(_classes);

    /// <summary>Computes how wrong a member's outputs are.</summary>
    /// <param name="outputs">[examples, outputs].</param>
    /// <param name="examples">The examples with labels.</param>
    /// <returns>For each example 0 to 1; of classes one or the other.</returns>
    public float[] Losses(float[] outputs, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(examples);
        return _isRegression ? AdaBoostR2.Losses(outputs, [.. examples.Select(example => example.Label)])
            : [.. examples.Select((example, i) => ClassificationMetrics.ArgMax(outputs.AsSpan(i * _classes, _classes)) == (int)example.Label ? 0f : 1f)];
    }

    /// <summary>Adds up losses by weight.</summary>
    /// <param name="weights">The weights of the examples, with a sum of 1.</param>
    /// <param name="losses">What <see cref="Losses"/> gives.</param>
    public double Error(double[] weights, float[] losses) => _isRegression ? AdaBoostR2.Error(weights, losses) : AdaBoost.Error(weights, Wrong(losses));

    /// <summary>Computes what a member's vote weighs; above 0 for an error below <see cref="Chance"/>.</summary>
    /// <param name="error">Its error.</param>
    public double Vote(double error) => _isRegression ? AdaBoostR2.Vote(error) : AdaBoost.Vote(error, _classes);

    /// <summary>Computes the weights of the examples for the next member.</summary>
    /// <param name="weights">The weights that the last member had.</param>
    /// <param name="losses">Its losses.</param>
    /// <param name="vote">What its vote weighs.</param>
    public double[] Reweigh(double[] weights, float[] losses, double vote) =>
        _isRegression ? AdaBoostR2.Reweigh(weights, losses, vote) : AdaBoost.Reweigh(weights, Wrong(losses), vote, _classes);

    private static bool[] Wrong(float[] losses) => Array.ConvertAll(losses, loss => loss != 0);
}
