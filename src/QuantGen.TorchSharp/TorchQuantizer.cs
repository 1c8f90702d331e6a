using QuantGen.Kernels;
using QuantGen.Quantization;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp;

/// <summary>The element-wise steps of the library's quantizers, as tensors: the same codes, bit for bit.</summary>
internal static class TorchQuantizer
{
    /// <summary>Rounds weights to centered codes, as <see cref="SchemeFit.Center"/> does.</summary>
    /// <param name="values">The weights.</param>
    /// <param name="scale">What a code of 1 stands for, in every row.</param>
    /// <param name="levels">Levels above zero, in every row.</param>
    public static Tensor Round(Tensor values, Tensor scale, Tensor levels) => (values / scale).nan_to_num(0.0).clamp_(-levels, levels).round_();

    /// <summary>Makes ternary codes, as <see cref="SchemeFit.Center"/> does.</summary>
    /// <param name="values">The weights.</param>
    /// <param name="threshold">The magnitude up to which values become 0, in every row.</param>
    public static Tensor Ternary(Tensor values, Tensor threshold) => where(values.abs().gt(threshold), values.sign(), zeros_like(values));

    /// <summary>Rounds activations to centered codes, as <see cref="ActivationParameters.Code"/> less the zero point.</summary>
    /// <param name="values">The activations.</param>
    /// <param name="mapping">The mapping.</param>
    public static Tensor Round(Tensor values, in ActivationParameters mapping) =>
        (values * mapping.Inverse).nan_to_num(0.0).clamp_(mapping.Lowest - mapping.ZeroPoint, mapping.Highest - mapping.ZeroPoint).round_();

    /// <summary>Rounds every row to centered codes by its own smallest and largest value, as <see cref="ActivationParameters.FromMinMax"/> says.</summary>
    /// <param name="rows">The activations.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <returns>The codes and what a code of 1 stands for in every row.</returns>
    public static (Tensor Codes, Tensor Scales) RoundRows(Tensor rows, int bits)
    {
        float highest = (1 << bits) - 1;
        Tensor low = rows.amin([1], keepdim: true).clamp(-ActivationParameters.Limit, 0f);
        Tensor high = rows.amax([1], keepdim: true).clamp(0f, ActivationParameters.Limit);
        Tensor scale = ((high - low) / highest).clamp_min(QuantizationParameters.SmallestScale);
        Tensor inverse = scale.reciprocal();
        Tensor zeroPoint = (-low * inverse).round().clamp_max(highest);
        return ((rows * inverse).nan_to_num(0.0).clamp_(-zeroPoint, highest - zeroPoint).round_(), scale);
    }

    /// <summary>Computes the derivative of quantized values with respect to their threshold, as <see cref="LsqQuantizer.AlphaSlope"/> does.</summary>
    /// <param name="shares">The values divided by the threshold.</param>
    /// <param name="codes">Their centered codes divided by the levels above zero.</param>
    /// <param name="isSigned">Whether half of the levels are below zero.</param>
    public static Tensor AlphaSlope(Tensor shares, Tensor codes, bool isSigned) =>
        where(IsInside(shares, isSigned), codes - shares, shares.clamp(isSigned ? -1f : 0f, 1f));

    /// <summary>Says which values a threshold does not clip.</summary>
    /// <param name="shares">The values divided by the threshold.</param>
    /// <param name="isSigned">Whether half of the levels are below zero.</param>
    public static Tensor IsInside(Tensor shares, bool isSigned) => shares.le(1f).logical_and(shares.ge(isSigned ? -1f : 0f));

    /// <summary>Gives codes, whose own derivative is zero everywhere, the gradients of what carries them: the straight-through estimator.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="carrier">Has the derivatives that the quantized values are to have.</param>
    /// <param name="scale">What a code of 1 stands for.</param>
    public static Tensor Through(Tensor codes, Tensor carrier, Tensor scale) => (carrier - carrier.detach()).div_(scale).add_(codes);
}
