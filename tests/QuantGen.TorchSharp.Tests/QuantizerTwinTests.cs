using QuantGen.Kernels;
using QuantGen.Quantization;
using QuantGen.Schemes;
using static global::TorchSharp.torch;

namespace QuantGen.TorchSharp.Tests;

/// <summary>The element-wise steps of quantizers on tensors against the library's.</summary>
public sealed class QuantizerTwinTests : IDisposable
{
    private const int Columns = 64;

    private static readonly float[] s_values = Values();

    private readonly global::TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Codes_of_weights_are_those_of_the_library(int bits)
    {
        SchemeFit fit = SchemeFit.Of(WeightFitter.Threshold, bits, s_values, alpha: 1.25f);
        float[] expected = new float[s_values.Length];
        fit.Center(s_values, expected);
        Assert.Equal(expected, Floats(TorchQuantizer.Round(Rows(), tensor(fit.Scale), tensor((float)fit.Levels))));
    }

    [Fact]
    public void Ternary_codes_are_those_of_the_library()
    {
        var fit = new SchemeFit(0.8f, 1, 0.5f);
        float[] expected = new float[s_values.Length];
        fit.Center(s_values, expected);
        Assert.Equal(expected, Floats(TorchQuantizer.Ternary(Rows(), tensor(fit.Threshold))));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(4, true)]
    [InlineData(8, true)]
    [InlineData(2, false)]
    [InlineData(8, false)]
    public void Codes_of_activations_are_those_of_the_library(int bits, bool isSigned)
    {
        ActivationParameters mapping = ActivationParameters.FromScale(1.25f / LsqQuantizer.Levels(bits, isSigned), isSigned ? 1 << (bits - 1) : 0, bits);
        Assert.Equal(Array.ConvertAll(s_values, value => (float)(mapping.Code(value) - mapping.ZeroPoint)), Floats(TorchQuantizer.Round(Rows(), mapping)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Codes_and_scales_of_rows_are_those_of_the_library(int bits)
    {
        // Rows of both signs, above zero, below zero and of zeros only; a range has no place for what is not finite.
        float[] values = Array.ConvertAll(s_values, value => float.IsFinite(value) ? value : 0f);
        for (int i = 0; i < Columns; i++)
        {
            values[i] = MathF.Abs(values[i]);
            values[Columns + i] = -MathF.Abs(values[Columns + i]);
            values[(2 * Columns) + i] = 0f;
        }

        (Tensor codes, Tensor scales) = TorchQuantizer.RoundRows(tensor(values).view(-1, Columns), bits);
        float[] expected = new float[values.Length];
        var expectedScales = new List<float>();
        for (int row = 0; row < values.Length; row += Columns)
        {
            float[] own = values[row..(row + Columns)];
            ActivationParameters mapping = ActivationParameters.FromMinMax(own.Min(), own.Max(), bits);
            Array.ConvertAll(own, value => (float)(mapping.Code(value) - mapping.ZeroPoint)).CopyTo(expected, row);
            expectedScales.Add(mapping.Scale);
        }

        Assert.Equal(expectedScales, Floats(scales));
        Assert.Equal(expected, Floats(codes));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(8, true)]
    [InlineData(4, false)]
    public void Slopes_of_thresholds_are_those_of_the_library(int bits, bool isSigned)
    {
        const float Alpha = 1.25f;
        float[] values = Array.FindAll(s_values, float.IsFinite);
        int levels = LsqQuantizer.Levels(bits, isSigned);
        ActivationParameters mapping = ActivationParameters.FromScale(LsqQuantizer.Scale(Alpha, levels), isSigned ? 1 << (bits - 1) : 0, bits);
        Tensor codes = TorchQuantizer.Round(tensor(values), mapping);
        float[] expected = [.. values.Zip(Floats(codes), (value, code) => LsqQuantizer.AlphaSlope(value, code, Alpha, levels, isSigned))];
        Assert.Equal(expected, Floats(TorchQuantizer.AlphaSlope(tensor(values) / Alpha, codes * (1f / levels), isSigned)));
    }

    private static Tensor Rows() => tensor(s_values).view(-1, Columns);

    private static float[] Floats(Tensor values)
    {
        float[] result = new float[values.numel()];
        HostMemory.CopyTo(values, result);

        // The sign of a zero changes no sum.
        return Array.ConvertAll(result, value => value + 0f);
    }

    // Random values, quotients halfway between two codes, the ends of ranges, and what is not finite.
    private static float[] Values()
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 32 * Columns).Select(_ => (2f * random.NextSingle() * random.NextSingle()) - 1f)];
        for (int i = 0; i < 128; i++)
        {
            values[(5 * Columns) + i] = (i - 64) * 0.5f * 1.25f / 127;
        }

        float[] special =
        [
            0f, 0.5f, -0.5f, 1.25f, -1.25f, 1.25000012f, -1.25000012f, 3f, -3f, 1e30f, -1e30f, float.NaN, float.PositiveInfinity, float.NegativeInfinity,
            1e-30f,
        ];
        special.CopyTo(values, 9 * Columns);
        return values;
    }
}
