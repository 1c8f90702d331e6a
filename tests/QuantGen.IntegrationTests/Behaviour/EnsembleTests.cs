using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.TestModels;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>An ensemble computes what its members compute alone, with the first one's embeddings.</summary>
public sealed class EnsembleTests
{
    private const int Longest = 20;
    private static readonly double[] s_votes = [1.25, 0.5, 2];

    public static TheoryData<string> Classifiers =>
        [.. TestModel.All.Where(model => model.Spec.Head == BertHead.SequenceClassification).Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void Outputs_are_those_of_the_members_joined(string name)
    {
        TestModel model = TestModel.Named(name);
        TokenBatch batch = TokenBatch.OfAllLengths(Longest);
        float[][] alone = [.. s_votes.Select((_, member) =>
        {
            using InferenceSession session = model.Load(Member(model.Spec, member).Build());
            return batch.Run(session);
        })];
        int width = model.Spec.OutputCount;
        float[] expected = new float[alone[0].Length];
        var outputs = new MemberOutputs(s_votes, EnsembleVote.Weighted);
        for (int row = 0; row < expected.Length; row += width)
        {
            outputs.Join([.. alone.SelectMany(own => own.AsSpan(row, width).ToArray())], expected.AsSpan(row, width));
        }

        PackedModelBuilder first = Member(model.Spec, 0);
        first.AddMembers([.. Enumerable.Range(1, s_votes.Length - 1).Select(member => Member(model.Spec, member))], s_votes);
        using InferenceSession ensemble = model.Load(first.Build(), new LoadOptions { Threads = 3, Team = new WorkerTeam(3) });
        Assert.Equal(s_votes, ensemble.Votes);
        for (int threads = 1; threads <= 3; threads++)
        {
            Assert.Equal(
                expected.Select(BitConverter.SingleToInt32Bits),
                batch.Run(ensemble, new CallOptions { Threads = threads }).Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void A_profile_counts_the_products_of_all_members()
    {
        TestModel model = TestModel.Named("Bert6");
        TokenBatch batch = TokenBatch.OfAllLengths(Longest);
        PackedModelBuilder first = Member(model.Spec, 0);
        first.AddMembers([Member(model.Spec, 1)], [1, 1]);
        using InferenceSession ensemble = model.Load(first.Build());
        using InferenceSession single = model.Load(Member(model.Spec, 0).Build());
        Assert.Equal(2 * Products(single, batch), Products(ensemble, batch));
        Assert.Throws<InvalidOperationException>(() => ensemble.Calibrate([2, 3], [0, 0], [2], new NoObserver()));
    }

    private static long Products(InferenceSession session, TokenBatch batch)
    {
        var profile = new OperatorProfile();
        batch.Run(session, new CallOptions { Threads = 1, Profile = profile });
        return profile.Products.Where(product => product.Operator is OperatorClass.QueryKeyValue or OperatorClass.FeedForwardIn)
            .Sum(product => product.MultiplyAdds);
    }

    // The weights of a member alone: its own, behind the first one's embeddings.
    private static PackedModelBuilder Member(ModelSpec spec, int member)
    {
        using PackedModel first = RandomWeights.For(spec, seed: 1);
        using PackedModel own = RandomWeights.For(spec, seed: 1 + member);
        var builder = new PackedModelBuilder(spec) { Labels = first.Labels };
        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            PackedModel source = PackedLayout.IsShared(spec, tensor.Name) ? first : own;
            if (tensor.IsFloat)
            {
                builder.AddFloats(tensor.Name, source.Floats(tensor.Name).ToArray());
            }
            else
            {
                builder.AddBytes(tensor.Name, source.Bytes(tensor.Name).ToArray());
            }
        }

        builder.AddBytes(PackedLayout.Vocabulary, first.Vocabulary.ToArray());
        return builder;
    }

    private sealed class NoObserver : IActivationObserver
    {
        public void Observe(int site, int use, ReadOnlySpan<float> values)
        {
        }
    }
}
