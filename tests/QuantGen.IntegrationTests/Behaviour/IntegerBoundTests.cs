using QuantGen.Execution;
using QuantGen.Integers;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>A file whose numbers could leave 32 bits is refused when it is loaded, by the generated code and by the reference.</summary>
public sealed class IntegerBoundTests
{
    [Theory]
    [InlineData("encoder.layer.0.output.dense.scales", 1e4f, "encoder.layer.0.output.dense")]
    [InlineData("encoder.layer.0.output.dense.scales", 1e20f, "encoder.layer.0.output.dense")]
    [InlineData("encoder.layer.0.attention.self.key.output.input_scale", 1e-8f, "encoder.layer.0.attention.self.key")]
    [InlineData("pooler.dense.bias", 1e9f, "pooler.dense")]
    [InlineData("embeddings.LayerNorm.weight", 1e5f, "embeddings.LayerNorm")]
    [InlineData("encoder.layer.1.output.LayerNorm.bias", 1e6f, "encoder.layer.1.output.LayerNorm")]
    [InlineData("embeddings.word_embeddings.scales", 10f, "embeddings.word_embeddings")]
    [InlineData("classifier.weight", 1e20f, "classifier")]
    public void Numbers_that_do_not_fit_are_refused(string tensor, float value, string place)
    {
        TestModel model = TestModel.Named("Bert8Integer");
        Assert.Equal(place, Assert.Throws<ModelFormatException>(() => model.Load(With(model.Spec, tensor, value)).Dispose()).Place);
        using PackedModel packed = With(model.Spec, tensor, value);
        Assert.Equal(place, Assert.Throws<ModelFormatException>(() => new IntegerReference(packed)).Place);
    }

    [Theory]
    [InlineData("encoder.layer.0.attention.self.input_scale", 1e-8f)]
    [InlineData("encoder.layer.0.attention.self.input_scale", 100f)]
    [InlineData("encoder.layer.0.attention.self.query.output.input_scale", 1e8f)]
    [InlineData("encoder.layer.0.attention.self.key.output.input_scale", 1e-4f)]
    [InlineData("encoder.layer.1.attention.self.value.output.input_scale", 1e6f)]
    [InlineData("encoder.layer.1.output.LayerNorm.weight", 0f)]
    [InlineData("encoder.layer.1.output.dense.scales", 1e-8f)]
    [InlineData("embeddings.position_embeddings.weight", 1e9f)]
    [InlineData("classifier.bias", -1e9f)]
    public void Extreme_numbers_that_fit_give_the_integers_of_the_reference(string tensor, float value)
    {
        TestModel model = TestModel.Named("Bert8Integer");
        using InferenceSession session = model.Load(With(model.Spec, tensor, value));
        using PackedModel packed = With(model.Spec, tensor, value);
        var reference = new IntegerReference(packed);
        TokenBatch batch = TokenBatch.Of([17], seed: 2);
        float unit = (float)Quantization.FixedPoint.ScaleOf(Quantization.FixedPoint.LogitBits);
        Assert.Equal(reference.Run(batch.Ids, batch.Types).Select(logit => logit * unit), batch.Run(session));
    }

    private static PackedModel With(ModelSpec spec, string changed, float value)
    {
        using PackedModel random = RandomWeights.For(spec, seed: 1);
        var builder = new PackedModelBuilder(spec) { Labels = random.Labels };
        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            if (!tensor.IsFloat)
            {
                builder.AddBytes(tensor.Name, random.Bytes(tensor.Name).ToArray());
                continue;
            }

            float[] values = random.Floats(tensor.Name).ToArray();
            if (tensor.Name == changed)
            {
                Array.Fill(values, value);
            }

            builder.AddFloats(tensor.Name, values);
        }

        builder.AddBytes(PackedLayout.Vocabulary, random.Bytes(PackedLayout.Vocabulary).ToArray());
        return builder.Build();
    }
}
