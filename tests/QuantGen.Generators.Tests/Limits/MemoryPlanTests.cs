extern alias runtime;

using QuantGen.Generators.Emission.Plans;
using QuantGen.Generators.Tests.Running;
using QuantGen.Specs;

namespace QuantGen.Generators.Tests.Limits;

/// <summary>What the compiler plans is what the runtime needs.</summary>
public sealed class MemoryPlanTests
{
    public static TheoryData<SpecOptions, BertArchitecture> Specs => new()
    {
        { new SpecOptions { Bits = 32 }, BertArchitecture.Bert },
        { new SpecOptions { Bits = 2, Head = BertHead.SequenceClassification }, BertArchitecture.Bert },
        { new SpecOptions { Bits = 5, EmbeddingBits = 5, Storage = Storage.Codebook, Head = BertHead.SequenceClassification }, BertArchitecture.Albert },
        { new SpecOptions { Bits = 4, GroupSize = 32, Mapping = Mapping.Asymmetric, Head = BertHead.Regression }, BertArchitecture.Albert },
        { new SpecOptions { Bits = 8, Head = BertHead.TokenClassification, Plan = new([new("*.intermediate.dense", null, 2, null, null, new([2, 4]))]) },
        BertArchitecture.Albert },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public void Buffers_that_live_at_the_same_time_never_overlap(SpecOptions options, BertArchitecture architecture)
    {
        MemoryPlan plan = new ModelPlan(Tiny.Spec(options, architecture)).Memory;
        AssertApart(plan.Shared, plan.SharedBytes);
        AssertApart(plan.Local, plan.LocalBytes);
    }

    [Fact]
    public void Attention_scratch_shares_its_place_with_what_comes_after()
    {
        MemoryPlan plan = new ModelPlan(Tiny.Spec(new SpecOptions { Bits = 32 })).Memory;
        Assert.True(plan.LocalBytes < plan.Local.Sum(b => b.Bytes));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 12)]
    [InlineData(16, 16)]
    [InlineData(17, 4)]
    [InlineData(128, 64)]
    [InlineData(511, 80)]
    [InlineData(512, 128)]
    public void Attention_scratch_is_what_the_runtime_asks_for(int length, int headSize) =>
        Assert.Equal(runtime::QuantGen.Kernels.Attention.ScratchFloats(length, headSize), MemoryPlan.AttentionFloats(length, headSize));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 12)]
    [InlineData(17, 4)]
    [InlineData(128, 64)]
    [InlineData(511, 81)]
    public void Scratch_of_quantized_attention_is_what_the_runtime_asks_for(int length, int headSize)
    {
        Assert.Equal(runtime::QuantGen.Kernels.QuantizedAttention.ScratchFloats(length, headSize), MemoryPlan.QuantizedAttentionFloats(length, headSize));
        Assert.Equal(runtime::QuantGen.Kernels.RoundedAttention.ScratchFloats(length, headSize), MemoryPlan.RoundedAttentionFloats(length, headSize));
    }

    [Fact]
    public void Padding_is_the_runtimes()
    {
        Assert.Equal(runtime::QuantGen.Linear.KernelOrder.RowMultiple, PanelPadding.Rows);
        Assert.Equal(runtime::QuantGen.Linear.KernelOrder.ColumnMultiple, PanelPadding.Columns);
        Assert.Equal(runtime::QuantGen.Linear.KernelOrder.Pad(33, 32), PanelPadding.Pad(33, 32));
    }

    private static void AssertApart(IReadOnlyList<PlannedBuffer> buffers, long bytes)
    {
        foreach (PlannedBuffer a in buffers)
        {
            Assert.Equal(0, a.Offset % 64);
            Assert.InRange(a.Offset + a.Bytes, 1, bytes);
            foreach (PlannedBuffer b in buffers.Where(b => !ReferenceEquals(a, b) && a.First <= b.Last && b.First <= a.Last))
            {
                Assert.True(a.Offset + a.Bytes <= b.Offset || b.Offset + b.Bytes <= a.Offset, $"{a} overlaps {b}");
            }
        }
    }
}
