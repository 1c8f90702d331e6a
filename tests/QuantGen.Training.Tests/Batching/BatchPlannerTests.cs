using QuantGen.Training.Batching;

namespace QuantGen.Training.Tests.Batching;

public sealed class BatchPlannerTests
{
    private static readonly int[] s_lengths = [.. Enumerable.Range(0, 1000).Select(i => 5 + (i * 37 % 120))];

    [Fact]
    public void Every_example_is_in_one_batch()
    {
        IReadOnlyList<int[]> plan = BatchPlanner.Plan(s_lengths, 32, seed: 1, epoch: 0);
        Assert.Equal(32, plan.Count);
        Assert.Equal(Enumerable.Range(0, 1000), plan.SelectMany(rows => rows).Order());
        Assert.Equal(1, plan.Count(rows => rows.Length == 8));
        Assert.Equal(31, plan.Count(rows => rows.Length == 32));
    }

    [Fact]
    public void Plan_depends_on_seed_and_epoch_only()
    {
        IReadOnlyList<int[]> plan = BatchPlanner.Plan(s_lengths, 32, seed: 1, epoch: 3);
        Assert.Equal(plan, BatchPlanner.Plan(s_lengths, 32, seed: 1, epoch: 3));
        Assert.NotEqual(plan, BatchPlanner.Plan(s_lengths, 32, seed: 2, epoch: 3));
        Assert.NotEqual(plan, BatchPlanner.Plan(s_lengths, 32, seed: 1, epoch: 4));
    }

    [Fact]
    public void Batches_have_similar_lengths_and_come_in_no_order_of_them()
    {
        IReadOnlyList<int[]> plan = BatchPlanner.Plan(s_lengths, 32, seed: 1, epoch: 0);
        Assert.All(plan, rows => Assert.InRange(rows.Max(row => s_lengths[row]) - rows.Min(row => s_lengths[row]), 0, 40));
        double[] means = [.. plan.Select(rows => rows.Average(row => s_lengths[row]))];
        Assert.NotEqual(means.Order(), means);
    }

    [Fact]
    public void Evaluation_goes_from_short_to_long()
    {
        IReadOnlyList<int[]> plan = BatchPlanner.ByLength([5, 3, 9, 3], 2);
        Assert.Equal([[1, 3], [0, 2]], plan);
    }
}
