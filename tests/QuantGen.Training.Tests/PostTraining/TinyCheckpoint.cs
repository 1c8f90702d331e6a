using QuantGen.Checkpoints;
using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Training.Tests.PostTraining;

/// <summary>A checkpoint folder with a few thousand random weights, some of which may be spoilt.</summary>
internal static class TinyCheckpoint
{
    /// <summary>Gets the vocabulary.</summary>
    public static string[] Pieces { get; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "film"];

    // Below the vocabulary, whose length it has: static members are made in their order.
    private static readonly ModelConfig s_config = new()
    {
        Layers = 2, HiddenSize = 32, EmbeddingSize = 32, Heads = 2, IntermediateSize = 64, VocabularySize = Pieces.Length, MaxPositions = 24,
    };

    /// <summary>Gets the model of 2-bit weights in 4 groups that is made of it.</summary>
    public static ModelSpec Spec { get; } = SpecBuilder.Build(
        s_config, new SpecOptions { Bits = 2, GroupCount = 4, Head = BertHead.SequenceClassification, LabelCount = 2, MaxSequenceLength = 24 }, [])!;

    /// <summary>Writes the folder and opens it.</summary>
    /// <param name="folder">The folder, which is there.</param>
    /// <param name="spoilt">Tensors whose last weight is no number.</param>
    public static Checkpoint Open(string folder, params string[] spoilt)
    {
        var random = new Random(1);
        var writer = new SafetensorsWriter();
        foreach (TensorSpec tensor in PackedLayout.Checkpoint(Spec))
        {
            float[] values = [.. Enumerable.Range(0, (int)tensor.Count).Select(_ => random.NextSingle() - 0.5f)];
            values[^1] = spoilt.Contains(tensor.Name) ? float.NaN : values[^1];
            writer.AddFloats(tensor.Name, [.. tensor.Shape], values);
        }

        writer.Save(Path.Combine(folder, "model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "config.json"), "{}");
        return Checkpoint.Open(folder);
    }
}
