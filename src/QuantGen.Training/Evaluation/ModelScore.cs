namespace QuantGen.Training.Evaluation;

/// <summary>What a model is worth on a data set.</summary>
/// <param name="Metric">The name of the metric that decides which parameters are kept.</param>
/// <param name="Value">That metric.</param>
/// <param name="HigherIsBetter">Whether more of it is better.</param>
/// <param name="All">All metrics, the deciding one included.</param>
public sealed record ModelScore(string Metric, double Value, bool HigherIsBetter, IReadOnlyList<KeyValuePair<string, double>> All)
{
    /// <summary>Says whether this score is better than another; equal ones are not, and anything is better than NaN.</summary>
    /// <param name="other">The other score of the same metric; null for none.</param>
    public bool IsBetterThan(ModelScore? other)
    {
        if (other is null || (double.IsNaN(other.Value) && !double.IsNaN(Value)))
        {
            return true;
        }

        return HigherIsBetter ? Value > other.Value : Value < other.Value;
    }
}
