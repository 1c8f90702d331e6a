using QuantGen.Lanes;
using QuantGen.Quantization;
using QuantGen.Trainable.Kernels;

namespace QuantGen.Tests.Kernels;

/// <summary>Codes of one bit in training, and their gradients, against the definition.</summary>
public sealed class BitCodesTests
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(16, false)]
    [InlineData(33, true)]
    [InlineData(130, false)]
    public void Every_lane_type_has_the_codes_and_the_slopes_of_the_definition(int columns, bool isSigned)
    {
        float[] expected = Run<LanesScalar>(columns, isSigned);
        Assert.Equal(expected, Run<Lanes128>(columns, isSigned));
        if (LanesChoice.Use256)
        {
            Assert.Equal(expected, Run<Lanes256>(columns, isSigned));
        }

        if (LanesChoice.Use512)
        {
            Assert.Equal(expected, Run<Lanes512>(columns, isSigned));
        }
    }

    private static float[] Run<TLanes>(int columns, bool isSigned)
        where TLanes : struct, ILanes<TLanes>
    {
        var random = new Random(columns);
        var binarizer = new ElasticBinarizer(0.8f, 0.1f, isSigned);
        float[] values = Samples.Normal(random, columns);
        float[] gradient = Samples.Normal(random, columns);
        float[] centered = new float[columns];
        BitCodes.Quantize<TLanes>(ref values[0], columns, binarizer, ref centered[0]);
        Assert.All(values.Zip(centered), pair => Assert.Equal(binarizer.FakeQuantize(pair.First), pair.Second * binarizer.Step));

        float[] passed = [.. gradient];
        (float scale, float shift) = BitCodes.Gradient<TLanes>(ref values[0], ref centered[0], ref passed[0], columns, binarizer);
        Assert.Equal(values.Zip(gradient, (x, g) => binarizer.IsInside(x) ? g : 0f), passed);
        Assert.Equal(values.Zip(gradient, (x, g) => (double)binarizer.ScaleSlope(x) * g).Sum(), scale, 1e-4);
        Assert.Equal(values.Zip(gradient, (x, g) => (double)binarizer.ShiftSlope(x) * g).Sum(), shift, 1e-4);
        return [.. centered, .. passed, scale, shift];
    }
}
