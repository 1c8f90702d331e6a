using System.Buffers.Binary;
using QuantGen.Linear;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Tests.Linear;

public sealed class TableOrderTests
{
    public static TheoryData<string, int, int> Shapes => new()
    {
        { nameof(TableOrder.Words1), 224, 96 },
        { nameof(TableOrder.Words1), 64, 50 },
        { nameof(TableOrder.Words2), 224, 96 },
        { nameof(TableOrder.Words2), 32, 200 },
        { nameof(TableOrder.Nibbles), 160, 96 },
        { nameof(TableOrder.Nibbles), 32, 41 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_code_stands_where_the_order_says(string name, int rows, int columns)
    {
        TableOrder order = Named(name);
        byte[][] codes = KernelOrders.Codes(rows, columns, order.Bits);
        byte[] layer = new byte[rows / TableOrder.GranuleOutputs * order.GranuleBytes(columns)];
        Assert.True(layer.Length <= PanelPadding.CodeBytes(rows, columns, order.Bits, isGrouped: false));
        int panelRows = order.PanelGranules * TableOrder.GranuleOutputs;
        int wide = rows / panelRows * panelRows;
        Pack(codes[..wide], new TablePacker(order, panelRows, columns), columns, order.Bits, layer);
        Pack(
            codes[wide..], new TablePacker(order, TableOrder.GranuleOutputs, columns), columns, order.Bits,
            layer.AsSpan(wide / TableOrder.GranuleOutputs * order.GranuleBytes(columns)));

        for (int row = 0; row < rows; row++)
        {
            for (int input = 0; input < order.Words(columns) * order.WordInputs; input++)
            {
                Assert.Equal(input < columns ? codes[row][input] : 0, Read(layer, order, columns, row, rows, input));
            }
        }
    }

    [Theory]
    [InlineData(nameof(TableOrder.Words1))]
    [InlineData(nameof(TableOrder.Nibbles))]
    public void Every_output_of_a_granule_has_a_lane_of_its_own(string name) =>
        Assert.Equal(Enumerable.Range(0, 32), Enumerable.Range(0, 32).Select(Named(name).Lane).Order());

    [Theory]
    [InlineData(nameof(TableOrder.Words1))]
    [InlineData(nameof(TableOrder.Words2))]
    [InlineData(nameof(TableOrder.Nibbles))]
    public void Tables_of_a_tile_fit_the_scratch_that_is_planned(string name)
    {
        TableOrder order = Named(name);
        Assert.InRange(order.Tokens * order.BlockWords * order.TableBytes, 1, PanelPadding.TableBytes);
        Assert.InRange(order.Tokens, 1, PanelPadding.TableTokens);
        Assert.InRange(order.WordInputs, 1, PanelPadding.TableWordInputs);
    }

    private static TableOrder Named(string name) => (name switch
    {
        nameof(TableOrder.Words1) => TableOrder.Words1,
        nameof(TableOrder.Words2) => TableOrder.Words2,
        _ => TableOrder.Nibbles,
    }).Table!;

    private static void Pack(byte[][] codes, TablePacker packer, int columns, int bits, Span<byte> target)
    {
        int rowBytes = MatrixSpec.RowBytes(columns, bits);
        for (int first = 0; first < codes.Length; first += packer.PanelOutputs)
        {
            byte[] packed = new byte[packer.PanelOutputs * rowBytes];
            for (int row = 0; row < packer.PanelOutputs; row++)
            {
                CodePacker.PackRow(codes[first + row], bits, packed.AsSpan(row * rowBytes, rowBytes));
            }

            packer.Pack(packed, target.Slice(first / packer.PanelOutputs * packer.PanelBytes, packer.PanelBytes));
        }
    }

    // Plainly by the documentation: panels first, then granules that fill none.
    private static int Read(byte[] layer, TableOrder order, int columns, int row, int rows, int input)
    {
        int granule = row / 32;
        int inPanels = rows / 32 / order.PanelGranules * order.PanelGranules;
        int vectors = granule < inPanels ? order.PanelVectors : order.Bits;
        int first = granule < inPanels ? granule - (granule % order.PanelGranules) : granule;
        int word = input / order.WordInputs;
        int inWord = input % order.WordInputs;
        int code = 0;
        for (int plane = 0; plane < order.Bits; plane++)
        {
            int vector = (plane * (vectors / order.Bits)) + granule - first;
            int at = (first * order.GranuleBytes(columns)) + (((word * vectors) + vector) * order.VectorBytes) + (order.Lane(row % 32) * order.LaneBytes);
            int value = order.LaneBytes == 1 ? layer[at] : BinaryPrimitives.ReadUInt16LittleEndian(layer.AsSpan(at));
            int bit = order.LaneBytes == 1 ? inWord : (inWord / 6 * 6) + new[] { 1, 2, 3, 4, 0, 5 }[inWord % 6];
            code |= ((value >> bit) & 1) << plane;
        }

        return code;
    }
}
