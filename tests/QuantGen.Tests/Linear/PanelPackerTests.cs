using QuantGen.Linear;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Tests.Linear;

public sealed class PanelPackerTests
{
    private const int Columns = 96;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Panels_are_those_of_placing_code_by_code(int bits)
    {
        foreach (KernelOrder order in KernelOrders.Of(bits))
        {
            foreach (int columns in (int[])[1, 29, 32, 64, 96, 100, 160, 768])
            {
                CheckPanel(order, columns, order.PanelOutputs);
                CheckPanel(order, columns, order.PanelOutputs - 1);
                CheckPanel(order, columns, 1);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Codes_stand_where_the_order_says(int bits)
    {
        foreach (KernelOrder order in KernelOrders.Of(bits))
        {
            byte[][] codes = KernelOrders.Codes(order.PanelOutputs, Columns, bits);
            byte[] panel = KernelOrders.Place(codes, order, Columns);
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
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Panels_fill_the_memory_of_a_matrix_in_any_order(int bits)
    {
        foreach (KernelOrder order in KernelOrders.Of(bits))
        {
            Assert.Equal(PanelPadding.CodeBytes(64, Columns, bits, isGrouped: true), (order.WideRows(64) / order.PanelOutputs * order.PanelBytes(Columns))
                + ((64 - order.WideRows(64)) / order.Narrow.PanelOutputs * order.Narrow.PanelBytes(Columns)));
        }
    }

    private static void CheckPanel(KernelOrder order, int columns, int rows)
    {
        byte[][] codes = KernelOrders.Codes(rows, columns, order.Bits);
        int rowBytes = CodePacker.RowBytes(columns, order.Bits);
        byte[] file = new byte[rows * rowBytes];
        for (int row = 0; row < rows; row++)
        {
            CodePacker.PackRow(codes[row], order.Bits, file.AsSpan(row * rowBytes, rowBytes));
        }

        var packer = new PanelPacker(order, columns);
        byte[] panel = new byte[packer.PanelBytes];
        packer.Pack(file, panel);

        Assert.Equal(KernelOrders.Place(codes, order, columns), panel);
    }
}
