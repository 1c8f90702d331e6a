using QuantGen.Cli.Measuring;
using QuantGen.Quantization;

namespace QuantGen.Cli.Tests;

/// <summary>Codes of random models are as frequent as those of trained weights.</summary>
public sealed class NormalCodesTests
{
    // Counted in a trained classifier that the default quantizer packed: shares of the codes 0, 1, 2 and of the largest.
    [Theory]
    [InlineData(2, 0.46, 0.27, 0.27)]
    [InlineData(4, 0.141, 0.132, 0.011)]
    public void Shares_are_those_of_trained_weights(int bits, double zero, double one, double largest)
    {
        byte[] codes = NormalCodes.Of(CodeRange.For(Mapping.Symmetric, bits), bits);

        int middle = 1 << (bits - 1);
        Assert.Equal(256, codes.Length);
        Assert.Equal(-1, CodeRange.For(Mapping.Symmetric, bits).IndexOfOutside(codes));
        Assert.InRange(Share(middle), zero - 0.02, zero + 0.02);
        Assert.InRange(Share(middle + 1), one - 0.02, one + 0.02);
        Assert.InRange(Share((2 * middle) - 1), largest - 0.01, largest + 0.01);
        Assert.InRange(Share(1), largest - 0.01, largest + 0.01);

        double Share(int code) => codes.Count(c => c == code) / 256.0;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_code_of_other_widths_is_legal_and_both_signs_are_as_frequent(int bits)
    {
        foreach (Mapping mapping in (Mapping[])[Mapping.Symmetric, Mapping.Asymmetric])
        {
            CodeRange range = CodeRange.For(mapping, bits);
            byte[] codes = NormalCodes.Of(range, bits);
            int middle = 1 << (bits - 1);

            Assert.Equal(-1, range.IndexOfOutside(codes));
            Assert.InRange(codes.Count(c => c < middle) - codes.Count(c => bits == 1 ? c >= middle : c > middle), -2, 2);
        }
    }

    [Fact]
    public void Labels_are_all_as_frequent()
    {
        byte[] labels = NormalCodes.Uniform(new CodeRange(0, 7));

        Assert.Equal(Enumerable.Repeat(32, 8), Enumerable.Range(0, 8).Select(label => labels.Count(l => l == label)));
    }
}
