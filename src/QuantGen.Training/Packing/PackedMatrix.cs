using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Training.Packing;

/// <summary>The weights of a matrix as a packed file holds them.</summary>
/// <param name="Codes">Bit streams of the rows in stored order.</param>
/// <param name="Scales">Scales of the groups in stored order; null with a codebook.</param>
/// <param name="ZeroPoints">Zero points of the groups in stored order; null when symmetric.</param>
/// <param name="Codebook">What the codes stand for; null with scales.</param>
internal sealed record PackedMatrix(byte[] Codes, float[]? Scales, byte[]? ZeroPoints, float[]? Codebook)
{
    /// <summary>Gets what the middle codes of the groups stand for, in stored order; null where it is 0 or zero points say it.</summary>
    public float[]? Centers { get; init; }

    /// <summary>Packs evenly spaced codes; where precision is mixed, groups of fewer bits come first.</summary>
    public static PackedMatrix Of(MatrixSpec matrix, QuantizedMatrix quantized)
    {
        IReadOnlyList<int> groups = matrix.StoredGroups();
        return new PackedMatrix(
            Pack(matrix, quantized.Codes),
            matrix.IsMixed ? [.. groups.Select(group => quantized.Scales[group])] : quantized.Scales,
            matrix.IsMixed && quantized.ZeroPoints is byte[] points ? [.. groups.Select(group => points[group])] : quantized.ZeroPoints,
            null)
        {
            Centers = matrix.IsMixed && quantized.Centers is float[] centers ? [.. groups.Select(group => centers[group])] : quantized.Centers,
        };
    }

    /// <summary>Packs labels of a codebook.</summary>
    public static PackedMatrix Of(MatrixSpec matrix, Clusters clusters) => new(Pack(matrix, clusters.Labels), null, null, clusters.Centroids);

    /// <summary>Gives every row of an embedding the one scale that its matrix has; more than one scale, or a codebook, stay as they are.</summary>
    public PackedMatrix WithCopiedScale(int rows) => Scales is [float scale] ? this with { Scales = [.. Enumerable.Repeat(scale, rows)] } : this;

    /// <summary>Adds everything to a packed model.</summary>
    public void AddTo(PackedModelBuilder builder, string name)
    {
        builder.AddBytes(name + ".codes", Codes);
        if (Codebook is not null)
        {
            builder.AddFloats(name + ".codebook", Codebook);
        }

        if (Scales is not null)
        {
            builder.AddFloats(name + ".scales", Scales);
        }

        if (ZeroPoints is not null)
        {
            builder.AddBytes(name + ".zero_points", ZeroPoints);
        }

        if (Centers is not null)
        {
            builder.AddFloats(name + ".centers", Centers);
        }
    }

    private static byte[] Pack(MatrixSpec matrix, byte[] codes)
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
