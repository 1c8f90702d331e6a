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

    public static double Gelu(double x, HiddenActivation form) => form == HiddenActivation.Gelu
        ? 0.5 * x * (1 + Erf(x / Math.Sqrt(2)))
        : 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

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
    public static double[] RoundActivations(double[] x, (float Scale, int ZeroPoint)? calibrated, int bits)
    {
        // A calibrated zero point in the middle means codes symmetric around it.
        int highest = (1 << bits) - 1;
        int lowest = calibrated?.ZeroPoint == 1 << (bits - 1) ? 1 : 0;
        float scale;
        int zeroPoint;
        if (calibrated is { } given)
        {
            (scale, zeroPoint) = given;
        }
        else
        {
            float low = Math.Min(0f, (float)x.Min());
            float high = Math.Max(0f, (float)x.Max());
            scale = Math.Max((high - low) / highest, 1e-8f);
            zeroPoint = (int)MathF.Round(-low * (1f / scale));
        }

        float inverse = 1f / scale;
        return [.. x.Select(v => (double)(Math.Clamp((int)MathF.Round((float)v * inverse) + zeroPoint, lowest, highest) - zeroPoint) * scale)];
    }
}
