using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class LinearQuantizerTests
{
    private static readonly float[] s_special =
    [
        0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon,
        1e-8f, -1e-8f, 5e-9f, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 127f, 127.5f, 128f, -127.5f, 1e20f, -1e20f,
    ];

    [Theory]
    [InlineData(-2.5f, -2)]
    [InlineData(-1.5f, -2)]
    [InlineData(-0.5f, 0)]
    [InlineData(0.5f, 0)]
    [InlineData(1.5f, 2)]
    [InlineData(2.5f, 2)]
    [InlineData(0.49999997f, 0)]
    public void Rounds_half_to_even_before_the_zero_point_is_added(float value, int expected)
    {
        CodeRange codes = CodeRange.For(Mapping.Asymmetric, 8);
        Assert.Equal(expected + 127, LinearQuantizer.Quantize(value, new QuantizationParameters(1f, 127), codes));
        Assert.Equal(expected + 128, LinearQuantizer.Quantize(value, new QuantizationParameters(1f, 128), codes));
    }

    [Theory]
    [InlineData(8, new[] { -127, -47, 0, 17, 71 }, new[] { -0.9f, -0.33307087f, 0f, 0.12047244f, 0.50314963f })]
    [InlineData(7, new[] { -63, -23, 0, 8, 35 }, new[] { -0.9f, -0.32857143f, 0f, 0.11428571f, 0.5f })]
    [InlineData(6, new[] { -31, -11, 0, 4, 17 }, new[] { -0.9f, -0.31935484f, 0f, 0.11612903f, 0.49354839f })]
    [InlineData(5, new[] { -15, -6, 0, 2, 8 }, new[] { -0.9f, -0.36f, 0f, 0.12f, 0.48f })]
    [InlineData(4, new[] { -7, -3, 0, 1, 4 }, new[] { -0.9f, -0.38571429f, 0f, 0.12857143f, 0.51428571f })]
    [InlineData(2, new[] { -1, 0, 0, 0, 1 }, new[] { -0.9f, 0f, 0f, 0f, 0.9f })]
    public void Scale_from_the_maximum_gives_the_codes_of_q8bert(int bits, int[] expected, float[] expectedValues)
    {
        float[] x = [-0.9f, -0.33f, 0f, 0.12f, 0.5f];
        QuantizationParameters parameters = QuantizationParameters.Symmetric(0.9f, bits);
        byte[] codes = new byte[x.Length];
        LinearQuantizer.Quantize(x, parameters, CodeRange.For(Mapping.Symmetric, bits), codes);
        Assert.Equal(expected, codes.Select(code => code - (1 << (bits - 1))));

        float[] values = new float[x.Length];
        LinearQuantizer.Dequantize(codes, parameters, values);
        Assert.All(values.Zip(expectedValues), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void Stored_threshold_saturates_symmetric_activation_codes()
    {
        float[] x = [-4f, -1f, 0.013f, 1.99f, 2.5f];
        QuantizationParameters parameters = QuantizationParameters.Symmetric(2f, 8);
        CodeRange codes = CodeRange.For(Mapping.Symmetric, 8);
        Assert.Equal([-127, -64, 1, 126, 127], x.Select(value => LinearQuantizer.Quantize(value, parameters, codes) - 128));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Fake_quantizing_equals_dequantizing_the_code_bit_for_bit(int bits)
    {
        float[] values = [.. s_special, .. TestValues.Bell(2000, bits, 1.0), .. TestValues.Bell(500, bits + 100, 1e-8)];
        foreach (Mapping mapping in Enum.GetValues<Mapping>())
        {
            CodeRange codes = CodeRange.For(mapping, bits);
            foreach (float magnitude in (float[])[0f, 1e-9f, 0.37f, 1f, 3.14159f, 1e30f, float.MaxValue])
            {
                QuantizationParameters parameters = mapping == Mapping.Symmetric
                    ? QuantizationParameters.Symmetric(magnitude, bits)
                    : QuantizationParameters.Asymmetric(-magnitude, magnitude * 0.7f, bits);
                byte[] stored = new byte[values.Length];
                float[] dequantized = new float[values.Length];
                float[] fake = new float[values.Length];
                LinearQuantizer.Quantize(values, parameters, codes, stored);
                LinearQuantizer.Dequantize(stored, parameters, dequantized);
                LinearQuantizer.FakeQuantize(values, parameters, codes, fake);
                Assert.Equal(-1, codes.IndexOfOutside(stored));
                Assert.Equal(dequantized.Select(BitConverter.SingleToUInt32Bits), fake.Select(BitConverter.SingleToUInt32Bits));
            }
        }
    }

    [Theory]
    [InlineData(Mapping.Symmetric, 1, 255, 128)]
    [InlineData(Mapping.Asymmetric, 0, 255, 64)]
    public void Nan_becomes_zero_and_infinities_saturate(Mapping mapping, int lowest, int highest, int zeroPoint)
    {
        CodeRange codes = CodeRange.For(mapping, 8);
        var parameters = new QuantizationParameters(0.1f, zeroPoint);
        Assert.Equal(zeroPoint, LinearQuantizer.Quantize(float.NaN, parameters, codes));
        Assert.Equal(lowest, LinearQuantizer.Quantize(float.NegativeInfinity, parameters, codes));
        Assert.Equal(highest, LinearQuantizer.Quantize(float.PositiveInfinity, parameters, codes));
        Assert.Equal(0f, LinearQuantizer.FakeQuantize(float.NaN, parameters, codes));
    }

    [Theory]
    [InlineData(-0.5f, 3.2f, 8)]
    [InlineData(0.2f, 3.2f, 8)]
    [InlineData(-3f, -1f, 4)]
    [InlineData(-1f, 1f, 2)]
    [InlineData(0f, 0f, 8)]
    [InlineData(float.MinValue, float.MaxValue, 2)]
    public void Zero_comes_back_exactly_and_the_zero_point_is_a_code(float low, float high, int bits)
    {
        QuantizationParameters parameters = QuantizationParameters.Asymmetric(low, high, bits);
        Assert.InRange(parameters.ZeroPoint, 0, (1 << bits) - 1);
        Assert.True(float.IsFinite(parameters.Scale) && parameters.Scale >= QuantizationParameters.SmallestScale);
        Assert.Equal(0f, LinearQuantizer.FakeQuantize(0f, parameters, CodeRange.For(Mapping.Asymmetric, bits)));
    }

    [Fact]
    public void Numbers_in_the_documentation_of_mapping_are_right()
    {
        QuantizationParameters symmetric = QuantizationParameters.Symmetric(10.2f, 4);
        Assert.Equal(1.457f, symmetric.Scale, 0.001f);
        Assert.Equal(6, LinearQuantizer.Quantize(-3.5f, symmetric, CodeRange.For(Mapping.Symmetric, 4)));
        Assert.Equal(-2.914f, LinearQuantizer.Dequantize(6, symmetric), 0.001f);

        QuantizationParameters asymmetric = QuantizationParameters.Asymmetric(-3.5f, 10.2f, 4);
        Assert.Equal(0.913f, asymmetric.Scale, 0.001f);
        Assert.Equal(4, asymmetric.ZeroPoint);
        Assert.Equal(0, LinearQuantizer.Quantize(-3.5f, asymmetric, CodeRange.For(Mapping.Asymmetric, 4)));
        Assert.Equal(-3.653f, LinearQuantizer.Dequantize(0, asymmetric), 0.001f);
    }

    [Fact]
    public void Unsigned_activations_and_stored_weights_give_the_worked_product()
    {
        byte[] x = [10, 250, 128, 0];
        int[][] weights = [[3, -7, 0, 5], [-1, 2, 7, -7]];
        var activation = new QuantizationParameters(0.02f, 128);
        var weight = new QuantizationParameters(0.1f, 8);
        double[] expected = [-3.696, 2.516];
        int[] expectedCorrected = [-1848, 1258];
        for (int row = 0; row < 2; row++)
        {
            byte[] stored = [.. weights[row].Select(q => (byte)(q + weight.ZeroPoint))];
            int raw = x.Zip(weights[row]).Sum(pair => pair.First * pair.Second);
            Assert.Equal(expectedCorrected[row], raw - (activation.ZeroPoint * weights[row].Sum()));
            double y = x.Zip(stored).Sum(pair => (double)LinearQuantizer.Dequantize(pair.First, activation) * LinearQuantizer.Dequantize(pair.Second, weight));
            Assert.Equal(expected[row], y, 1e-5);
        }
    }

    [Fact]
    public void Refuses_impossible_parameters()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationParameters.Symmetric(1f, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationParameters.Symmetric(1f, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationParameters.Symmetric(float.NaN, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationParameters.Symmetric(-1f, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationParameters.Asymmetric(1f, 0f, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationParameters.Asymmetric(0f, float.PositiveInfinity, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => CodeRange.For(Mapping.Symmetric, 0));
        Assert.Throws<ArgumentException>(() => LinearQuantizer.Quantize(new float[2], new QuantizationParameters(1f, 0), new CodeRange(0, 1), new byte[1]));
    }
}
