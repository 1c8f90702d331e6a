using System.Diagnostics;
using QuantGen.Execution;
using QuantGen.Linear;
using QuantGen.Specs;
using QuantGen.TestModels;
using QuantGen.Tests;

namespace QuantGen.IntegrationTests.Behaviour;

/// <summary>A profile names every class of operators, counts what was executed, and changes nothing.</summary>
public sealed class OperatorProfileTests
{
    public static TheoryData<string, int> ModelsAndThreads
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (TestModel model in TestModel.All)
            {
                data.Add(model.Name, 1);
                data.Add(model.Name, 2);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ModelsAndThreads))]
    public void Multiply_adds_by_class_and_bits_are_those_of_the_model(string name, int threads)
    {
        TestModel model = TestModel.Named(name);
        TokenBatch batch = TokenBatch.OfAllLengths(9);
        using InferenceSession session = model.Load(options: new LoadOptions { Threads = 2 });
        var profile = new OperatorProfile();

        batch.Run(session, new CallOptions { Threads = threads, Profile = profile });

        var counted = profile.Products.GroupBy(p => (p.Operator, p.Bits)).ToDictionary(g => g.Key, g => g.Sum(p => p.MultiplyAdds));
        Assert.Equal(Expected(model.Spec, batch).OrderBy(p => p.Key), counted.OrderBy(p => p.Key));
        Assert.All(profile.Products, p => Assert.True(Roofline.IsSupported(p.Unit), p.Unit.ToString()));
        Assert.All(profile.Products.Where(p => p.Bits == 32), p => Assert.Equal(MultiplyUnits.Floats, p.Unit));
    }

    [Theory]
    [MemberData(nameof(ModelsAndThreads))]
    public void Every_class_takes_time_and_together_no_more_than_the_call(string name, int threads)
    {
        TestModel model = TestModel.Named(name);
        TokenBatch batch = TokenBatch.OfAllLengths(9);
        using InferenceSession session = model.Load(options: new LoadOptions { Threads = 2 });
        var profile = new OperatorProfile();
        var watch = Stopwatch.StartNew();

        batch.Run(session, new CallOptions { Threads = threads, Profile = profile });

        double elapsed = watch.Elapsed.TotalMilliseconds;
        OperatorClass[] idle = [.. Enum.GetValues<OperatorClass>().Where(c => profile.Milliseconds(c) <= 0)];
        var absent = new List<OperatorClass>();
        if (model.Spec.Matrices.All(matrix => !matrix.HasIntegerProduct))
        {
            absent.Add(OperatorClass.ActivationCodes);
        }

        if (!model.Spec.HasOutputLayer && !model.Spec.HasMaskedLanguageHead)
        {
            absent.Add(OperatorClass.Head);
        }

        Assert.Equal(absent, idle);
        Assert.Equal(profile.TotalMilliseconds, Enum.GetValues<OperatorClass>().Sum(profile.Milliseconds), 1e-6);
        Assert.InRange(profile.TotalMilliseconds, 0, threads * elapsed);
        Assert.Equal(1, profile.Passes);
    }

    [Theory]
    [MemberData(nameof(ModelsAndThreads))]
    public void Results_are_the_same_bits_with_a_profile(string name, int threads)
    {
        using InferenceSession session = TestModel.Named(name).Load(options: new LoadOptions { Threads = 2 });
        TokenBatch batch = TokenBatch.OfAllLengths(9);

        float[] plain = batch.Run(session, new CallOptions { Threads = threads });
        float[] profiled = batch.Run(session, new CallOptions { Threads = threads, Profile = new OperatorProfile() });

        Assert.Equal(plain.Select(BitConverter.SingleToInt32Bits), profiled.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void A_profile_allocates_nothing_after_the_first_call_and_adds_up_until_reset()
    {
        using InferenceSession session = TestModel.Named("BertMixed").Load(options: new LoadOptions { Threads = 2 });
        TokenBatch batch = TokenBatch.OfAllLengths(9);
        float[] results = new float[batch.ResultCount(session)];
        var profile = new OperatorProfile();
        var options = new CallOptions { Threads = 1, Profile = profile };
        batch.RunInto(session, results, options);
        OperatorProducts[] once = [.. profile.Products];

        long before = AllocatedBytes.OfThisThread;
        batch.RunInto(session, results, options);
        batch.RunInto(session, results, options);
        Assert.Equal(0, AllocatedBytes.OfThisThread - before);

        Assert.Equal(once.Select(p => p with { MultiplyAdds = 3 * p.MultiplyAdds }), profile.Products);
        Assert.Equal(3, profile.Passes);
        profile.Reset();
        Assert.Empty(profile.Products);
        Assert.Equal(0, profile.TotalMilliseconds);
        Assert.Equal(0, profile.Passes);
    }

    [Fact]
    public void Generated_kernels_are_those_of_the_registry_with_every_unit_there_is()
    {
        IEnumerable<(string, MultiplyUnit)> registered =
        [
            .. KernelRegistry.All.SelectMany(row => row.Structs()).Select(row => (row.Name, row.Unit)),
            .. KernelRegistry.Floats.SelectMany(
                row => new[] { row.WideVectors, row.NarrowVectors }.Select(vectors => ($"{row.Name}By{vectors * row.Lanes}", row.Unit))),
        ];
        (string, MultiplyUnit)[] kernels =
        [
            .. typeof(TestModel).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IProductKernel)))
                .Select(type => (type.Name, UnitOf(type))),
        ];

        Assert.Equal(registered.Distinct().Order(), kernels.Distinct().Order());
        Assert.Equal(Enum.GetValues<MultiplyUnit>(), kernels.Select(kernel => kernel.Item2).Distinct().Order());
    }

    private static MultiplyUnit UnitOf(Type kernel) => (MultiplyUnit)kernel.GetProperty(nameof(IProductKernel.Unit))!.GetValue(null)!;

    private static Dictionary<(OperatorClass Operator, int Bits), long> Expected(ModelSpec spec, TokenBatch batch)
    {
        var counts = new Dictionary<(OperatorClass, int), long>();
        void Add(OperatorClass operators, int bits, long count) => counts[(operators, bits)] = counts.GetValueOrDefault((operators, bits)) + count;
        foreach (MatrixSpec matrix in spec.Matrices)
        {
            foreach (RowSegment segment in matrix.Segments())
            {
                Add(ClassOf(matrix.Name), ExecutedTokens.ExecutedBits(matrix, segment), ExecutedTokens.MultiplyAdds(spec, matrix, segment, batch));
            }
        }

        // Scores and contexts; under a pooled head the last layer has one query a sequence.
        int layers = spec.Dimensions.Layers;
        if (!spec.HasQuantizedAttention && spec.Attention == AttentionKind.Softmax)
        {
            Add(OperatorClass.Attention, 32, batch.Lengths.Sum(n => 2L * spec.Dimensions.HiddenSize * n * (((layers - 1) * n) + (spec.IsPooled ? 1 : n))));
        }

        if (spec.HasMaskedLanguageHead)
        {
            Add(OperatorClass.Head, 32, (long)spec.Dimensions.EmbeddingSize * (spec.Dimensions.HiddenSize + spec.OutputCount) * batch.Ids.Length);
        }

        if (spec.HasOutputLayer)
        {
            Add(OperatorClass.Head, 32, (long)spec.OutputCount * spec.Dimensions.HiddenSize * (spec.IsPooled ? batch.Lengths.Length : batch.Ids.Length));
        }

        return counts;
    }

    private static OperatorClass ClassOf(string matrix) => matrix switch
    {
        "pooler.dense" or "pre_classifier" or "classifier.dense" => OperatorClass.Head,
        "encoder.embedding_hidden_mapping_in" => OperatorClass.Embedding,
        _ when matrix.Contains(".attention.self.", StringComparison.Ordinal) => OperatorClass.QueryKeyValue,
        _ when matrix.EndsWith(".attention.output.dense", StringComparison.Ordinal) => OperatorClass.AttentionOutput,
        _ when matrix.EndsWith(".intermediate.dense", StringComparison.Ordinal) => OperatorClass.FeedForwardIn,
        _ => OperatorClass.FeedForwardOut,
    };
}
