using System.Runtime.InteropServices;
using QuantGen.Linear;
using QuantGen.Specs;
using QuantGen.Quantization;

namespace QuantGen.Tests.Linear;

public sealed class PanelPackerTests
{
    private const int Columns = 96;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Rows_stand_where_the_order_says(int bits)
    {
        foreach (KernelOrder order in KernelOrders.Of(bits))
        {
            byte[][] codes = KernelOrders.Codes(order.PanelOutputs, Columns, bits);
            byte[] panel = Slow(codes, order);
            for (int row = 0; row < order.PanelOutputs; row++)
            {
                for (int input = 0; input < Columns; input++)
                {
                    Assert.Equal(codes[row][input], KernelOrders.Read(panel, order, row, input));
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Packed_rows_are_placed_like_unpacked_ones(int bits)
    {
        foreach (KernelOrder order in KernelOrders.Of(bits).Where(order => order.Interleave == 4))
        {
            byte[][] codes = KernelOrders.Codes(order.PanelOutputs, Columns, bits);
            byte[] panel = new byte[order.PanelBytes(Columns)];
            for (int row = 0; row < codes.Length; row++)
            {
                uint[] words = new uint[Columns * bits / 32];
                CodePacker.PackRow(codes[row], bits, MemoryMarshal.AsBytes(words.AsSpan()));
                PanelPacker.AddPackedRow(words, order, row, MemoryMarshal.Cast<byte, uint>(panel.AsSpan()));
            }

            Assert.Equal(Slow(codes, order), panel);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Panels_fill_the_memory_of_a_matrix_in_any_order(int bits)
    {
        foreach (KernelOrder order in KernelOrders.Of(bits))
        {
            Assert.Equal(PanelPadding.CodeBytes(64, Columns, bits, isGrouped: true), 64L / order.PanelOutputs * order.PanelBytes(Columns));
        }
    }

    private static byte[] Slow(byte[][] codes, KernelOrder order)
    {
        byte[] panel = new byte[order.PanelBytes(Columns)];
        for (int row = 0; row < codes.Length; row++)
        {
            PanelPacker.AddRow(codes[row], order, row, panel);
        }

        return panel;
    }
}
