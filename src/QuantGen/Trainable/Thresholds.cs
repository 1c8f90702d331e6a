using QuantGen.Lanes;
using QuantGen.Quantization;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Trainable;

/// <summary>How learned thresholds begin and what their gradients are.</summary>
internal static class Thresholds
{
    /// <summary>The first threshold of weights where experience sets it.</summary>
    public const float WeightExperience = 4f;

    /// <summary>The first threshold of activations where experience sets it.</summary>
    public const float ActivationExperience = 16f;

    public static float Initial(ScaleInitialization how, ReadOnlySpan<float> values, int levels, float experience) => how switch
    {
        ScaleInitialization.Truncation => AlgorithmOne.Threshold(values),
        ScaleInitialization.Experience => experience,
        _ => LsqQuantizer.MeanMagnitudeAlpha(values, levels),
    };

    /// <summary>Returns what the gradient of a threshold is multiplied by.</summary>
    public static double GradientFactor(TrainableOptions options, long elements, int levels) =>
        options.ScaleGradientFactor ? 1.0 / Math.Sqrt((double)elements * levels) : 1.0;

    /// <summary>Sums the gradient of a threshold over neighbouring values, in sixteen lanes.</summary>
    public static float Gradient(ref float values, ref float centered, ref float gradient, int count, in LearnedThreshold threshold, bool masks) =>
        LanesChoice.Use512 ? CenteredCodes.ThresholdGradient<Lanes512>(ref values, ref centered, ref gradient, count, threshold, masks)
        : LanesChoice.Use256 ? CenteredCodes.ThresholdGradient<Lanes256>(ref values, ref centered, ref gradient, count, threshold, masks)
        : LanesChoice.Use128 ? CenteredCodes.ThresholdGradient<Lanes128>(ref values, ref centered, ref gradient, count, threshold, masks)
        : CenteredCodes.ThresholdGradient<LanesScalar>(ref values, ref centered, ref gradient, count, threshold, masks);

    /// <summary>Sums it over many values: parts of 1,024 in lanes, and those in double, in order.</summary>
    public static double LongGradient(ref float values, ref float centered, ref float gradient, long count, in LearnedThreshold threshold)
    {
        const int Part = 1024;
        double sum = 0;
        for (long start = 0; start < count; start += Part)
        {
            int length = (int)Math.Min(Part, count - start);
            sum += Gradient(
                ref System.Runtime.CompilerServices.Unsafe.Add(ref values, (nint)start),
                ref System.Runtime.CompilerServices.Unsafe.Add(ref centered, (nint)start),
                ref System.Runtime.CompilerServices.Unsafe.Add(ref gradient, (nint)start), length, threshold, masks: false);
        }

        return sum;
    }
}
