using QuantGen.Execution;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Keeps the largest and the smallest value of every token at every place, batch by batch.</summary>
/// <remarks>A head's share of a query, key or value counts as a token.</remarks>
internal sealed class TokenExtremes : IActivationObserver
{
    private readonly ActivationSite[] _sites;
    private readonly List<(List<float> Highs, List<float> Lows)>[][] _batches;

    /// <summary>Begins without any batch.</summary>
    /// <param name="sites">The places of the model that runs, in its order.</param>
    public TokenExtremes(IEnumerable<ActivationSite> sites)
    {
        _sites = [.. sites];
        _batches = [.. _sites.Select(site => Enumerable.Range(0, site.Uses).Select(_ => new List<(List<float>, List<float>)>()).ToArray())];
    }

    /// <summary>Says that what is seen next is of another batch.</summary>
    public void BeginBatch()
    {
        foreach (List<(List<float>, List<float>)> use in _batches.SelectMany(uses => uses))
        {
            use.Add(([], []));
        }
    }

    public void Observe(int site, int use, ReadOnlySpan<float> values)
    {
        (float low, float high) = RangeEstimator.FiniteExtremes(values);
        (List<float> highs, List<float> lows) = _batches[site][use][^1];
        highs.Add(high);
        lows.Add(low);
    }

    /// <summary>Gets the range of a place: the mean of those of the batches. Probabilities are not clipped.</summary>
    /// <param name="name">The place's name.</param>
    /// <param name="use">Which use.</param>
    /// <param name="alpha">The share of tokens that each batch keeps.</param>
    public QuantizationRange Range(string name, int use, double alpha)
    {
        int site = Array.FindIndex(_sites, seen => seen.Name == name);
        alpha = _sites[site].IsProbabilities ? 1 : alpha;
        double sumLow = 0;
        double sumHigh = 0;
        int count = 0;
        foreach ((List<float> highs, List<float> lows) in _batches[site][use].Where(batch => batch.Highs.Count > 0))
        {
            (float low, float high) = TokenClipping.Clip([.. highs], [.. lows], alpha);
            sumLow += low;
            sumHigh += high;
            count++;
        }

        return count == 0
            ? throw new InvalidOperationException("No value was observed, so there is no range.")
            : new QuantizationRange(MathF.Min((float)(sumLow / count), 0f), MathF.Max((float)(sumHigh / count), 0f));
    }
}
