using System.Runtime.CompilerServices;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>
/// The order in which kernels read the labels of a codebook: panels as of full-precision weights, inside a panel word after word.
/// </summary>
/// <remarks>
/// A word of 32 bits holds labels of one output for consecutive inputs, lowest bits first; as many as fit whole. The words of a panel's outputs stand side by
/// side, so that a vector of words shifted by a label's bits is a vector of indices. Nothing masks the bits above a label: the codebook is repeated up to
/// 32 numbers, and instructions that look up take only as many bits as their table needs.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CodebookPanels
{
    /// <summary>Gets the words that a layer takes.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bits">Bits of a label, 1 to 5.</param>
    public static int Length(int rows, int columns, int bits) => checked(FloatPanels.PaddedRows(rows) * PanelPadding.LabelWords(columns, bits));

    /// <summary>Rewrites the rows of one panel; panels are independent of each other.</summary>
    /// <param name="labels">Rows as the file has them, packed.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bits">Bits of a label.</param>
    /// <param name="panel">Which panel.</param>
    /// <param name="words">All panels, <see cref="Length"/> words; what pads rows stays as it is.</param>
    public static void Pack(ReadOnlySpan<byte> labels, int rows, int columns, int bits, int panel, Span<uint> words)
    {
        int first = panel * FloatPanels.Outputs;
        int width = Math.Min(FloatPanels.Outputs, FloatPanels.PaddedRows(rows) - first);
        int count = Math.Min(width, rows - first);
        int perRow = PanelPadding.LabelWords(columns, bits);
        int perWord = PanelPadding.LabelsPerWord(bits);
        int rowBytes = MatrixSpec.RowBytes(columns, bits);
        byte[] codes = new byte[columns];
        uint[] source = new uint[count * perRow];
        for (int row = 0; row < count; row++)
        {
            CodePacker.UnpackRow(labels.Slice((first + row) * rowBytes, rowBytes), bits, codes);
            for (int k = 0; k < columns; k++)
            {
                source[(row * perRow) + (k / perWord)] |= (uint)codes[k] << (k % perWord * bits);
            }
        }

        Transposition.Run<uint>(source, count, perRow, words.Slice(first * perRow, width * perRow), width);
    }

    /// <summary>Repeats a codebook up to the length of the kernels' tables.</summary>
    /// <param name="codebook">2 to 32 numbers, a power of two of them.</param>
    /// <param name="table">Receives 32 numbers.</param>
    public static void FillTable(ReadOnlySpan<float> codebook, Span<float> table)
    {
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = codebook[i % codebook.Length];
        }
    }

    /// <summary>Turns a panel of labels into a panel of weights, as <see cref="FloatPanels"/> orders them; the kernels' vectors do the same.</summary>
    /// <param name="words">The panel's words.</param>
    /// <param name="table">What <see cref="FillTable"/> made.</param>
    /// <param name="bits">Bits of a label.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="width">Outputs of the panel.</param>
    /// <param name="panel">Receives the weights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Decode(ref uint words, ref float table, int bits, int columns, int width, ref float panel)
    {
        uint mask = (1u << bits) - 1;
        int perWord = PanelPadding.LabelsPerWord(bits);
        for (int first = 0; first < columns; first += perWord)
        {
            int end = Math.Min(columns, first + perWord);
            for (int output = 0; output < width; output++)
            {
                uint word = Unsafe.Add(ref words, output);
                for (int k = first; k < end; k++, word >>= bits)
                {
                    Unsafe.Add(ref panel, ((nint)k * width) + output) = Unsafe.Add(ref table, (nint)(word & mask));
                }
            }

            words = ref Unsafe.Add(ref words, width);
        }
    }
}
