using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.Trainable;
using QuantGen.Training.Packing;

namespace QuantGen.Training.PostTraining;

/// <summary>
/// Ranges of all operations of a student that rounds everything (FullyQT): moving averages of the smallest and the largest value of each batch it learns
/// from. They are parameters that no optimizer changes, so that states keep them.
/// </summary>
public sealed class RunningRanges
{
    private readonly ModelSpec _spec;
    private readonly ActivationSite[] _sites;
    private readonly Parameter[] _parameters;

    /// <summary>Makes the ranges, which begin with the first batch.</summary>
    /// <param name="spec">The student.</param>
    /// <exception cref="ArgumentException">It does not round everything.</exception>
    public RunningRanges(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec.IsRounded ? spec : throw new ArgumentException("The model has floats between its products.", nameof(spec));
        _sites = [.. spec.ActivationSites(), .. spec.AttentionSites(), .. spec.RoundingSites()];
        _parameters = Array.ConvertAll(_sites, site => 
            new Parameter(site.Name + ".range", ParameterKind.RunningRange, (2 * site.Buckets) + 1) { IsTrained = false });
        Shown = FullPrecision.Of(spec);
    }

    /// <summary>Gets the ranges: of each site the lower ends, then the upper ends, and 1 once a batch was seen.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Gets the model in floats that shows the first batch: the student cannot run without ranges.</summary>
    public ModelSpec Shown { get; }

    /// <summary>Lets the ranges follow a batch.</summary>
    /// <param name="session">The student, or <see cref="Shown"/>.</param>
    /// <param name="batch">The batch.</param>
    public void Follow(InferenceSession session, TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(batch);
        var extremes = new Extremes(_sites);
        session.Calibrate(batch.Ids, batch.Types, batch.Lengths(), extremes);
        for (int i = 0; i < _sites.Length; i++)
        {
            float[] ranges = _parameters[i].Values;
            int buckets = _sites[i].Buckets;
            for (int bucket = 0; bucket < buckets; bucket++)
            {
                ref float low = ref ranges[bucket];
                ref float high = ref ranges[buckets + bucket];
                (float Low, float High) found = extremes.Found[i][bucket];
                (low, high) = MovingRange.Next(ranges[^1] == 0 ? null : (low, high), (_sites[i].IsNeverNegative ? 0f : found.Low, found.High));
            }

            ranges[^1] = 1f;
        }
    }

    /// <summary>Adds the ranges to the student's packed form.</summary>
    /// <param name="builder">The packed form.</param>
    public void AddTo(PackedModelBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var recipe = new Recipe { Scheme = Scheme.FullyQt };
        Dictionary<string, QuantizationParameters[]> ranges = _sites.Zip(_parameters).ToDictionary(
            pair => pair.First.Name, pair => Ranges(pair.First, pair.Second.Values, recipe), StringComparer.Ordinal);
        RoundedRanges.AddTo(builder, _spec, site => ranges[site]);
    }

    private QuantizationParameters[] Ranges(ActivationSite site, float[] ends, Recipe recipe)
    {
        var mapping = new SiteMapping(_spec, site, recipe);
        return [.. Enumerable.Range(0, site.Buckets).Select(bucket => mapping.Of(new QuantizationRange(ends[bucket], ends[site.Buckets + bucket])))];
    }

    private sealed class Extremes(ActivationSite[] sites) : IActivationObserver
    {
        public (float Low, float High)[][] Found { get; } =
            Array.ConvertAll(sites, site => Enumerable.Repeat((float.PositiveInfinity, float.NegativeInfinity), site.Buckets).ToArray());

        public void Observe(int site, int use, ReadOnlySpan<float> values)
        {
            (float Low, float High)[] found = Found[site];
            if (found.Length == 1)
            {
                Add(ref found[0], RangeEstimator.FiniteExtremes(values));
                return;
            }

            for (int i = 0; i < found.Length; i++)
            {
                Add(ref found[i], RangeEstimator.FiniteExtremes(values.Slice(i, 1)));
            }
        }

        private static void Add(ref (float Low, float High) range, (float Low, float High) values) =>
            range = (MathF.Min(range.Low, values.Low), MathF.Max(range.High, values.High));
    }
}
