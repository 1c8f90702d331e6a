using QuantGen.Packed;

namespace QuantGen.Tests.Packed;

public class CodeScanTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Finds_a_zero_code_at_every_position_of_every_length(int bits)
    {
        for (int count = 1; count <= 70; count++)
        {
            int[] codes = [.. Enumerable.Range(0, count).Select(i => 1 << (i % bits))];
            Assert.Equal(-1, CodeScan.IndexOfZero(TinyModel.Pack(codes, bits), count, bits));
            for (int zero = 0; zero < count; zero++)
            {
                int code = codes[zero];
                codes[zero] = 0;
                Assert.Equal(zero, CodeScan.IndexOfZero(TinyModel.Pack(codes, bits), count, bits));
                codes[zero] = code;
            }
        }
    }

    [Theory]
    [InlineData(5, 3, 0b0111_1111, true)]
    [InlineData(5, 3, 0b1111_1111, false)]
    [InlineData(9, 1, 0b0000_0001, true)]
    [InlineData(9, 1, 0b0000_0010, false)]
    [InlineData(8, 3, 0b1111_1111, true)]
    public void Padding_bits_after_the_last_code_must_be_zero(int columns, int bits, int lastByte, bool clean)
    {
        byte[] row = new byte[((columns * bits) + 7) / 8];
        row[^1] = (byte)lastByte;

        Assert.Equal(clean, CodeScan.HasCleanPadding(row, columns, bits));
    }
}
