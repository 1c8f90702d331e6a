using System.Runtime.InteropServices;
using QuantGen.Execution;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Training.Data;
using QuantGen.Training.Evaluation;

namespace QuantGen.Training.PostTraining;

/// <summary>Finds static activation ranges by running texts through the full-precision model.</summary>
/// <remarks>Every place of the model has a streaming observer, so memory does not grow with the number of texts.</remarks>
public static class ActivationCalibrator
{
    /// <summary>Calibrates.</summary>
    /// <param name="session">
    /// The full-precision model of the checkpoint that is to be quantized; with the attention bits of <paramref name="target"/>, so
    /// that it shows attention's operands.
    /// </param>
    /// <param name="target">The model to make.</param>
    /// <param name="data">Texts like those the model will see; labels are not used.</param>
    /// <param name="file">What messages call the data.</param>
    /// <param name="options">How many rows, which ones, and how ranges are found.</param>
    /// <param name="cancellation">Stops the work between two batches.</param>
    /// <returns>Scale and zero point, or center, of every use of every activation site, by the site's name.</returns>
    /// <exception cref="DataFormatException">A row is longer than the model takes and no maximum length was given.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>> Calibrate(
        InferenceSession session, ModelSpec target, TsvDataset data, string file, CalibrationOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Samples, 1, nameof(CalibrationOptions.Samples));
        return Calibrate(
            session, target, Batches(new EncodedRows(session, file, options.MaxLength), data, options), Math.Min(options.Samples, data.Rows.Count),
            options.Recipe, options.Progress, cancellation);
    }

    /// <summary>Lists the places of a model whose ranges are stored in its file.</summary>
    /// <param name="spec">The model.</param>
    public static IEnumerable<ActivationSite> SitesOf(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return (spec.ActivationRange == ActivationRange.Static ? spec.ActivationSites().Where(site => site.IsQuantized) : []).Concat(spec.AttentionSites())
            .Concat(spec.IsRounded ? spec.RoundingSites() : []);
    }

    /// <summary>Calibrates with texts that are encoded already.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<QuantizationParameters>> Calibrate(
        InferenceSession session, ModelSpec target, IEnumerable<RowBatch> batches, double rows, Recipe recipe, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, QuantizationRange[]> ranges = Ranges(session, target, batches, rows, recipe, progress, cancellation);
        return SitesOf(target).ToDictionary(
            site => site.Name,
            site => (IReadOnlyList<QuantizationParameters>)Array.ConvertAll(ranges[site.Name], new SiteMapping(target, site, recipe).Of),
            StringComparer.Ordinal);
    }

    /// <summary>Finds the ranges themselves, of every use of every place.</summary>
    internal static IReadOnlyDictionary<string, QuantizationRange[]> Ranges(
        InferenceSession session, ModelSpec target, IEnumerable<RowBatch> batches, double rows, Recipe recipe, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        if (session.Spec.AttentionBits != target.AttentionBits)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"The model that runs has {session.Spec.AttentionBits}-bit attention, and {target.AttentionBits} bits are wanted."),
                nameof(session));
        }

        ActivationSite[] sites = [.. session.Spec.ActivationSites(), .. session.Spec.AttentionSites(), .. session.Spec.RoundingSites()];
        HashSet<string> ofOneBit = target.HasBitActivations ? [.. target.ActivationSites().Select(site => site.Name)] : [];
        var observers = new SiteObservers(sites, site => Observer(site, ofOneBit.Contains(site.Name), target.IsRounded, recipe.Clipping));
        int done = 0;
        foreach (RowBatch batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            session.Calibrate(
                CollectionsMarshal.AsSpan(batch.Ids), CollectionsMarshal.AsSpan(batch.Types), CollectionsMarshal.AsSpan(batch.Lengths), observers);
            done += batch.Rows.Count;
            progress?.Report(done / rows);
        }

        return SitesOf(target).ToDictionary(
            site => site.Name,
            site => observers.Ranges(Array.FindIndex(sites, seen => seen.Name == site.Name), new SiteMapping(target, site, recipe).Bits),
            StringComparer.Ordinal);
    }

    /// <summary>Draws rows and groups them into batches of the model's tokens.</summary>
    internal static IEnumerable<RowBatch> Batches(EncodedRows rows, TsvDataset data, CalibrationOptions options) =>
        rows.Batches(data.Rows, Sample(data.Rows.Count, options), options.BatchTokens);

    // Rows are drawn without replacement; the order they are seen in does not matter to an observer, so the file's own is kept.
    private static int[] Sample(int count, CalibrationOptions options)
    {
        int[] rows = [.. Enumerable.Range(0, count)];
        if (options.Samples >= count)
        {
            return rows;
        }

        new Random(options.Seed).Shuffle(rows);
        int[] chosen = rows[..options.Samples];
        Array.Sort(chosen);
        return chosen;
    }

    private static IRangeObserver Observer(ActivationSite site, bool isOneBit, bool isOffset, Clipping clipping) => clipping switch
    {
        // A column has too few values for anything but their extremes.
        _ when isOffset => new OffsetObserver(
            Observer(site, isOneBit, isOffset: false, site.Buckets > 1 ? Clipping.MinMax : clipping), site.IsNeverNegative),
        _ when isOneBit => new MeanObserver(!site.IsOneSided),
        Clipping.MinMax => new MinMaxObserver(),
        Clipping.Percentile => new PercentileObserver(),
        _ => new MseObserver(),
    };

    private sealed class SiteObservers(IReadOnlyList<ActivationSite> sites, Func<ActivationSite, IRangeObserver> create) : IActivationObserver
    {
        private readonly IRangeObserver[][] _observers =
            [.. sites.Select(site => Enumerable.Range(0, site.Uses * site.Buckets).Select(_ => create(site)).ToArray())];

        public void Observe(int site, int use, ReadOnlySpan<float> values)
        {
            int buckets = sites[site].Buckets;
            if (buckets == 1)
            {
                _observers[site][use].Observe(values);
                return;
            }

            for (int i = 0; i < buckets; i++)
            {
                _observers[site][(use * buckets) + i].Observe(values.Slice(i, 1));
            }
        }

        public QuantizationRange[] Ranges(int index, int bits) => Array.ConvertAll(_observers[index], observer => observer.Range(bits));
    }
}
