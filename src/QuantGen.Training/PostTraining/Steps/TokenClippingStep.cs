using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Quantization;
using QuantGen.Training.Evaluation;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Finds ranges of activations for which the outputs stay: first one share of tokens to keep for all places, then each end alone.</summary>
/// <remarks>
/// Wei et al., Outlier Suppression, NeurIPS 2022. Beside the shares the ranges by the recipe's clipping are tried. The paper's second stage learns scales by
/// gradients of a model that imitates rounding; here each end of each range is moved in turn, and stays moved where the outputs of the model that is made come
/// nearer, so that no loss grows.
/// </remarks>
/// <param name="values">The settings.</param>
internal sealed class TokenClippingStep(StepValues values) : IRecipeStep
{
    private const string Curve = "Token-wise clipping: the loss of outputs over thousandths of tokens that are clipped";

    private readonly double _span = values.Get("range");
    private readonly int _epochs = values.GetWhole("epochs");
    private readonly double _rate = values.Get("rate");

    /// <summary>What the step may be told: how far below 1 shares go (0 for what suits the bits), passes over all ends, and by how much these move in
    /// the first, half of it in the next.</summary>
    public static StepOption[] Options { get; } =
    [
        new("range", 0, 0, 0.99), new("epochs", 3, 0, 100, IsWhole: true), new("rate", 0.4, 1e-4, 0.5),
    ];

    public void Run(RecipeState state, IProgress<double>? progress, CancellationToken cancellation)
    {
        Place[] places = [.. ActivationCalibrator.SitesOf(state.Target).SelectMany(site => Enumerable.Range(0, site.Uses).Select(use => new Place(
            site.Name, use, new SiteMapping(state.Target, site, state.Recipe))))];
        TokenExtremes extremes = Collect(state, cancellation);
        var loss = new OutputLoss(state, cancellation);
        double step = TokenClipping.Step(state.Texts.Options.BatchTokens);
        int shares = TokenClipping.Count(_span > 0 ? _span : TokenClipping.UsualSpan(places.Min(place => place.Mapping.Bits)), step);
        double total = shares + (_epochs * places.Length * 4.0);
        QuantizationRange[] byRule = ByRule(state, places, cancellation);
        var best = (Loss: loss.Of(Ranges(places, byRule), cancellation), Ranges: byRule);
        for (int i = 0; i < shares; i++)
        {
            double alpha = 1 - (i * step);
            QuantizationRange[] tried = Array.ConvertAll(places, place => extremes.Range(place.Site, place.Use, alpha));
            double found = loss.Of(Ranges(places, tried), cancellation);
            state.AddPoint(Curve, (long)Math.Round(i * step * 1000), found);
            best = found < best.Loss ? (found, tried) : best;
            progress?.Report((i + 1) / total);
        }

        for (int epoch = 0; epoch < _epochs; epoch++)
        {
            double rate = _rate / (1 << Math.Min(epoch, 30));
            int before = shares + (epoch * places.Length * 4);
            best = Move(best, places, rate, tried => loss.Of(Ranges(places, tried), cancellation), done => progress?.Report((before + done) / total));
        }

        foreach ((string site, IReadOnlyList<QuantizationParameters> uses) in Ranges(places, best.Ranges))
        {
            state.SetRange(site, uses);
        }
    }

    // Each end goes in by the rate, or where that does not help, out.
    private static (double Loss, QuantizationRange[] Ranges) Move(
        (double Loss, QuantizationRange[] Ranges) best, Place[] places, double rate, Func<QuantizationRange[], double> loss, Action<int> report)
    {
        for (int i = 0; i < places.Length; i++)
        {
            foreach (bool isLow in (ReadOnlySpan<bool>)[true, false])
            {
                double start = best.Loss;
                foreach (double factor in (ReadOnlySpan<double>)[1 - rate, 1 + rate])
                {
                    QuantizationRange own = best.Ranges[i];
                    QuantizationRange moved = isLow ? own with { Low = (float)(own.Low * factor) } : own with { High = (float)(own.High * factor) };
                    if (best.Loss == start && places[i].Mapping.Of(moved) != places[i].Mapping.Of(own))
                    {
                        QuantizationRange[] tried = [.. best.Ranges];
                        tried[i] = moved;
                        double found = loss(tried);
                        best = found < best.Loss ? (found, tried) : best;
                    }
                }
            }

            report((i + 1) * 4);
        }

        return best;
    }

    private static QuantizationRange[] ByRule(RecipeState state, Place[] places, CancellationToken cancellation)
    {
        IReadOnlyList<RowBatch> batches = state.Batches(cancellation);
        IReadOnlyDictionary<string, QuantizationRange[]> ranges = ActivationCalibrator.Ranges(
            state.Original(cancellation), state.Target, batches, batches.Sum(batch => batch.Rows.Count), state.Recipe, progress: null, cancellation);
        return Array.ConvertAll(places, place => ranges[place.Site][place.Use]);
    }

    private static TokenExtremes Collect(RecipeState state, CancellationToken cancellation)
    {
        InferenceSession session = state.Original(cancellation);
        var extremes = new TokenExtremes(session.Spec.ActivationSites().Concat(session.Spec.AttentionSites()));
        foreach (RowBatch batch in state.Batches(cancellation))
        {
            extremes.BeginBatch();
            session.Calibrate(
                CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), extremes, cancellation);
        }

        return extremes;
    }

    // Uses of a site follow each other.
    private static Dictionary<string, IReadOnlyList<QuantizationParameters>> Ranges(Place[] places, QuantizationRange[] ranges) =>
        places.Zip(ranges, (place, range) => (place.Site, Parameters: place.Mapping.Of(range))).GroupBy(use => use.Site)
            .ToDictionary(site => site.Key, site => (IReadOnlyList<QuantizationParameters>)[.. site.Select(use => use.Parameters)], StringComparer.Ordinal);

    private sealed record Place(string Site, int Use, SiteMapping Mapping);
}
