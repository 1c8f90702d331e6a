using QuantGen.Execution;
using QuantGen.Linear;

namespace QuantGen.Tests.Execution;

public sealed class ForwardPassTests
{
    [Theory]
    [InlineData(1, 1, 64, new[] { 1 })]
    [InlineData(20, 1, 64, new[] { 20 })]
    [InlineData(20, 2, 64, new[] { 16, 4 })]
    [InlineData(70, 1, 64, new[] { 40, 30 })]
    [InlineData(128, 1, 64, new[] { 64, 64 })]
    [InlineData(200, 2, 64, new[] { 56, 56, 56, 32 })]
    [InlineData(9, 4, 64, new[] { 8, 1 })]
    [InlineData(50, 1, 20, new[] { 20, 20, 10 })]
    [InlineData(0, 2, 64, new int[0])]
    public void Tokens_are_divided_into_items_of_nearly_equal_length(int tokens, int workers, int most, int[] counts)
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression), maxSequenceLength: 200, maxBatchTokens: 200);
        using var weights = new WeightArena(64);
        using var pass = new ForwardPass(program, weights, workers);
        if (tokens > 0)
        {
            pass.Append(new int[tokens], new byte[tokens]);
        }

        pass.Partition(workers, most);
        Assert.Equal(counts, Enumerable.Range(0, pass.TokenItems).Select(item => pass.TokensOf(item).Count));
        Assert.Equal(tokens, counts.Sum());
        Assert.Equal(counts.Select((_, i) => counts[..i].Sum()), Enumerable.Range(0, counts.Length).Select(item => pass.TokensOf(item).First));
    }

    [Fact]
    public void Sequences_stand_one_after_the_other()
    {
        var program = new FakeProgram(SessionModel.Spec(BertHead.Regression));
        using var weights = new WeightArena(64);
        using var pass = new ForwardPass(program, weights, 1);
        pass.Append([5, 6, 7], [0, 1, 1]);
        pass.Append([8, 9], [0, 0]);
        Assert.Equal([5, 6, 7, 8, 9], pass.Ids.ToArray());
        Assert.Equal([0, 1, 1, 0, 0], pass.Types.ToArray());
        Assert.Equal([0, 1, 2, 0, 1], pass.Positions.ToArray());
        Assert.Equal([0, 3, 5], pass.Starts.ToArray());
        Assert.Equal((5, 2), (pass.TokenCount, pass.SequenceCount));
        pass.Clear();
        Assert.Equal((0, 0, 1), (pass.TokenCount, pass.SequenceCount, pass.Starts.Length));
    }

    [Fact]
    public unsafe void An_arena_is_zeroed_aligned_and_bounded()
    {
        using var weights = new WeightArena(100);
        Assert.All(weights.Bytes(0, 100).ToArray(), b => Assert.Equal(0, b));
        fixed (byte* start = weights.Bytes(0, 100))
        {
            Assert.Equal(0, (nint)start % 64);
        }

        weights.Integers(8, 2)[1] = 77;
        Assert.Equal(77, weights.Bytes(12, 4)[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => weights.Bytes(96, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => weights.Bytes(-1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => weights.Bytes(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => weights.Bytes(long.MaxValue, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightArena(0));
        weights.Dispose();
        Assert.Throws<ObjectDisposedException>(() => weights.Floats(0, 1));
    }
}
