using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Rounding;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>Generated code of models that round everything has the bits of their definition.</summary>
public sealed class RoundedModelTests
{
    /// <summary>The models that round everything.</summary>
    public static TheoryData<string> Models => [.. TestModel.All.Where(model => model.Spec.IsRounded).Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Results_are_the_floats_of_the_reference(string name)
    {
        TestModel model = TestModel.Named(name);
        for (int seed = 1; seed <= 4; seed++)
        {
            using InferenceSession session = model.Load(seed);
            using PackedModel packed = RandomWeights.For(model.Spec, seed);
            var reference = new RoundedReference(packed);
            TokenBatch batch = TokenBatch.Of([1, 2, 5, 16, 20, 24, 7], seed + 10);
            float[] results = batch.Run(session);
            var expected = new List<float>();
            int token = 0;
            foreach (int length in batch.Lengths)
            {
                expected.AddRange(reference.Run(batch.Ids.AsSpan(token, length), batch.Types.AsSpan(token, length)));
                token += length;
            }

            Assert.Equal(expected, results);

            // A model whose results hardly vary would prove nothing.
            Assert.True(results.Max() - results.Min() > 0.02f);
        }
    }

    [Fact]
    public void Models_of_floats_have_no_such_definition()
    {
        using PackedModel packed = RandomWeights.For(TestModel.Named("Bert8").Spec, seed: 1);
        Assert.Throws<ArgumentException>(() => new RoundedReference(packed));
    }
}
