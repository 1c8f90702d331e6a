using System.Text;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;

namespace QuantGen.Cli.Measuring;

/// <summary>Makes a packed model of any dimensions with random weights, to measure speed without a checkpoint.</summary>
/// <remarks>
/// Codes and scales are drawn directly: quantizing as many random floats would take far longer. Codes are as frequent as those of trained
/// weights (<see cref="NormalCodes"/>).
/// </remarks>
internal static class RandomModel
{
    private const float Spread = 0.05f;
    private static readonly string[] s_specialTokens = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"];

    /// <summary>Makes the model.</summary>
    /// <param name="spec">Its dimensions and widths.</param>
    /// <param name="labels">Its labels; empty where the head has none.</param>
    /// <param name="seed">What is drawn depends on this alone.</param>
    /// <param name="members">How many such models stand in the file, as an ensemble whose votes weigh the same.</param>
    /// <param name="sharedLayers">How many layers they share.</param>
    public static PackedModel Create(ModelSpec spec, IReadOnlyList<string> labels, int seed, int members = 1, int sharedLayers = 0)
    {
        var random = new Random(seed);
        PackedModelBuilder builder = Weights(spec, labels, random);
        if (members > 1)
        {
            PackedModelBuilder[] others = [.. Enumerable.Range(1, members - 1).Select(_ => Weights(spec, labels, random))];
            builder.AddMembers(others, [.. Enumerable.Repeat(1.0, members)], sharedLayers);
        }

        return builder.Build("random weights");
    }

    private static PackedModelBuilder Weights(ModelSpec spec, IReadOnlyList<string> labels, Random random)
    {
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

        IEnumerable<string> pieces = s_specialTokens.Concat(
            Enumerable.Range(0, spec.Dimensions.VocabularySize).Select(i => FormattableString.Invariant($"w{i}")));
        builder.AddBytes(
            PackedLayout.Vocabulary, Encoding.UTF8.GetBytes(string.Concat(pieces.Take(spec.Dimensions.VocabularySize).Select(piece => piece + "\n"))));
        return builder;
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

        // Of ranges half are scales, wherever they stand.
        float center = tensor.Name.EndsWith(".ranges", StringComparison.Ordinal) ? 2 : 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Spread * ((2 * random.NextSingle()) - 1 + center);
        }

        return values;
    }

    private static byte[] Codes(ModelSpec spec, TensorSpec tensor, Random random)
    {
        string name = tensor.Name[..^".codes".Length];
        byte[] packed = new byte[tensor.Bytes];
        if (name == PackedLayout.WordEmbedding)
        {
            CodeRange range = spec.HasEmbeddingCodebook ? Labels(spec.EmbeddingBits) : CodeRange.For(Mapping.Symmetric, spec.EmbeddingBits);
            Fill(
                packed, new RowSegment(spec.EmbeddingBits, 0, spec.EmbeddingRows), spec.Dimensions.EmbeddingSize, NormalCodes.Uniform(range),
                random);
            return packed;
        }

        MatrixSpec matrix = spec.Matrix(name);
        int at = 0;
        foreach (RowSegment segment in matrix.Segments())
        {
            int length = segment.Rows * MatrixSpec.RowBytes(matrix.Columns, segment.Bits);
            Fill(packed.AsSpan(at, length), segment, matrix.Columns, Frequencies(matrix, segment.Bits), random);
            at += length;
        }

        return packed;
    }

    // Labels of a codebook stand for about as many weights each.
    private static byte[] Frequencies(MatrixSpec matrix, int bits) =>
        matrix.HasCodebook ? NormalCodes.Uniform(Labels(bits)) : NormalCodes.Of(CodeRange.For(matrix.Mapping, bits), bits);

    private static CodeRange Labels(int bits) => new(0, (1 << bits) - 1);

    private static void Fill(Span<byte> packed, RowSegment segment, int columns, byte[] frequencies, Random random)
    {
        int length = CodePacker.RowBytes(columns, segment.Bits);
        byte[] codes = new byte[columns];
        for (int row = 0; row < segment.Rows; row++)
        {
            random.NextBytes(codes);
            foreach (ref byte code in codes.AsSpan())
            {
                code = frequencies[code];
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
