using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Tests.Packed;

/// <summary>A legal packed model of a few hundred weights, made without any quantizer.</summary>
internal static class TinyModel
{
    public const string Query = "encoder.layer.0.attention.self.query";
    public const string Intermediate = "encoder.layer.0.intermediate.dense";
    public const int VocabularySize = 12;

    public static ModelSpec Spec(
        int bits = 2, SpecOptions? options = null, BertArchitecture architecture = BertArchitecture.Bert, int width = 8, int layers = 1)
    {
        bool albert = architecture == BertArchitecture.Albert;
        var config = new ModelConfig
        {
            Architecture = architecture,
            Layers = albert ? 3 : layers,
            HiddenSize = width,
            EmbeddingSize = albert ? width / 2 : width,
            Heads = 1,
            IntermediateSize = 2 * width,
            VocabularySize = VocabularySize,
            MaxPositions = 4,
            TypeVocabularySize = 2,
        };
        options = (options ?? new SpecOptions()) with { Bits = bits, MaxSequenceLength = 4, MaxBatchTokens = 16 };
        var issues = new List<SpecIssue>();
        ModelSpec? spec = SpecBuilder.Build(config, options, issues);
        Assert.True(spec is not null, string.Join("; ", issues.Select(issue => issue.Message)));
        return spec;
    }

    /// <summary>Gets options with which a file has all kinds of tensors.</summary>
    public static SpecOptions Everything => new()
    {
        Head = BertHead.SequenceClassification,
        LabelCount = 2,
        Mapping = Mapping.Asymmetric,
        ActivationRange = ActivationRange.Static,
        LayerBits = new EquatableArray<LayerBitsRule>([new LayerBitsRule("pooler.dense", 32)]),
    };

    public static ModelSpec Classifier(int bits = 2, int layers = 1) =>
        Spec(bits, new SpecOptions { Head = BertHead.SequenceClassification, LabelCount = 2 }, layers: layers);

    public static ModelSpec Codebooks(int bits, int width = 8) =>
        Spec(bits, new SpecOptions { Storage = Storage.Codebook, EmbeddingBits = bits }, width: width);

    /// <summary>Fills every tensor of the model with legal values; a test may replace or leave out some.</summary>
    public static PackedModelBuilder Builder(ModelSpec spec, Func<TensorSpec, Array?, Array?>? change = null)
    {
        var builder = new PackedModelBuilder(spec) { SourceSha256 = new string('a', 64), TokenizerJson = """{"lower_case":true}""" };
        builder.Labels = [.. Enumerable.Range(0, spec.OutputCount).Select(i => $"label \"{i}\"")];
        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            Array? values = tensor.IsFloat ? Floats(tensor) : Bytes(spec, tensor);
            switch (change is null ? values : change(tensor, values))
            {
                case float[] floats: builder.AddFloats(tensor.Name, floats); break;
                case byte[] bytes: builder.AddBytes(tensor.Name, bytes); break;
                default: break;
            }
        }

        builder.AddBytes(PackedLayout.Vocabulary, Vocabulary(VocabularySize));
        return builder;
    }

    public static byte[] Vocabulary(int lines) => [.. Enumerable.Range(0, lines).SelectMany(i => new[] { (byte)('a' + i), (byte)'\n' })];

    /// <summary>Packs codes of one row, lowest bits first; the plainest way there is.</summary>
    public static byte[] Pack(IReadOnlyList<int> codes, int bits)
    {
        byte[] row = new byte[MatrixSpec.RowBytes(codes.Count, bits)];
        for (int bit = 0; bit < codes.Count * bits; bit++)
        {
            row[bit / 8] |= (byte)(((codes[bit / bits] >> (bit % bits)) & 1) << (bit % 8));
        }

        return row;
    }

    private static float[] Floats(TensorSpec tensor) => [.. Enumerable.Range(0, (int)tensor.Count).Select(i => (0.5f + (i % 7)) / 16)];

    private static byte[] Bytes(ModelSpec spec, TensorSpec tensor)
    {
        if (!tensor.Name.EndsWith(".codes"))
        {
            return [.. Enumerable.Range(0, (int)tensor.Count).Select(i => (byte)(i % 2))];
        }

        string name = tensor.Name[..^".codes".Length];
        if (name == PackedLayout.WordEmbedding)
        {
            int lowest = spec.HasEmbeddingCodebook || spec.EmbeddingBits == 1 ? 0 : 1;
            return Rows(spec.EmbeddingRows, spec.Dimensions.EmbeddingSize, spec.EmbeddingBits, lowest);
        }

        MatrixSpec matrix = spec.Matrix(name);
        return
        [
            .. matrix.Segments()
            .SelectMany(
                segment =>
                    Rows(segment.Rows, matrix.Columns, segment.Bits, !matrix.HasCodebook && matrix.Mapping == Mapping.Symmetric && segment.Bits > 1 ? 1 : 0)),
        ];
    }

    private static byte[] Rows(int rows, int columns, int bits, int lowest)
        =>
        [
            .. Enumerable.Range(0, rows)
            .SelectMany(row => Pack([.. Enumerable.Range(0, columns).Select(column => lowest + (((row * 5) + column) % ((1 << bits) - lowest)))], bits)),
        ];
}
