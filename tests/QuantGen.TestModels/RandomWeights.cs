using System.Text;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.TestModels;

/// <summary>Fills every tensor of a model with legal random values, the same for the same seed.</summary>
public static class RandomWeights
{
    /// <summary>Makes the weights of a model.</summary>
    public static PackedModel For(ModelSpec spec, int seed)
    {
        var random = new Random(seed);
        var builder = new PackedModelBuilder(spec)
        {
            Labels = spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification
                ? [.. Enumerable.Range(0, spec.OutputCount).Select(i => $"label {i}")]
                : [],
        };
        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            if (tensor.Name.EndsWith(".ranges", StringComparison.Ordinal))
            {
                builder.AddFloats(tensor.Name, Ranges(spec, tensor, random));
            }
            else if (tensor.IsFloat)
            {
                builder.AddFloats(tensor.Name, Floats(spec, tensor, random));
            }
            else
            {
                builder.AddBytes(tensor.Name, Bytes(spec, tensor, random));
            }
        }

        builder.AddBytes(PackedLayout.Vocabulary, Vocabulary(spec.Dimensions.VocabularySize));
        return builder.Build();
    }

    private static float[] Floats(ModelSpec spec, TensorSpec tensor, Random random)
    {
        // The coarser the codes, the more each of them stands for.
        float Step(int bits) => 255f / ((1 << bits) - 1);
        (float low, float high) = tensor.Name switch
        {
            // Calibrated ranges that cut some activations off.
            _ when tensor.Name.EndsWith(".probabilities.input_scale", StringComparison.Ordinal) =>
                (0.003f * Step(spec.AttentionBits), 0.004f * Step(spec.AttentionBits)),
            _ when IsOperand(spec, tensor) => (0.03f * Step(spec.AttentionBits), 0.04f * Step(spec.AttentionBits)),
            _ when tensor.Name.EndsWith(".input_scale", StringComparison.Ordinal) && spec.ActivationBits == 1 => (0.3f, 0.9f),
            _ when tensor.Name.EndsWith(".input_scale", StringComparison.Ordinal) => (0.02f * Step(spec.ActivationBits), 0.04f * Step(spec.ActivationBits)),
            PackedLayout.WordEmbedding + ".scales" => (0.01f, 0.3f),
            _ when tensor.Name.EndsWith(".scales", StringComparison.Ordinal) => (0.005f, 0.1f),
            _ when tensor.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) => (0.5f, 1.5f),
            _ when tensor.Name.EndsWith(".residual_factors", StringComparison.Ordinal) => (-0.5f, 1.5f),
            _ => (-0.4f, 0.4f),
        };
        float[] values = new float[tensor.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = low + ((high - low) * random.NextSingle());
        }

        return values;
    }

    // Scales and centers of what a step rounds; what divides is above 0.
    private static float[] Ranges(ModelSpec spec, TensorSpec tensor, Random random)
    {
        float step = 255f / ((1 << spec.ActivationBits) - 1);
        string owner = tensor.Name[..^".ranges".Length];
        var values = new List<float>();
        foreach (ActivationSite site in spec.RoundingSites().Where(site => site.Name[..site.Name.LastIndexOf('.')] == owner))
        {
            bool divides = site.Name.EndsWith(".denominator", StringComparison.Ordinal);
            float width = divides ? (site.Columns == 0 ? 0.08f : 0.005f) : 0.03f;
            float center = site.Columns == 0 ? 11f : 0.9f;
            values.AddRange(Enumerable.Range(0, site.Buckets).Select(_ => step * width * (0.8f + (0.4f * random.NextSingle()))));
            values.AddRange(Enumerable.Range(0, site.Buckets).Select(_ => divides ? center : random.NextSingle() - 0.5f));
        }

        return [.. values];
    }

    private static byte[] Bytes(ModelSpec spec, TensorSpec tensor, Random random)
    {
        if (IsOperand(spec, tensor))
        {
            return
            [
                .. Enumerable.Repeat(
                    (byte)(tensor.Name.Contains(".probabilities.", StringComparison.Ordinal) ? 0 : 1 << (spec.AttentionBits - 1)), (int)tensor.Count),
            ];
        }

        if (tensor.Name.EndsWith(".input_zero_point", StringComparison.Ordinal))
        {
            if (spec.ActivationBits < 8)
            {
                return [.. Enumerable.Range(0, (int)tensor.Count).Select(i => (byte)((1 << (spec.ActivationBits - 1)) - (i % 2)))];
            }

            return [.. Enumerable.Range(0, (int)tensor.Count).Select(_ => (byte)random.Next(100, 156))];
        }

        string name = tensor.Name[..tensor.Name.LastIndexOf('.')];
        if (name == PackedLayout.WordEmbedding)
        {
            bool hasLowest = spec.HasEmbeddingCodebook || spec.EmbeddingBits == 1 || spec.IsRounded;
            return Codes(spec.EmbeddingRows, spec.Dimensions.EmbeddingSize, spec.EmbeddingBits, hasLowest ? 0 : 1, random);
        }

        MatrixSpec matrix = spec.Matrix(name);
        if (tensor.Name.EndsWith(".zero_points", StringComparison.Ordinal))
        {
            IReadOnlyList<int> groups = matrix.StoredGroups();
            return
            [
                .. Enumerable.Range(0, (int)tensor.Count).Select(i => (byte)random.Next(1 << (matrix.IsMixed ? matrix.GroupBits[groups[i]] : matrix.Bits))),
            ];
        }

        // Symmetric codes are of a narrow range: the lowest never occurs, except that at one bit both do. Labels of a codebook all occur.
        bool isNarrow = !matrix.HasCodebook && matrix.Mapping == Mapping.Symmetric;
        return [.. matrix.Segments().SelectMany(s => Codes(s.Rows, matrix.Columns, s.Bits, isNarrow && s.Bits > 1 ? 1 : 0, random))];
    }

    private static bool IsOperand(ModelSpec spec, TensorSpec tensor) =>
        spec.AttentionSites().Any(site => tensor.Name.StartsWith(site.Name + ".input_", StringComparison.Ordinal));

    private static byte[] Codes(int rows, int columns, int bits, int lowest, Random random)
    {
        int rowBytes = ((columns * bits) + 7) / 8;
        byte[] packed = new byte[rows * rowBytes];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int code = bits == 8 && row / 32 % 2 == 0 ? Near(random) : random.Next(lowest, 1 << bits);
                for (int bit = 0; bit < bits; bit++)
                {
                    int at = (column * bits) + bit;
                    packed[(row * rowBytes) + (at / 8)] |= (byte)(((code >> bit) & 1) << (at % 8));
                }
            }
        }

        return packed;
    }

    // As trained weights are: of other panels kernels clip nothing, since too many pairs would leave 16 bits.
    private static int Near(Random random) => 128 + (int)(55 * (random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2));

    private static byte[] Vocabulary(int size)
    {
        string[] special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        return Encoding.UTF8.GetBytes(
            string.Concat(special.Concat(Enumerable.Range(0, size - special.Length).Select(i => $"word{i}")).Select(piece => piece + "\n")));
    }
}
