using QuantGen.Graph;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds the ranges of a model without floats: of each kind of place those of the rule for which the outputs stay nearest.</summary>
/// <remarks>
/// Everything such a model computes has a scale that is stored (I-BERT; algorithms.md 9.1), and which rule suits a place depends on what is computed with its
/// codes. The model that is made really runs, in integers: first with the ranges of each rule everywhere, then with those of another rule for one kind of
/// place after the other, of all layers together. A change stays where outputs come nearer to those of the full-precision model, so that no loss grows.
/// </remarks>
internal sealed class IntegerOnlyStep : IRecipeStep
{
    private static readonly Clipping[] s_rules = [Clipping.Mse, Clipping.Percentile, Clipping.MinMax];

    /// <summary>Says what is wrong with a model for this step; null when nothing is.</summary>
    public static string? Refusal(ModelSpec spec) => spec.IsInteger ? null : "the model has floats between its products; use --numerics integer";

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        Ranges[] byRule = [.. s_rules.Select(rule => ByRule(state, rule, cancellation))];
        string[] kinds = [.. byRule[0].Keys.Select(KindOf).Distinct()];
        var loss = new OutputLoss(state, cancellation);
        double total = byRule.Length * (1.0 + kinds.Length);
        int done = 0;
        double Try(Ranges ranges)
        {
            double found = loss.Of(ranges, cancellation);
            progress?.Report(++done / total);
            return found;
        }

        (double Loss, Ranges Ranges) best = byRule.Select(ranges => (Loss: Try(ranges), Ranges: ranges)).MinBy(tried => tried.Loss);
        foreach (string kind in kinds)
        {
            foreach (Ranges other in byRule)
            {
                var mixed = new Ranges(best.Ranges.ToDictionary(
                    place => place.Key, place => KindOf(place.Key) == kind ? other[place.Key] : place.Value, StringComparer.Ordinal));
                double found = mixed.SequenceEqual(best.Ranges) ? double.MaxValue : Try(mixed);
                best = found < best.Loss ? (found, mixed) : best;
            }
        }

        foreach ((string site, IReadOnlyList<QuantizationParameters> uses) in best.Ranges)
        {
            state.SetRange(site, uses);
        }
    }

    // A place's name without its layer.
    private static string KindOf(string site) => LayerNames.Split(site, out _, out string part) ? part : site;

    private static Ranges ByRule(RecipeState state, Clipping rule, CancellationToken cancellation)
    {
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        return new Ranges(ActivationCalibrator.Calibrate(
            state.Original(cancellation), state.Target, batches, batches.Sum(batch => batch.Rows.Count), state.Recipe with { Clipping = rule }, progress: null,
            cancellation));
    }

    /// <summary>Ranges of every use of every place, by its name.</summary>
    private sealed class Ranges(IEnumerable<KeyValuePair<string, IReadOnlyList<QuantizationParameters>>> ranges)
        : Dictionary<string, IReadOnlyList<QuantizationParameters>>(ranges, StringComparer.Ordinal);
}
