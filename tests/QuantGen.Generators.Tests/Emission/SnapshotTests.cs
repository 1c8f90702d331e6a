using QuantGen.Generators.Emission;
using QuantGen.Generators.Emission.Kernels;
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
    public void Kernels_of_32_bits() => Match(KernelVariant.FullPrecision, "Kernels_of_32_bits");

    [Fact]
    public void Kernels_of_4_bits() => Match(new KernelVariant(4, false, false), "Kernels_of_4_bits");

    [Fact]
    public void Kernels_of_1_bit_for_activations_of_1_bit() =>
        Match(new KernelVariant(1, false, false) { MeetsBits = true }, "Kernels_of_1_bit_for_activations_of_1_bit");

    [Fact]
    public void Encoder_of_1_bit_and_activations_of_1_bit() => Match(
        new SpecOptions { Bits = 1, ActivationBits = 1, Head = BertHead.SequenceClassification }, "Encoder", "Encoder_of_1_bit_and_activations_of_1_bit");

    [Fact]
    public void Encoder_of_8_bits_and_integers() => Match(
        new SpecOptions { Bits = 8, Numerics = Numerics.Integer, Head = BertHead.SequenceClassification }, "Encoder", "Encoder_of_8_bits_and_integers");

    [Fact]
    public void Plan_of_8_bits_and_integers() => Match(
        new SpecOptions { Bits = 8, Numerics = Numerics.Integer, Head = BertHead.SequenceClassification }, "Plan", "Plan_of_8_bits_and_integers");

    [Fact]
    public void Encoder_of_8_bits_with_every_operation_rounded() => Match(
        new SpecOptions { Bits = 8, Numerics = Numerics.Quantized, Head = BertHead.SequenceClassification }, "Encoder",
        "Encoder_of_8_bits_with_every_operation_rounded");

    [Fact]
    public void Kernels_of_2_bits_and_ranges_as_they_are() =>
        Match(new KernelVariant(2, false, false) { HasCenters = true }, "Kernels_of_2_bits_and_ranges_as_they_are");

    [Fact]
    public void Kernels_of_8_bits_and_integers() => Match(new KernelVariant(8, false, false) { IsInteger = true }, "Kernels_of_8_bits_and_integers");

    [Fact]
    public void Training_of_2_bits() => Match(
        new SpecOptions
        {
            Bits = 2, EmbeddingBits = 2, ActivationRange = ActivationRange.Static, AttentionBits = 8, Head = BertHead.SequenceClassification, Training = true,
        },
        "Training",
        "Training_of_2_bits");

    [Fact]
    public void Kernels_of_5_bit_codebooks() =>
        Match(new KernelVariant(5, false, false) { HasCodebook = true }, "Kernels_of_5_bit_codebooks");

    private static void Match(KernelVariant variant, string name) => Snapshot.Match(Assert.Single(KernelSources.Emit(variant)).Text, name);

    private static void Match(SpecOptions options, string concern, string name) =>
        Snapshot.Match(ModelSources.Emit(Tiny.Spec(options)).Single(f => f.Hint == $"Sample.Tiny.{concern}.g.cs").Text, name);
}
