using System.Runtime.Intrinsics;
using QuantGen.Lanes;

namespace QuantGen.Tests.Kernels;

/// <summary>Inputs, sizes and double-precision references the kernel tests share.</summary>
internal static class Samples
{
    public static int[] Sizes { get; } = [.. Enumerable.Range(1, 70), 127, 128, 129, 130, 255, 256, 257, 768];

    public static float[] Special { get; } =
    [
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 1e-45f, -1e-45f, 1.1754944e-38f, 1.1754942e-38f, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 8388607.5f, 8388609f, 3.9235f, -87.33654f, 88.72283f, 100f, -104f, 1e-20f,
    ];

    /// <summary>Tells whether this machine runs a lane type.</summary>
    public static bool Runs(Type lanes) =>
        lanes == typeof(Lanes512) ? Vector512.IsHardwareAccelerated
        : lanes == typeof(Lanes256) ? LanesChoice.Use256
        : lanes == typeof(Integers512) ? IntegersChoice.Use512
        : lanes == typeof(Integers256) ? IntegersChoice.Use256
        : lanes == typeof(Integers128) ? IntegersChoice.Use128
        : lanes != typeof(Lanes128) || LanesChoice.Use128;

    /// <summary>Roughly normal numbers.</summary>
    public static float[] Normal(Random random, int count, float scale = 1f)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double sum = random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2;
            values[i] = (float)(sum * 1.7 * scale);
        }

        return values;
    }

    /// <summary>Any float whatever, every bit pattern equally likely.</summary>
    public static float AnyBits(Random random) => BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, (long)int.MaxValue + 1));

    /// <summary>Asserts equal bits; any NaN equals any other.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool same = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                || (float.IsNaN(expected[i]) && float.IsNaN(actual[i]));
            Assert.True(same, $"element {i}: expected {expected[i]:R}, found {actual[i]:R}");
        }
    }

    /// <summary>The error function in double: its Taylor series, or beyond 3 a continued fraction of erfc.</summary>
    public static double Erf(double x)
    {
        double z = Math.Abs(x);
        if (z < 3)
        {
            double term = z;
            double sum = z;
            for (int n = 1; n < 120; n++)
            {
                term *= -z * z / n;
                sum += term / ((2 * n) + 1);
            }

            return Math.CopySign(2 / Math.Sqrt(Math.PI) * sum, x);
        }

        double fraction = 0;
        for (int k = 60; k > 0; k--)
        {
            fraction = k / 2.0 / (z + fraction);
        }

        return Math.CopySign(1 - (Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction)), x);
    }
}
