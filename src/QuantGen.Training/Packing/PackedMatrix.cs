using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.Packing;

/// <summary>The codes of a matrix as a packed file holds them.</summary>
/// <param name="Codes">Bit streams of the rows in stored order.</param>
/// <param name="Scales">Scales of the groups in stored order.</param>
/// <param name="ZeroPoints">Zero points of the groups in stored order; null when symmetric.</param>
internal sealed record PackedMatrix(byte[] Codes, float[] Scales, byte[]? ZeroPoints)
{
    /// <summary>Packs quantized weights; where precision is mixed, groups of fewer bits come first.</summary>
    public static PackedMatrix Of(MatrixSpec matrix, QuantizedMatrix quantized)
    {
        IReadOnlyList<int> groups = matrix.StoredGroups();
        return new PackedMatrix(
            Pack(matrix, quantized.Codes),
            matrix.IsMixed ? [.. groups.Select(group => quantized.Scales[group])] : quantized.Scales,
            matrix.IsMixed && quantized.ZeroPoints is byte[] points ? [.. groups.Select(group => points[group])] : quantized.ZeroPoints);
    }

    /// <summary>Packs one code per weight.</summary>
    public static byte[] Pack(MatrixSpec matrix, byte[] codes)
    {
        int[] rows = matrix.StoredRows();
        byte[] packed = new byte[matrix.CodeBytes()];
        int at = 0;
        foreach (RowSegment segment in matrix.Segments())
        {
            int length = CodePacker.RowBytes(matrix.Columns, segment.Bits);
            for (int row = segment.FirstRow; row < segment.FirstRow + segment.Rows; row++, at += length)
            {
                CodePacker.PackRow(codes.AsSpan(rows[row] * matrix.Columns, matrix.Columns), segment.Bits, packed.AsSpan(at, length));
            }
        }

        return packed;
    }
}
