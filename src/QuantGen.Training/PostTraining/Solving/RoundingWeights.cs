using QuantGen.Files;
using QuantGen.Quantization;
using QuantGen.Trainable;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Weights between their two nearest codes; what is learned is to which of them each one goes.</summary>
internal sealed class RoundingWeights : WeightQuantizer
{
    private const int RowsAtOnce = 64;

    private readonly QuantizedMatrix _grid;
    private readonly float[] _rowScales;
    private readonly int[] _floors;
    private readonly int _threads;

    /// <summary>Begins with variables whose soft weights are the weights themselves.</summary>
    /// <param name="weight">The weights in floats, which stay as they are.</param>
    /// <param name="grid">Scales, zero points and widths of 2 bits or more; its codes are not used.</param>
    /// <param name="threads">The most threads.</param>
    public RoundingWeights(Parameter weight, QuantizedMatrix grid, int threads)
        : base(weight)
    {
        _grid = grid;
        _threads = threads;
        _rowScales = new float[grid.Rows];
        Array.Fill(_rowScales, 1f);
        weight.IsTrained = false;
        Choices = new Parameter(weight.Name + "_choices", ParameterKind.Weight, grid.Rows, grid.Columns);
        _floors = new int[weight.Values.Length];
        Each((at, parameters, _) =>
        {
            float scaled = weight.Values[at] / parameters.Scale;
            float floor = MathF.Floor(scaled);
            _floors[at] = (int)Math.Clamp(floor, short.MinValue, short.MaxValue);
            Choices.Values[at] = RectifiedSigmoid.Inverse(scaled - floor);
        });
    }

    /// <summary>Gets the variables.</summary>
    public Parameter Choices { get; }

    /// <summary>Gets ones: soft weights have their scales already, and a layer with factors reads codes of activations.</summary>
    public override float[] RowScales => _rowScales;

    /// <summary>Gets or sets the exponent of the indecision; 0 leaves it out of the gradients.</summary>
    public float Beta { get; set; }

    /// <summary>Gets or sets whether the present choices are final.</summary>
    public bool IsHard { get; set; }

    public override void Initialize()
    {
    }

    public override void Prepare() => Each((at, parameters, range) =>
    {
        float share = IsHard ? (Choices.Values[at] >= 0f ? 1f : 0f) : RectifiedSigmoid.Share(Choices.Values[at]);
        Values[at] = Math.Clamp(_floors[at] + share, range.Lowest - parameters.ZeroPoint, range.Highest - parameters.ZeroPoint) * parameters.Scale;
    });

    public override void Finish() => Finish(0f);

    /// <summary>Adds the gradients of this pass, and those of the indecision times a weight.</summary>
    public void Finish(float indecisionWeight) => Each((at, parameters, range) =>
    {
        (float share, float slope) = RectifiedSigmoid.WithSlope(Choices.Values[at]);
        if (slope == 0f)
        {
            return;
        }

        float code = _floors[at] + share;
        bool isInside = code >= range.Lowest - parameters.ZeroPoint && code <= range.Highest - parameters.ZeroPoint;
        float gradient = isInside ? Gradients[at] * parameters.Scale * slope : 0f;
        Choices.Gradients[at] += gradient + (Beta > 0f ? indecisionWeight * RectifiedSigmoid.IndecisionSlope(share, slope, Beta) : 0f);
    });

    /// <summary>Gets the codes that the choices lead to.</summary>
    public QuantizedMatrix Codes()
    {
        byte[] codes = new byte[_floors.Length];
        Each((at, parameters, range) =>
            codes[at] = (byte)Math.Clamp(_floors[at] + (Choices.Values[at] >= 0f ? 1 : 0) + parameters.ZeroPoint, range.Lowest, range.Highest));
        return new QuantizedMatrix(_grid.Grouping, _grid.GroupBits, codes, _grid.Scales, _grid.ZeroPoints);
    }

    private void Each(Action<int, QuantizationParameters, CodeRange> act)
    {
        int groups = _grid.Grouping.Count;
        int perItem = Math.Max(1, groups / RowsAtOnce);
        LoadLoop.Run(_threads, (groups + perItem - 1) / perItem, item =>
        {
            for (int group = item * perItem; group < Math.Min(groups, (item + 1) * perItem); group++)
            {
                (int start, int length) = _grid.Grouping.Elements(group);
                QuantizationParameters parameters = _grid.Parameters(group);
                CodeRange range = CodeRange.For(_grid.Mapping, _grid.BitsOf(group));
                for (int at = start; at < start + length; at++)
                {
                    act(at, parameters, range);
                }
            }
        });
    }
}
