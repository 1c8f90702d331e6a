using QuantGen.Generators.Emission;
using QuantGen.Generators.Tests.Running;
using QuantGen.Specs;

namespace QuantGen.Generators.Tests.Emission;

/// <summary>The code of a model so small that a person reads it whole.</summary>
public sealed class SnapshotTests
{
    private static readonly SpecOptions s_two = new() { Bits = 2, GroupCount = 4, Head = BertHead.SequenceClassification };

    [Fact]
    public void Surface_of_2_bits() => Match(s_two, "Model", "Surface_of_2_bits");

    [Fact]
    public void Spec_of_2_bits() => Match(s_two, "Spec", "Spec_of_2_bits");

    [Fact]
    public void Plan_of_2_bits() => Match(s_two, "Plan", "Plan_of_2_bits");

    [Fact]
    public void Encoder_of_2_bits() => Match(s_two, "Encoder", "Encoder_of_2_bits");

    [Fact]
    public void Kernels_of_32_bits() => Match(new SpecOptions { Bits = 32 }, "Kernels.F32", "Kernels_of_32_bits");

    [Fact]
    public void Kernels_of_4_bits() => Match(new SpecOptions { Bits = 4 }, "Kernels.W4", "Kernels_of_4_bits");

    [Fact]
    public void Training_of_2_bits() => Match(
        new SpecOptions
        {
            Bits = 2, EmbeddingBits = 2, Scheme = Scheme.Lsq, ActivationRange = ActivationRange.Static, AttentionBits = 8,
            Head = BertHead.SequenceClassification, Training = true,
        },
        "Training",
        "Training_of_2_bits");

    [Fact]
    public void Kernels_of_5_bit_codebooks() =>
        Match(new SpecOptions { Bits = 5, EmbeddingBits = 5, Scheme = Scheme.KMeans }, "Kernels.W5Codebook", "Kernels_of_5_bit_codebooks");

    private static void Match(SpecOptions options, string concern, string name) =>
        Snapshot.Match(ModelSources.Emit(Tiny.Spec(options)).Single(f => f.Hint == $"Sample.Tiny.{concern}.g.cs").Text, name);
}
