using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Weights between their two nearest codes; what is learned is to which of them each one goes.</summary>
internal sealed class RoundingWeights : WeightQuantizer
{
    // Entries of the table of the indecision's slopes: a power for every weight and step would take longer than the products.
    private const int TableSize = 1024;

    private readonly QuantizedMatrix _grid;
    private readonly RoundingSpans _spans;
    private readonly float[] _rowScales;
    private readonly float[] _floors;
    private readonly float[] _shares;
    private readonly float[] _slopes = new float[TableSize + 2];

    /// <summary>Begins with variables whose soft weights are the weights themselves, or on the side of codes that were found already.</summary>
    /// <param name="weight">The weights in floats, which stay as they are.</param>
    /// <param name="grid">Scales, zero points and widths of 2 bits or more.</param>
    /// <param name="startsAtCodes">Whether the grid's codes are where to begin.</param>
    /// <param name="threads">The most threads.</param>
    public RoundingWeights(Parameter weight, QuantizedMatrix grid, bool startsAtCodes, int threads)
        : base(weight)
    {
        _grid = grid;
        _spans = new RoundingSpans(grid, threads);
        _rowScales = new float[grid.Rows];
        Array.Fill(_rowScales, 1f);
        weight.IsTrained = false;
        Choices = new Parameter(weight.Name + "_choices", ParameterKind.Weight, grid.Rows, grid.Columns);
        _floors = new float[weight.Values.Length];
        _shares = new float[weight.Values.Length];
        _spans.Each(span =>
        {
            for (int at = span.First; at < span.First + span.Count; at++)
            {
                float scaled = weight.Values[at] / span.Scale;
                (_floors[at], float share) = startsAtCodes ? Beside(scaled, grid.Codes[at] - span.ZeroPoint)
                    : (MathF.Floor(scaled), scaled - MathF.Floor(scaled));
                Choices.Values[at] = RectifiedSigmoid.Inverse(share);
            }
        });
    }

    /// <summary>Gets the variables.</summary>
    public Parameter Choices { get; }

    /// <summary>Gets ones: soft weights have their scales already, and a layer with factors reads codes of activations.</summary>
    public override float[] RowScales => _rowScales;

    /// <summary>Gets or sets the exponent of the indecision; 0 leaves it out of the gradients.</summary>
    public float Beta { get; set; }

    /// <summary>Gets or sets the weight of the indecision in the gradients.</summary>
    public float IndecisionWeight { get; set; }

    /// <summary>Gets or sets whether the present choices are final.</summary>
    public bool IsHard { get; set; }

    public override void Initialize()
    {
    }

    public override void Prepare() => _spans.Each(span =>
    {
        if (IsHard)
        {
            for (int at = span.First; at < span.First + span.Count; at++)
            {
                Values[at] = Math.Clamp(_floors[at] + Up(at), span.Lowest, span.Highest) * span.Scale;
            }
        }
        else if (LanesChoice.Use512)
        {
            Soften<Lanes512>(span);
        }
        else if (LanesChoice.Use256)
        {
            Soften<Lanes256>(span);
        }
        else if (LanesChoice.Use128)
        {
            Soften<Lanes128>(span);
        }
        else
        {
            Soften<LanesScalar>(span);
        }
    });

    /// <summary>Adds the gradients of this pass, and those of the indecision times its weight.</summary>
    public override void Finish()
    {
        if (Beta > 0f)
        {
            FillSlopes();
        }

        _spans.Each(Add);
    }

    /// <summary>Gets the codes that the choices lead to.</summary>
    public QuantizedMatrix Codes()
    {
        byte[] codes = new byte[_floors.Length];
        _spans.Each(span =>
        {
            for (int at = span.First; at < span.First + span.Count; at++)
            {
                codes[at] = (byte)((int)Math.Clamp(_floors[at] + Up(at), span.Lowest, span.Highest) + span.ZeroPoint);
            }
        });
        return new QuantizedMatrix(_grid.Grouping, _grid.GroupBits, codes, _grid.Scales, _grid.ZeroPoints);
    }

    // Halfway between the code and the weight, as far as the two codes reach that hold the one and are nearest to the other.
    private static (float Floor, float Share) Beside(float scaled, int code)
    {
        float floor = scaled < code ? code - 1f : code;
        float fraction = Math.Clamp(scaled - floor, 0f, 1f);
        return (floor, floor == code ? 0.45f * fraction : 1f - (0.45f * (1f - fraction)));
    }

    private float Up(int at) => Choices.Values[at] >= 0f ? 1f : 0f;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private void Soften<TLanes>(RoundingSpans.Span span)
        where TLanes : struct, ILanes<TLanes>
    {
        ref float choices = ref Choices.Values[span.First];
        ref float floors = ref _floors[span.First];
        ref float shares = ref _shares[span.First];
        ref float values = ref Values[span.First];
        TLanes lowest = TLanes.Broadcast(span.Lowest);
        TLanes highest = TLanes.Broadcast(span.Highest);
        TLanes scale = TLanes.Broadcast(span.Scale);
        for (int i = 0; i < span.Count; i += 16)
        {
            int count = Math.Min(16, span.Count - i);
            TLanes share = RectifiedSigmoid.Compute(LanesTail.LoadUpTo<TLanes>(ref choices, i, count));
            TLanes code = TLanes.Min(highest, TLanes.Max(lowest, LanesTail.LoadUpTo<TLanes>(ref floors, i, count) + share));
            LanesTail.StoreUpTo(share, ref shares, i, count);
            LanesTail.StoreUpTo(code * scale, ref values, i, count);
        }
    }

    private void FillSlopes()
    {
        for (int i = 0; i <= TableSize; i++)
        {
            _slopes[i] = IndecisionWeight * RectifiedSigmoid.IndecisionSlope((float)i / TableSize, Beta);
        }

        _slopes[TableSize + 1] = _slopes[TableSize];
    }

    private void Add(RoundingSpans.Span span)
    {
        for (int at = span.First; at < span.First + span.Count; at++)
        {
            float share = _shares[at];
            float slope = RectifiedSigmoid.Slope(share);
            float code = _floors[at] + share;
            float gradient = code >= span.Lowest && code <= span.Highest ? Gradients[at] * span.Scale : 0f;
            if (Beta > 0f)
            {
                float place = share * TableSize;
                int entry = (int)place;
                gradient += _slopes[entry] + ((place - entry) * (_slopes[entry + 1] - _slopes[entry]));
            }

            Choices.Gradients[at] += gradient * slope;
        }
    }
}
