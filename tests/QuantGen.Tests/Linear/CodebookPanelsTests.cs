using QuantGen.Linear;
using QuantGen.Quantization;

namespace QuantGen.Tests.Linear;

public sealed class CodebookPanelsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Decoded_panels_are_those_of_the_full_precision_weights(int bits)
    {
        var random = new Random(bits);
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (64, 33), (65, 96), (130, 7), (16, 31), (200, 65)])
        {
            byte[] labels = [.. Enumerable.Range(0, rows * columns).Select(_ => (byte)random.Next(1 << bits))];
            float[] codebook = [.. Enumerable.Range(0, 1 << bits).Select(_ => random.NextSingle())];
            float[] weights = [.. labels.Select(label => codebook[label])];
            byte[] packed = new byte[rows * CodePacker.RowBytes(columns, bits)];
            CodePacker.Pack(labels, columns, bits, packed);
            float[] table = new float[32];
            CodebookPanels.FillTable(codebook, table);
            uint[] words = new uint[CodebookPanels.Length(rows, columns, bits)];
            float[] expected = new float[FloatPanels.Length(rows, columns)];
            float[] actual = new float[expected.Length];
            for (int panel = 0; panel < FloatPanels.Count(rows); panel++)
            {
                FloatPanels.Pack(weights, rows, columns, panel, expected);
                CodebookPanels.Pack(packed, rows, columns, bits, panel, words);
                int first = panel * FloatPanels.Outputs;
                int width = Math.Min(FloatPanels.Outputs, FloatPanels.PaddedRows(rows) - first);
                int perRow = words.Length / FloatPanels.PaddedRows(rows);
                CodebookPanels.Decode(ref words[first * perRow], ref table[0], bits, columns, width, ref actual[first * columns]);
                for (int i = 0; i < width * columns; i++)
                {
                    // What pads rows is 0 in one and label 0 in the other; nobody reads either.
                    bool isRow = first + (i % width) < rows;
                    Assert.Equal(isRow ? expected[(first * columns) + i] : codebook[0], actual[(first * columns) + i]);
                }
            }
        }
    }
}
