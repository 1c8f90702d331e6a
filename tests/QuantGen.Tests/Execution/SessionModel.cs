using System.Text;
using QuantGen.Execution;
using QuantGen.Graph;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Tests.Execution;

/// <summary>A packed model with a real vocabulary and weights that nobody looks at, for a <see cref="FakeProgram"/>.</summary>
internal static class SessionModel
{
    public const int MaxPositions = 64;

    public static readonly string[] Words =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
        "the", "cat", "dog", "sat", "on", "a", "mat", "who", "where", "is", "play", "##ing", "##s", ".", "?", "red", "blue", "green", "in", "rome",
    ];

    public static int Id(string word) => Array.IndexOf(Words, word);

    public static ModelSpec Spec(BertHead head, int labels = 3, int bits = 32, int width = 8)
    {
        var config = new ModelConfig
        {
            Layers = 1, HiddenSize = width, EmbeddingSize = width, Heads = 2, IntermediateSize = 2 * width, VocabularySize = Words.Length,
            MaxPositions = MaxPositions,
        };
        var options = new SpecOptions { Bits = bits, EmbeddingBits = 32, Head = head, LabelCount = labels, MaxSequenceLength = 16 };
        var issues = new List<SpecIssue>();
        ModelSpec? spec = SpecBuilder.Build(config, options, issues);
        Assert.Empty(issues);
        return spec!;
    }

    public static PackedModel Packed(ModelSpec spec, string tokenizerJson = "{}", string[]? words = null)
    {
        var builder = new PackedModelBuilder(spec) { TokenizerJson = tokenizerJson };
        if (spec.Head is BertHead.SequenceClassification or BertHead.TokenClassification)
        {
            builder.Labels = [.. Enumerable.Range(0, spec.OutputCount).Select(i => "label" + i)];
        }

        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            if (tensor.IsFloat)
            {
                float[] values = new float[tensor.Count];
                Array.Fill(values, 1f);
                builder.AddFloats(tensor.Name, values);
            }
            else
            {
                byte[] codes = new byte[tensor.Count];
                Array.Fill(codes, (byte)0x55);
                builder.AddBytes(tensor.Name, codes);
            }
        }

        builder.AddBytes(PackedLayout.Vocabulary, Encoding.UTF8.GetBytes(string.Concat((words ?? Words).Select(word => word + "\n"))));
        return builder.Build("tiny.safetensors");
    }

    public static InferenceSession Load(FakeProgram program, LoadOptions? options = null) => InferenceSession.Load(Packed(program.Spec), program, options);
}
