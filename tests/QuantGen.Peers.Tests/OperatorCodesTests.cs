using QuantGen.Peers.Graphs;

namespace QuantGen.Peers.Tests;

/// <summary>How matrices are rounded for the operators of ONNX Runtime.</summary>
public class OperatorCodesTests
{
    [Fact]
    public void Transposing_swaps_rows_and_columns() => Assert.Equal([1, 4, 2, 5, 3, 6], OperatorCodes.Transpose([1, 2, 3, 4, 5, 6], 2, 3));

    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(128, true)]
    [InlineData(128, false)]
    public void Eight_bit_codes_are_within_half_a_step_of_the_values(int zero, bool isPerColumn)
    {
        const int Inputs = 48, Outputs = 40;
        float[] matrix = new RandomWeights(3).Get("matrix", Inputs * Outputs);
        (byte[] codes, float[] scales) = OperatorCodes.Int8(matrix, Outputs, isPerColumn, zero);
        Assert.Equal(isPerColumn ? Outputs : 1, scales.Length);
        Assert.All(matrix, (value, i) =>
        {
            float scale = scales[isPerColumn ? i % Outputs : 0];
            int code = zero == 0 ? (sbyte)codes[i] : codes[i] - zero;
            Assert.InRange(Math.Abs((code * scale) - value), 0, 0.5001f * scale);
        });
    }

    [Theory]
    [InlineData(2, 0.5001)]
    [InlineData(4, 0.5001)]
    [InlineData(8, 0.5001)]
    public void Codes_in_blocks_are_within_half_a_step_of_the_values_and_the_last_block_of_a_row_is_filled_up(int bits, double most)
    {
        const int Outputs = 5, Inputs = 40, Block = 32;
        float[] weight = new RandomWeights(4).Get("matrix", Outputs * Inputs);
        (byte[] codes, float[] scales) = OperatorCodes.Blocks(weight, Outputs, Inputs, bits, Block);
        Assert.Equal(2, OperatorCodes.BlocksOf(Inputs, Block));
        Assert.Equal(Outputs * 2, scales.Length);
        Assert.All(weight, (value, i) =>
        {
            int block = (i / Inputs * 2) + (i % Inputs / Block);
            int place = (block * Block) + (i % Inputs % Block);
            int code = (codes[place * bits / 8] >> (place * bits % 8)) & ((1 << bits) - 1);
            Assert.InRange(Math.Abs(((code - (1 << (bits - 1))) * scales[block]) - value), 0, most * scales[block]);
        });
    }

    [Fact]
    public void Weights_depend_on_seed_and_name_alone()
    {
        float[] drawn = new RandomWeights(7).Get("a", 9);
        Assert.Equal(drawn, new RandomWeights(7).Get("a", 9));
        Assert.NotEqual(drawn, new RandomWeights(7).Get("b", 9));
        Assert.NotEqual(drawn, new RandomWeights(8).Get("a", 9));
        Assert.All(drawn, value => Assert.InRange(value, -0.05f, 0.05f));
        Assert.Equal([1, 1], new RandomWeights(7).Get("LayerNorm.weight", 2));
    }
}
