namespace QuantGen.IntegrationTests.Reference;

/// <summary>The functions of a BERT in double precision, as plainly as they can be written.</summary>
internal static class ReferenceMath
{
    public static double[] LayerNorm(double[] x, double[] gamma, double[] beta, double epsilon)
    {
        double mean = x.Average();
        double variance = x.Average(v => (v - mean) * (v - mean));
        return [.. x.Select((v, i) => ((v - mean) / Math.Sqrt(variance + epsilon) * gamma[i]) + beta[i])];
    }

    public static double[] Softmax(double[] x)
    {
        double largest = x.Max();
        double[] powers = [.. x.Select(v => Math.Exp(v - largest))];
        double sum = powers.Sum();
        return [.. powers.Select(p => p / sum)];
    }

    public static double Activate(HiddenActivation function, double x) => function switch
    {
        HiddenActivation.Gelu => 0.5 * x * (1 + Erf(x / Math.Sqrt(2))),
        HiddenActivation.GeluNew => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        HiddenActivation.Tanh => Math.Tanh(x),
        HiddenActivation.Relu => Math.Max(0, x),
        HiddenActivation.Silu => x / (1 + Math.Exp(-x)),
        HiddenActivation.QuickGelu => x / (1 + Math.Exp(-1.702 * x)),
        _ => throw new ArgumentOutOfRangeException(nameof(function), function, "The reference has no formula of this function."),
    };

    /// <summary>Sums erf(x) = 2 / sqrt(pi) * exp(-x^2) * sum of 2^n x^(2n+1) / (2n+1)!!, whose terms have one sign.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        double term = x;
        double sum = x;
        for (int n = 1; n < 300 && Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>Quantizes a token's activations to codes and back, by their own range or by a calibrated one.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="calibrated">The calibrated range, or null.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="borders">Decides values on the border of two codes; without it they go to the nearest.</param>
    public static double[] RoundActivations(double[] x, (float Scale, int ZeroPoint)? calibrated, int bits, CodeBorders? borders = null)
    {
        (float Scale, int ZeroPoint) range = calibrated ?? OwnRange(x, bits, borders);
        return [.. Codes(x, range, bits, borders, isSymmetric: calibrated?.ZeroPoint == 1 << (bits - 1)).Select(code => (double)code * range.Scale)];
    }

    /// <summary>Gives a number the value of its one-bit code.</summary>
    /// <param name="x">The number.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="shift">What is subtracted first.</param>
    /// <param name="isOneSided">Whether values are 0 and the scale rather than the scale with either sign.</param>
    /// <param name="borders">Decides values on the border of two codes; null for those that have no rounding errors.</param>
    public static double OneBit(double x, float scale, float shift, bool isOneSided, CodeBorders? borders)
    {
        double u = ((double)(float)x - shift) / scale;
        float scaled = (float)Math.Clamp(isOneSided ? u : u + 0.5, 0, 1);
        int code = borders is not null ? borders.Round(scaled) : isOneSided ? (int)MathF.Round(scaled) : u >= 0 ? 1 : 0;
        return isOneSided ? code * (double)scale : code == 1 ? scale : -scale;
    }

    /// <summary>Quantizes numbers by a calibrated range to centered codes.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="range">The range.</param>
    /// <param name="bits">Bits of a code.</param>
    /// <param name="borders">Decides values on the border of two codes.</param>
    public static double[] CenteredCodes(double[] x, (float Scale, int ZeroPoint) range, int bits, CodeBorders borders) =>
        [.. Codes(x, range, bits, borders, isSymmetric: range.ZeroPoint == 1 << (bits - 1)).Select(code => (double)code)];

    private static (float Scale, int ZeroPoint) OwnRange(double[] x, int bits, CodeBorders? borders)
    {
        float low = Math.Min(0f, (float)x.Min());
        float high = Math.Max(0f, (float)x.Max());
        float scale = Math.Max((high - low) / ((1 << bits) - 1), 1e-8f);
        return (scale, Round(-low * (1f / scale), borders));
    }

    // A calibrated zero point in the middle means codes symmetric around it.
    private static IEnumerable<int> Codes(double[] x, (float Scale, int ZeroPoint) range, int bits, CodeBorders? borders, bool isSymmetric)
    {
        float inverse = 1f / range.Scale;
        int lowest = (isSymmetric ? 1 : 0) - range.ZeroPoint;
        int highest = (1 << bits) - 1 - range.ZeroPoint;
        return x.Select(v => Round(Math.Clamp((float)v * inverse, lowest, highest), borders));
    }

    private static int Round(float scaled, CodeBorders? borders) => borders?.Round(scaled) ?? (int)MathF.Round(scaled);
}
