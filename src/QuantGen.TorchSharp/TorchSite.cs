using QuantGen.Kernels;
using QuantGen.Schemes;
using QuantGen.Trainable;
using QuantGen.Trainable.Kernels;
using global::TorchSharp;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>A place where activations are quantized.</summary>
/// <param name="range">Where its ranges come from.</param>
/// <param name="alpha">The learned thresholds on the device, or null.</param>
internal sealed class TorchSite(SiteRange range, DeviceParameter? alpha)
{
    public SiteRange Range => range;

    /// <summary>Sets or moves the range by what a pass sees.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="values">The activations.</param>
    /// <param name="use">Which use.</param>
    public void Observe(TorchPass pass, Tensor values, int use)
    {
        if (pass.IsRepeated)
        {
            return;
        }

        if (range.TakesValues(pass.Purpose))
        {
            using DisposeScope scope = NewDisposeScope();
            range.Calibrate(HostMemory.Elements(values.detach().cpu().contiguous()), use);
        }
        else if (range.TakesLargest(pass.Purpose))
        {
            range.Follow(pass.Purpose, values.detach().abs().max().item<float>(), use);
        }
    }

    /// <summary>Sets or moves the range by attention probabilities, which have padding around them.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="probabilities">The probabilities.</param>
    /// <param name="count">How many are not padding.</param>
    /// <param name="use">Which use.</param>
    public void ObserveProbabilities(TorchPass pass, Tensor probabilities, int count, int use)
    {
        if (range.TakesValues(pass.Purpose) && !pass.IsRepeated)
        {
            float[] onHost = new float[count];
            pass.Places.CopyScores(probabilities, onHost);
            range.Calibrate(onHost, use);
        }
        else
        {
            Observe(pass, pass.Places.ClearQueries(probabilities), use);
        }
    }

    /// <summary>Quantizes activations.</summary>
    /// <param name="values">The activations.</param>
    /// <param name="elements">How many the whole batch has that are not padding.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="use">Which use.</param>
    public QuantizedInput Quantize(TorchPass pass, Tensor values, long elements, int use)
    {
        using DisposeScope scope = NewDisposeScope();
        QuantizedInput input = range.Side == ActivationSide.PerToken ? ByRows(values) : ByRange(pass, values, elements, use);
        scope.MoveToOuter(input.Codes, input.Scale);
        return input;
    }

    private QuantizedInput ByRows(Tensor values)
    {
        (Tensor codes, Tensor scales) = TorchQuantizer.RoundRows(values.detach(), range.Bits);
        return new QuantizedInput(TorchQuantizer.Through(codes, values, scales), scales);
    }

    private QuantizedInput ByRange(TorchPass pass, Tensor values, long elements, int use)
    {
        ActivationParameters mapping = pass.Mapping(range, use);
        Tensor scale = tensor(mapping.Scale, device: pass.Device);
        Tensor codes = TorchQuantizer.Round(values.detach(), mapping);
        return new QuantizedInput(TorchQuantizer.Through(codes, range.Side == ActivationSide.Learned ? Carrier(pass, values, codes, elements, use) : values,
            scale), scale);
    }

    // Values within the threshold pass their gradients, and those outside follow the threshold.
    private Tensor Carrier(TorchPass pass, Tensor values, Tensor codes, long elements, int use)
    {
        LearnedThreshold threshold = range.Threshold(use);
        Tensor shares = values.detach() / threshold.Alpha;
        Tensor slopes = TorchQuantizer.AlphaSlope(shares, codes * (1f / threshold.Levels), threshold.IsSigned) * (float)range.GradientFactor(elements);
        Tensor outside = TorchQuantizer.IsInside(shares, threshold.IsSigned).logical_not_();
        return values.masked_fill(outside, 0f).add_(alpha!.In(pass).select(0, use) * slopes);
    }
}
