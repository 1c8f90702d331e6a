using QuantGen.Execution;
using QuantGen.Packed;
using QuantGen.Specs;
using QuantGen.Tasks;
using QuantGen.TestModels;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>An ensemble computes what its members compute alone, with the first one's embeddings.</summary>
public sealed class EnsembleTests
{
    private const int Longest = 20;
    private const string Deep = nameof(TestModels.Models.Bert1Layers);
    private static readonly double[] s_votes = [1.25, 0.5, 2];

    /// <summary>Every classifier with every number of layers that members can share, and of those whose layers share their weights with none.</summary>
    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (TestModel model in TestModel.All.Where(model => model.Spec.Head == BertHead.SequenceClassification))
        {
            for (int shared = 0; EnsembleSpec.Defect(model.Spec, shared) is null; shared++)
            {
                cases.Add(model.Name, shared);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_are_those_of_the_members_joined(string name, int sharedLayers)
    {
        TestModel model = TestModel.Named(name);
        TokenBatch batch = TokenBatch.OfAllLengths(Longest);
        float[][] alone = [.. s_votes.Select((_, member) =>
        {
            using InferenceSession session = model.Load(Member(model.Spec, member, sharedLayers).Build());
            return batch.Run(session);
        })];
        int width = model.Spec.OutputCount;
        float[] expected = new float[alone[0].Length];
        var outputs = new MemberOutputs(s_votes, EnsembleVote.Weighted);
        for (int row = 0; row < expected.Length; row += width)
        {
            outputs.Join([.. alone.SelectMany(own => own.AsSpan(row, width).ToArray())], expected.AsSpan(row, width));
        }

        // The others' own embeddings and shared layers are left out, whatever is in them.
        PackedModelBuilder first = Member(model.Spec, 0, sharedLayers);
        first.AddMembers(
            [.. Enumerable.Range(1, s_votes.Length - 1).Select(member => Member(model.Spec, member, sharedLayers: 0))], s_votes, sharedLayers);
        using InferenceSession ensemble = model.Load(first.Build(), new LoadOptions { Threads = 3, Team = new WorkerTeam(3) });
        Assert.Equal(s_votes, ensemble.Votes);
        Assert.Equal(sharedLayers, ensemble.SharedLayers);
        for (int threads = 1; threads <= 3; threads++)
        {
            Assert.Equal(
                expected.Select(BitConverter.SingleToInt32Bits),
                batch.Run(ensemble, new CallOptions { Threads = threads }).Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Calls_allocate_nothing(int sharedLayers)
    {
        using InferenceSession ensemble = Pair(sharedLayers, new LoadOptions { Threads = 2, ConcurrentCalls = 1, Team = new WorkerTeam(2) });
        TokenBatch batch = TokenBatch.OfAllLengths(Longest);
        float[] results = new float[batch.ResultCount(ensemble)];
        foreach (int threads in (int[])[1, 2])
        {
            var options = new CallOptions { Threads = threads };
            batch.RunInto(ensemble, results, options);
            batch.RunInto(ensemble, results, options);
            long before = AllocatedBytes.OfThisThread;
            batch.RunInto(ensemble, results, options);
            Assert.Equal(0, AllocatedBytes.OfThisThread - before);
        }
    }

    [Fact]
    public void A_profile_counts_the_products_of_all_members_and_of_shared_layers_once()
    {
        TokenBatch batch = TokenBatch.OfAllLengths(Longest);
        using InferenceSession single = TestModel.Named(Deep).Load(Member(TestModel.Named(Deep).Spec, 0, sharedLayers: 0).Build());
        long[] products = [.. Enumerable.Range(0, single.Spec.Dimensions.Layers).Select(sharedLayers =>
        {
            using InferenceSession ensemble = Pair(sharedLayers);
            return Products(ensemble, batch);
        })];
        long layer = products[0] - products[1];
        Assert.Equal(2 * Products(single, batch), products[0]);
        Assert.True(layer > 0);
        Assert.Equal(products.Select((_, sharedLayers) => products[0] - (sharedLayers * layer)), products);
        using InferenceSession pair = Pair(sharedLayers: 1);
        Assert.Throws<InvalidOperationException>(() => pair.Calibrate([2, 3], [0, 0], [2], new NoObserver()));
    }

    private static InferenceSession Pair(int sharedLayers, LoadOptions? options = null)
    {
        TestModel model = TestModel.Named(Deep);
        PackedModelBuilder first = Member(model.Spec, 0, sharedLayers);
        first.AddMembers([Member(model.Spec, 1, sharedLayers)], [1, 1], sharedLayers);
        return model.Load(first.Build(), options);
    }

    private static long Products(InferenceSession session, TokenBatch batch)
    {
        var profile = new OperatorProfile();
        batch.Run(session, new CallOptions { Threads = 1, Profile = profile });
        return profile.Products.Where(product => product.Operator is OperatorClass.QueryKeyValue or OperatorClass.FeedForwardIn)
            .Sum(product => product.MultiplyAdds);
    }

    // The weights of a member alone: its own, behind the first one's embeddings and shared layers.
    private static PackedModelBuilder Member(ModelSpec spec, int member, int sharedLayers)
    {
        using PackedModel first = RandomWeights.For(spec, seed: 1);
        using PackedModel own = RandomWeights.For(spec, seed: 1 + member);
        var builder = new PackedModelBuilder(spec) { Labels = first.Labels };
        foreach (TensorSpec tensor in PackedLayout.Packed(spec))
        {
            PackedModel source = PackedLayout.IsShared(spec, tensor.Name, sharedLayers) ? first : own;
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
