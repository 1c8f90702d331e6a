using QuantGen.Kernels;
using QuantGen.Lanes;
using QuantGen.Quantization;
using QuantGen.Schemes;
using QuantGen.Specs;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Tests.Quantization;

/// <summary>What training multiplies and what the packed file holds are the same numbers.</summary>
public sealed class SchemeQuantizerTests
{
    public static TheoryData<Scheme, int> Schemes
    {
        get
        {
            var data = new TheoryData<Scheme, int>();
            foreach (Scheme scheme in (Scheme[])[Scheme.Linear, Scheme.Lsq, Scheme.Ternary])
            {
                foreach (int bits in WeightSchemes.Of(scheme).Bits.Where(b => b > 1))
                {
                    data.Add(scheme, bits);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Fake_quantization_is_dequantization_of_the_packed_codes(Scheme scheme, int bits)
    {
        float[] values = Values(8 * 37);
        float[] alphas = [0.4f, 0.9f];
        MatrixSpec matrix = Matrix(bits);
        WeightFitter fitter = WeightSchemes.Of(scheme).Fitter;
        QuantizedMatrix packed = SchemeQuantizer.Quantize(matrix, fitter, values, scheme == Scheme.Lsq ? alphas : []);
        float[] dequantized = new float[values.Length];
        packed.Dequantize(dequantized);
        float[] centered = new float[values.Length / 2];
        for (int group = 0; group < 2; group++)
        {
            int first = group * centered.Length;
            SchemeFit fit = SchemeFit.Of(fitter, bits, values.AsSpan(first, centered.Length), alphas[group]);
            fit.Center(values.AsSpan(first, centered.Length), centered);
            for (int i = 0; i < centered.Length; i++)
            {
                Assert.Equal(BitConverter.SingleToInt32Bits(dequantized[first + i]), BitConverter.SingleToInt32Bits((centered[i] + 0f) * fit.Scale));
            }
        }
    }

    [Fact]
    public void Rounded_codes_are_those_of_the_linear_quantizer()
    {
        float[] values = [.. Values(200), float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.05f, -0.15f];
        QuantizationParameters parameters = LsqQuantizer.Parameters(0.7f, 4);
        float[] centered = new float[values.Length];
        SchemeFit.Of(WeightFitter.Threshold, 4, values, 0.7f).Center(values, centered);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(LinearQuantizer.Quantize(values[i], parameters, CodeRange.For(Mapping.Symmetric, 4)) - parameters.ZeroPoint, centered[i]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sums_of_threshold_gradients_follow_the_slopes_and_masks(bool isSigned)
    {
        foreach (int count in (int[])[1, 16, 45])
        {
            int levels = LsqQuantizer.Levels(4, isSigned);
            float[] values = Values(count);
            ActivationParameters range = ActivationParameters.FromScale(LsqQuantizer.Scale(0.6f, levels), isSigned ? 8 : 0, 4);
            float[] centered = [.. values.Select(v => (float)(range.Code(v) - range.ZeroPoint))];
            float[] gradient = Values(count + 1)[1..];
            double expected = 0;
            for (int i = 0; i < count; i++)
            {
                expected += gradient[i] * LsqQuantizer.AlphaSlope(values[i], centered[i], 0.6f, levels, isSigned);
            }

            float[] masked = [.. gradient];
            float sum = CenteredCodes.ThresholdGradient<LanesScalar>(
                ref values[0], ref centered[0], ref masked[0], count, new LearnedThreshold(0.6f, levels, isSigned), masks: true);
            Assert.Equal(expected, sum, 1e-5);
            for (int i = 0; i < count; i++)
            {
                bool isInside = values[i] <= 0.6f && values[i] >= (isSigned ? -0.6f : 0f);
                Assert.Equal(isInside ? gradient[i] : 0f, masked[i]);
            }
        }
    }

    private static MatrixSpec Matrix(int bits) =>
        new("m", 8, 37, bits, 2, 0, Mapping.Symmetric, default);

    private static float[] Values(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (2f * random.NextSingle()) - 1f)];
    }
}
