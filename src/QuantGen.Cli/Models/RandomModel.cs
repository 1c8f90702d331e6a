using System.Text;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Cli.Models;

/// <summary>Makes a packed model of any dimensions with random weights, to measure speed without a checkpoint.</summary>
/// <remarks>Codes and scales are drawn directly: quantizing as many random floats would take far longer and change no timing.</remarks>
internal static class RandomModel
{
    private const float Spread = 0.05f;
    private static readonly string[] s_specialTokens = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"];

    /// <summary>Makes the model.</summary>
    /// <param name="spec">Its dimensions and widths.</param>
    /// <param name="labels">Its labels; empty where the head has none.</param>
    /// <param name="seed">What is drawn depends on this alone.</param>
    public static PackedModel Create(ModelSpec spec, IReadOnlyList<string> labels, int seed)
    {
        var random = new Random(seed);
        var builder = new PackedModelBuilder(spec) { Labels = labels };
        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            if (tensor.IsFloat)
            {
                builder.AddFloats(tensor.Name, Floats(tensor, random));
            }
            else
            {
                builder.AddBytes(tensor.Name, tensor.Name.EndsWith(".codes", StringComparison.Ordinal) ? Codes(spec, tensor, random) : Middles(spec, tensor));
            }
        }

        IEnumerable<string> pieces = s_specialTokens.Concat(Enumerable.Range(0, spec.Dimensions.VocabularySize).Select(i => FormattableString.Invariant($"w{i}")));
        builder.AddBytes(PackedLayout.Vocabulary, Encoding.UTF8.GetBytes(string.Concat(pieces.Take(spec.Dimensions.VocabularySize).Select(piece => piece + "\n"))));
        return builder.Build("random weights");
    }

    private static float[] Floats(TensorSpec tensor, Random random)
    {
        float[] values = new float[tensor.Count];
        bool isScale = tensor.Name.EndsWith("scales", StringComparison.Ordinal) || tensor.Name.EndsWith("_scale", StringComparison.Ordinal);
        if (isScale || tensor.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal))
        {
            Array.Fill(values, isScale ? Spread : 1);
            return values;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Spread * ((2 * random.NextSingle()) - 1);
        }

        return values;
    }

    private static byte[] Codes(ModelSpec spec, TensorSpec tensor, Random random)
    {
        string name = tensor.Name[..^".codes".Length];
        byte[] packed = new byte[tensor.Bytes];
        if (name == PackedLayout.WordEmbedding)
        {
            Fill(packed, new RowSegment(spec.EmbeddingBits, 0, spec.Dimensions.VocabularySize), spec.Dimensions.EmbeddingSize, Range(Mapping.Symmetric, spec.EmbeddingBits, spec.HasEmbeddingCodebook), random);
            return packed;
        }

        MatrixSpec matrix = spec.Matrix(name);
        int at = 0;
        foreach (RowSegment segment in matrix.Segments())
        {
            int length = segment.Rows * MatrixSpec.RowBytes(matrix.Columns, segment.Bits);
            Fill(packed.AsSpan(at, length), segment, matrix.Columns, Range(matrix.Mapping, segment.Bits, matrix.HasCodebook), random);
            at += length;
        }

        return packed;
    }

    private static CodeRange Range(Mapping mapping, int bits, bool hasCodebook) => hasCodebook ? new CodeRange(0, (1 << bits) - 1) : CodeRange.For(mapping, bits);

    private static void Fill(Span<byte> packed, RowSegment segment, int columns, CodeRange range, Random random)
    {
        int count = range.Highest - range.Lowest + 1;
        int length = CodePacker.RowBytes(columns, segment.Bits);
        byte[] codes = new byte[columns];
        for (int row = 0; row < segment.Rows; row++)
        {
            random.NextBytes(codes);
            for (int i = 0; i < codes.Length; i++)
            {
                codes[i] = (byte)(range.Lowest + (codes[i] % count));
            }

            CodePacker.PackRow(codes, segment.Bits, packed.Slice(row * length, length));
        }
    }

    // Zero points in the middle of the codes.
    private static byte[] Middles(ModelSpec spec, TensorSpec tensor)
    {
        byte[] points = new byte[tensor.Bytes];
        string suffix = ".zero_points";
        if (!tensor.Name.EndsWith(suffix, StringComparison.Ordinal))
        {
            Array.Fill(points, (byte)128);
            return points;
        }

        MatrixSpec matrix = spec.Matrix(tensor.Name[..^suffix.Length]);
        IReadOnlyList<int> groups = matrix.StoredGroups();
        for (int i = 0; i < points.Length; i++)
        {
            int bits = matrix.IsMixed ? matrix.GroupBits[groups[i]] : matrix.Bits;
            points[i] = (byte)(1 << (bits - 1));
        }

        return points;
    }
}
