using QuantGen.Quantization;
using QuantGen.Trainable;
using QuantGen.Trainable.Kernels;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>How some rows of a weight become codes: what the library found for their groups, on the device, a number for every row.</summary>
internal sealed class RowFits
{
    private readonly QuantizedParameter _parameter;
    private readonly int[] _groups;
    private readonly int[] _groupOfRow;
    private readonly Device _device;
    private readonly SchemeFit[] _fits;
    private readonly Tensor _levels;

    /// <summary>Fits the groups of the rows.</summary>
    /// <param name="parameter">The weight.</param>
    /// <param name="rows">The rows, ascending.</param>
    /// <param name="device">The device.</param>
    public RowFits(QuantizedParameter parameter, int[] rows, Device device)
    {
        _parameter = parameter;
        _device = device;
        _groups = [.. rows.Select(parameter.GroupOf).Distinct()];
        _fits = [.. _groups.Select(parameter.Fit)];
        var places = _groups.Select((group, place) => (group, place)).ToDictionary(pair => pair.group, pair => pair.place);
        _groupOfRow = [.. rows.Select(row => places[parameter.GroupOf(row)])];
        Scale = Column(place => _fits[place].Scale);
        _levels = Column(place => _fits[place].Levels);
    }

    /// <summary>Gets what a code of 1 stands for in every row.</summary>
    public Tensor Scale { get; }

    /// <summary>Makes centered codes with the gradients of the quantized values.</summary>
    /// <param name="values">The rows.</param>
    /// <param name="alpha">The learned thresholds of all groups, or null.</param>
    public Tensor Center(Tensor values, Tensor? alpha)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor codes = Codes(values.detach());
        return scope.MoveToOuter(TorchQuantizer.Through(codes, alpha is null ? values : values + Moved(values.detach(), codes, alpha), Scale));
    }

    /// <summary>Makes centered codes.</summary>
    /// <param name="values">The rows.</param>
    public Tensor Codes(Tensor values)
    {
        bool rounds = _fits.Any(fit => fit.Threshold < 0f);
        if (_fits.All(fit => fit.Threshold < 0f))
        {
            return TorchQuantizer.Round(values, Scale, _levels);
        }

        Tensor thresholds = Column(place => _fits[place].Threshold);
        Tensor ternary = TorchQuantizer.Ternary(values, thresholds);
        return rounds ? where(thresholds.lt(0f), TorchQuantizer.Round(values, Scale, _levels), ternary) : ternary;
    }

    // What a change of the thresholds does to the quantized values: the thresholds times constant slopes.
    private Tensor Moved(Tensor values, Tensor codes, Tensor alpha)
    {
        LearnedThreshold[] thresholds = [.. _groups.Select(_parameter.Threshold)];
        Tensor shares = values / Column(place => thresholds[place].Alpha);
        Tensor slopes = TorchQuantizer.AlphaSlope(shares, codes * Column(place => 1f / thresholds[place].Levels), isSigned: true);
        double[] factors = [.. _groups.Select(_parameter.GradientFactor)];
        if (factors.Any(factor => factor != 1.0))
        {
            slopes = slopes * Column(place => (float)factors[place]);
        }

        return (alpha.numel() == 1 ? alpha : alpha.index_select(0, Index())).view(-1, 1) * slopes;
    }

    private Tensor Index() => tensor(Array.ConvertAll(_groupOfRow, place => (long)_groups[place]), device: _device);

    private Tensor Column(Func<int, float> ofGroup)
    {
        float[] values = [.. _groupOfRow.Select(ofGroup)];
        return tensor(values, device: _device).view(-1, 1);
    }
}
