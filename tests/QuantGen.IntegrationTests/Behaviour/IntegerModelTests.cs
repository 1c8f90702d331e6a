using QuantGen.Execution;
using QuantGen.Integers;
using QuantGen.Packed;
using QuantGen.Quantization;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Generated code of models without floats gives the integers of their definition.</summary>
public sealed class IntegerModelTests
{
    /// <summary>The models without floats.</summary>
    public static TheoryData<string> Models => [.. TestModel.All.Where(model => model.Spec.IsInteger).Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Results_are_the_integers_of_the_reference(string name)
    {
        TestModel model = TestModel.Named(name);
        float scale = (float)FixedPoint.ScaleOf(model.Spec.HasOutputLayer ? FixedPoint.LogitBits : FixedPoint.StateBits);
        for (int seed = 1; seed <= 4; seed++)
        {
            using InferenceSession session = model.Load(seed);
            using PackedModel packed = RandomWeights.For(model.Spec, seed);
            var reference = new IntegerReference(packed);
            TokenBatch batch = TokenBatch.Of([1, 2, 5, 16, 20, 24, 7], seed + 10);
            float[] results = batch.Run(session);
            var expected = new List<float>();
            int token = 0;
            foreach (int length in batch.Lengths)
            {
                expected.AddRange(reference.Run(batch.Ids.AsSpan(token, length), batch.Types.AsSpan(token, length)).Select(value => value * scale));
                token += length;
            }

            Assert.Equal(expected, results);

            // A model whose results hardly vary would prove nothing.
            Assert.True(results.Max() - results.Min() > 0.02f);
        }
    }

    [Fact]
    public void Models_with_floats_have_no_such_definition()
    {
        using PackedModel packed = RandomWeights.For(TestModel.Named("Bert8").Spec, seed: 1);
        Assert.Throws<ArgumentException>(() => new IntegerReference(packed));
    }

    [Fact]
    public void Nothing_is_there_to_observe()
    {
        using InferenceSession session = TestModel.Named("Bert8Integer").Load();
        Assert.Throws<InvalidOperationException>(() => session.Calibrate([1], [0], [1], new Nobody()));
    }

    private sealed class Nobody : IActivationObserver
    {
        public void Observe(int site, int use, ReadOnlySpan<float> values) => throw new InvalidOperationException();
    }
}
