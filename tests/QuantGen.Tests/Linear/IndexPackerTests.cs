using System.Numerics;
using System.Runtime.CompilerServices;
using QuantGen.Linear;
using QuantGen.Specs;

namespace QuantGen.Tests.Linear;

public sealed class IndexPackerTests
{
    private static readonly KernelOrder s_order = new(1, 64, 1, 3) { MeetsBits = true, HasIndices = true };

    [Theory]
    [InlineData(192, 192)]
    [InlineData(7, 192)]
    [InlineData(100, 11)]
    [InlineData(264, 64)]
    public void A_byte_holds_six_consecutive_inputs_of_an_output(int columns, int rows)
    {
        var random = new Random(columns);
        int rowBytes = MatrixSpec.RowBytes(columns, 1);
        byte[] codes = new byte[rows * rowBytes];
        for (int i = 0; i < rows * columns; i++)
        {
            codes[(i / columns * rowBytes) + (i % columns / 8)] |= (byte)(random.Next(2) << (i % columns % 8));
        }

        var packer = new IndexPacker(s_order, columns);
        byte[] panel = new byte[packer.PanelBytes];
        packer.Pack(codes, panel);

        Assert.Equal((192, 192 * ((columns + 23) / 24) * 4), (packer.PanelOutputs, packer.PanelBytes));
        for (int i = 0; i < panel.Length; i++)
        {
            (int index, int row) = (i / 192, i % 192);
            int expected = 0;
            for (int bit = 0; bit < 6 && row < rows; bit++)
            {
                int column = (6 * index) + bit;
                expected |= column < columns ? ((codes[(row * rowBytes) + (column / 8)] >> (column % 8)) & 1) << bit : 0;
            }

            Assert.Equal(expected, panel[i]);
        }
    }

    [Fact]
    public void Tables_count_the_bits_in_which_numbers_differ()
    {
        for (uint i = 0; i < 64; i++)
        {
            for (uint j = 0; j < 64; j++)
            {
                Assert.Equal(BitOperations.PopCount(i ^ j), Unsafe.Add(ref DifferenceTables.OfSix, (64 * i) + j));
                if (i < 16 && j < 16)
                {
                    Assert.Equal(BitOperations.PopCount(i ^ j), Unsafe.Add(ref DifferenceTables.OfFour, (16 * i) + j));
                }
            }
        }
    }

    [Theory]
    [InlineData(48, 64)]
    [InlineData(264, 320)]
    [InlineData(768, 768)]
    public void Rows_are_padded_to_vectors_of_the_widest_kernel(int rows, int padded) => Assert.Equal(padded, s_order.PaddedRows(rows));
}
