using System.Runtime.InteropServices;
using QuantGen.Trainable;

namespace QuantGen.Training.Optimization;

/// <summary>The numbers of one step for one parameter, rounded once.</summary>
/// <param name="GradientFactor">What gradients are multiplied by, to clip them.</param>
/// <param name="Beta1">How much of the first moment stays.</param>
/// <param name="NewShare1">How much of the gradient enters the first moment.</param>
/// <param name="Beta2">How much of the second moment stays.</param>
/// <param name="NewShare2">How much of the squared gradient enters the second moment.</param>
/// <param name="StepSize">What the update is multiplied by: the learning rate over the correction of the first moment.</param>
/// <param name="SecondFactor">What the root of the second moment is multiplied by: its correction.</param>
/// <param name="Epsilon">What is added to the corrected root.</param>
/// <param name="Kept">What a value is multiplied by first: decoupled decay.</param>
internal readonly record struct AdamCoefficients(
    float GradientFactor, float Beta1, float NewShare1, float Beta2, float NewShare2, float StepSize, float SecondFactor, float Epsilon, float Kept)
{
    public static AdamCoefficients Of(OptimizerOptions options, double learningRate, double decay, long step, double gradientFactor)
    {
        bool isCorrected = options.Kind == OptimizerKind.AdamW;
        double first = isCorrected ? 1 - Math.Pow(options.Beta1, step) : 1;
        double second = isCorrected ? 1 - Math.Pow(options.Beta2, step) : 1;

        // Decay inside the update, lr x (m / d + decay x p), takes as much from p as decoupled decay: both use the value before the step.
        return new AdamCoefficients(
            (float)gradientFactor,
            (float)options.Beta1,
            (float)(1 - options.Beta1),
            (float)options.Beta2,
            (float)(1 - options.Beta2),
            (float)(learningRate / first),
            (float)(1 / Math.Sqrt(second)),
            (float)(options.Epsilon ?? (isCorrected ? 1e-8 : 1e-6)),
            (float)(1 - (learningRate * decay)));
    }

    /// <summary>Says whether a step leaves moments of zero as they are, where there is no gradient, and values but for decay, to the bit.</summary>
    /// <remarks>It makes such a step. There is none where epsilon is 0, which divides 0 by 0.</remarks>
    public bool OnlyDecayWithoutGradients()
    {
        // What is taken from a value does not depend on it, and -0 shows even a zero of the wrong sign.
        Span<float> values = [0f, -0f];
        Span<float> decayed = [0f, -0f];
        Span<float> gradients = [0f, 0f];
        Span<float> first = [0f, 0f];
        Span<float> second = [0f, 0f];
        AdamKernel.Step(values, gradients, first, second, this);
        RowScaling.Multiply(ref decayed[0], decayed.Length, Kept);
        return Kept > 0f && HasBits(values, decayed) && HasBits(first, gradients) && HasBits(second, gradients);

        static bool HasBits(ReadOnlySpan<float> some, ReadOnlySpan<float> others) =>
            MemoryMarshal.AsBytes(some).SequenceEqual(MemoryMarshal.AsBytes(others));
    }
}
