using QuantGen.Quantization;

namespace QuantGen.Tests.Quantization;

public sealed class CodePackerTests
{
    public static TheoryData<int> Widths => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory]
    [InlineData(1, new byte[] { 1, 0, 0, 1, 1, 0, 1, 0, 1 }, new byte[] { 0b01011001, 1 })]
    [InlineData(2, new byte[] { 1, 2, 3, 0, 2 }, new byte[] { 0b00111001, 2 })]
    [InlineData(3, new byte[] { 1, 2, 7, 4 }, new byte[] { 0b11010001, 0b1001 })]
    [InlineData(4, new byte[] { 15, 1, 9 }, new byte[] { 0x1F, 9 })]
    [InlineData(5, new byte[] { 31, 1, 16 }, new byte[] { 0b00111111, 0b01000000 })]
    [InlineData(6, new byte[] { 63, 1, 32 }, new byte[] { 0b01111111, 0, 0b10 })]
    [InlineData(7, new byte[] { 127, 1, 64 }, new byte[] { 0b11111111, 0, 0b10000 })]
    [InlineData(8, new byte[] { 255, 0, 7 }, new byte[] { 255, 0, 7 })]
    public void Packs_lowest_bits_first(int bits, byte[] codes, byte[] expected)
    {
        byte[] packed = new byte[CodePacker.RowBytes(codes.Length, bits)];
        CodePacker.PackRow(codes, bits, packed);
        Assert.Equal(expected, packed);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Packing_equals_a_bit_by_bit_reference_at_every_length(int bits)
    {
        var random = new Random(bits);
        for (int columns = 0; columns <= 130; columns++)
        {
            byte[] codes = [.. Enumerable.Range(0, columns).Select(_ => (byte)random.Next(1 << bits))];
            byte[] expected = new byte[((columns * bits) + 7) / 8];
            for (int bit = 0; bit < columns * bits; bit++)
            {
                expected[bit / 8] |= (byte)(((codes[bit / bits] >> (bit % bits)) & 1) << (bit % 8));
            }

            byte[] packed = new byte[CodePacker.RowBytes(columns, bits)];
            packed.AsSpan().Fill(0xFF);
            CodePacker.PackRow(codes, bits, packed);
            Assert.Equal(expected, packed);

            byte[] unpacked = new byte[columns];
            CodePacker.UnpackRow(packed, bits, unpacked);
            Assert.Equal(codes, unpacked);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Rows_of_a_matrix_start_on_bytes(int bits)
    {
        const int Rows = 5;
        const int Columns = 13;
        var random = new Random(bits);
        byte[] codes = [.. Enumerable.Range(0, Rows * Columns).Select(_ => (byte)random.Next(1 << bits))];
        int rowBytes = CodePacker.RowBytes(Columns, bits);
        byte[] packed = new byte[Rows * rowBytes];
        CodePacker.Pack(codes, Columns, bits, packed);
        for (int row = 0; row < Rows; row++)
        {
            byte[] one = new byte[Columns];
            CodePacker.UnpackRow(packed.AsSpan(row * rowBytes, rowBytes), bits, one);
            Assert.Equal(codes[(row * Columns)..((row + 1) * Columns)], one);
        }

        byte[] unpacked = new byte[codes.Length];
        CodePacker.Unpack(packed, Columns, bits, unpacked);
        Assert.Equal(codes, unpacked);
    }

    [Fact]
    public void Padding_bits_are_ignored_when_unpacking()
    {
        byte[] codes = new byte[3];
        CodePacker.UnpackRow([0b11_000110], 2, codes);
        Assert.Equal([2, 1, 0], codes);
    }

    [Fact]
    public void Row_bytes_do_not_overflow() => Assert.Equal(805306368, CodePacker.RowBytes(int.MaxValue, 3));

    [Fact]
    public void Refuses_codes_and_lengths_that_do_not_fit()
    {
        ArgumentException wide = Assert.Throws<ArgumentException>(() => CodePacker.PackRow([0, 1, 4], 2, new byte[1]));
        Assert.Contains("code 4 at column 2", wide.Message);
        Assert.Throws<ArgumentException>(() => CodePacker.PackRow(new byte[5], 2, new byte[1]));
        Assert.Throws<ArgumentException>(() => CodePacker.UnpackRow(new byte[3], 2, new byte[5]));
        Assert.Throws<ArgumentException>(() => CodePacker.Pack(new byte[7], 2, 4, new byte[4]));
        Assert.Throws<ArgumentException>(() => CodePacker.Unpack(new byte[7], 2, 4, new byte[16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CodePacker.RowBytes(4, 9));
        Assert.Throws<ArgumentOutOfRangeException>(() => CodePacker.RowBytes(-1, 4));
    }
}
