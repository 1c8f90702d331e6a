using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class PlanSearchTests
{
    private static readonly long[][] s_sizes = [.. Enumerable.Range(0, 5).Select(_ => new long[] { 1, 2, 3, 4 })];

    // What each thing alone loses says the reverse of what all of them together lose.
    private static readonly double[] s_alone = [5, 4, 3, 2, 1];
    private static readonly double[] s_together = [1, 2, 3, 4, 50];

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Search_finds_what_the_table_does_not_know(double beta)
    {
        double[][] table = [.. s_alone.Select(Costs)];
        int[] start = Find(table)!;
        int[] best = Find([.. s_together.Select(Costs)])!;
        Assert.NotEqual(Error(best), Error(start));
        int[] found = new PlanSearch(table, Find, Error, beta, seed: 1).Run([start], rounds: 60, children: 4, _ => { });
        Assert.Equal(Error(best), Error(found), 1e-12);
        Assert.Equal(found, new PlanSearch(table, Find, Error, beta, seed: 1).Run([start], rounds: 60, children: 4, _ => { }));
    }

    [Fact]
    public void Search_returns_the_best_start_where_it_may_not_try()
    {
        double[][] table = [.. s_alone.Select(Costs)];
        int[] better = Find([.. s_together.Select(Costs)])!;
        Assert.Equal(better, new PlanSearch(table, Find, Error, beta: 0, seed: 1).Run([Find(table)!, better], rounds: 0, children: 4, _ => { }));
    }

    [Fact]
    public void Choices_that_cost_without_end_are_stepped_over()
    {
        double[][] table = [.. s_alone.Select(weight => Costs(weight) is var own ? new[] { own[0], double.PositiveInfinity, own[2], own[3] } : [])];
        int[] found = new PlanSearch(table, Find, Error, beta: 0, seed: 1).Run([Find(table)!], rounds: 60, children: 4, _ => { });
        Assert.DoesNotContain(1, found);
        Assert.True(Error(found) < Error(Find(table)!));
    }

    private static double[] Costs(double weight) => [weight, weight / 4, weight / 16, weight / 64];

    private static int[]? Find(double[][] costs) => BitBudget.Choose(s_sizes, costs, 12);

    private static double Error(int[] plan) => plan.Select((choice, i) => choice == PlanSearch.Parent ? 0 : Costs(s_together[i])[choice]).Sum();
}
