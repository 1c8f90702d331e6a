using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Labels and codebooks compute what the full-precision model of the looked-up weights computes.</summary>
public sealed class CodebookTests
{
    [Theory]
    [InlineData("Bert1KMeans", "Bert32")]
    [InlineData("Bert4Clusters", "Bert32")]
    [InlineData("Bert5KMeans", "Bert32")]
    [InlineData("Albert2KMeans", "Albert32")]
    public void Results_are_the_bits_of_the_full_precision_model(string name, string twin)
    {
        for (int seed = 1; seed <= 2; seed++)
        {
            using PackedModel packed = RandomWeights.For(TestModel.Named(name).Spec, seed);
            using InferenceSession session = TestModel.Named(name).Load(packed);
            using PackedModel floats = LookUp(packed, TestModel.Named(twin).Spec);
            using InferenceSession reference = TestModel.Named(twin).Load(floats);
            foreach (TokenBatch batch in (TokenBatch[])[TokenBatch.OfAllLengths(20), TokenBatch.Of([1], seed)])
            {
                Assert.Equal(
                    batch.Run(reference).Select(BitConverter.SingleToInt32Bits),
                    batch.Run(session).Select(BitConverter.SingleToInt32Bits));
            }
        }
    }

    [Fact]
    public void Models_without_integer_products_have_no_activation_codes()
    {
        ModelSpec spec = TestModel.Named("Bert3KMeans").Spec;
        Assert.Equal(32, spec.ActivationBits);
        Assert.All(spec.ActivationSites(), site => Assert.False(site.IsQuantized));
        Assert.Equal(8, TestModel.Named("BertCodebookMixed").Spec.ActivationBits);
    }

    private static PackedModel LookUp(PackedModel packed, ModelSpec twin)
    {
        var builder = new PackedModelBuilder(twin) { Labels = [.. packed.Labels] };
        foreach (TensorSpec tensor in PackedLayout.Packed(twin))
        {
            string name = tensor.Name[..tensor.Name.LastIndexOf('.')];
            if (!tensor.IsFloat)
            {
                builder.AddBytes(tensor.Name, packed.Bytes(tensor.Name).ToArray());
                continue;
            }

            bool isLookedUp = PackedLayout.Packed(packed.Spec).All(t => t.Name != tensor.Name);
            builder.AddFloats(tensor.Name, isLookedUp ? LookUp(packed, name, tensor) : packed.Floats(tensor.Name).ToArray());
        }

        builder.AddBytes(PackedLayout.Vocabulary, packed.Vocabulary.ToArray());
        return builder.Build();
    }

    private static float[] LookUp(PackedModel packed, string name, TensorSpec tensor)
    {
        int bits = name == PackedLayout.WordEmbedding ? packed.Spec.EmbeddingBits : packed.Spec.Matrix(name).Bits;
        float[] codebook = packed.Floats(name + ".codebook").ToArray();
        Assert.Equal(1 << bits, codebook.Length);
        byte[] labels = new byte[tensor.Count];
        CodePacker.Unpack(packed.Codes(name), tensor.Shape[1], bits, labels);
        return [.. labels.Select(label => codebook[label])];
    }
}
