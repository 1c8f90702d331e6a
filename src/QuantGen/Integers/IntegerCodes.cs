using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Integers;

/// <summary>Reads centered codes of a packed file: code - 2^(bits - 1).</summary>
internal static class IntegerCodes
{
    /// <summary>Reads a row of a linear layer.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="matrix">The layer.</param>
    /// <param name="rows">The run of its rows.</param>
    /// <param name="row">Which of them.</param>
    public static sbyte[] Row(PackedModel model, MatrixSpec matrix, RowSegment rows, int row) =>
        Row(Packed(model, matrix, rows, row), matrix.Columns, rows.Bits);

    /// <summary>Adds the magnitudes of a row of a linear layer.</summary>
    /// <param name="model">The packed file.</param>
    /// <param name="matrix">The layer.</param>
    /// <param name="rows">The run of its rows.</param>
    /// <param name="row">Which of them.</param>
    public static int Magnitude(PackedModel model, MatrixSpec matrix, RowSegment rows, int row)
    {
        Span<byte> codes = new byte[matrix.Columns];
        CodePacker.UnpackRow(Packed(model, matrix, rows, row), rows.Bits, codes);
        int center = 1 << (rows.Bits - 1);
        int sum = 0;
        foreach (byte code in codes)
        {
            sum += Math.Abs(code - center);
        }

        return sum;
    }

    private static ReadOnlySpan<byte> Packed(PackedModel model, MatrixSpec matrix, RowSegment rows, int row)
    {
        long skipped = matrix.Segments().TakeWhile(segment => segment.FirstRow < rows.FirstRow)
            .Sum(segment => (long)segment.Rows * MatrixSpec.RowBytes(matrix.Columns, segment.Bits));
        int length = MatrixSpec.RowBytes(matrix.Columns, rows.Bits);
        return model.Codes(matrix.Name).Slice(checked((int)(skipped + ((long)row * length))), length);
    }

    /// <summary>Reads a packed row.</summary>
    /// <param name="packed">Its bytes.</param>
    /// <param name="columns">Its codes.</param>
    /// <param name="bits">Bits of a code, 2 to 8.</param>
    public static sbyte[] Row(ReadOnlySpan<byte> packed, int columns, int bits)
    {
        byte[] codes = new byte[columns];
        CodePacker.UnpackRow(packed, bits, codes);
        return Array.ConvertAll(codes, code => (sbyte)(code - (1 << (bits - 1))));
    }
}
