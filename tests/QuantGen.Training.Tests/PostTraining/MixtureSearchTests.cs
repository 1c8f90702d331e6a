using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class MixtureSearchTests
{
    [Fact]
    public void Shares_move_to_what_loses_less()
    {
        // The loss is a sum over the parts of squares of what a mixture misses; its values are nearest to the last choice of the first thing, the first of the
        // second.
        double[][] values = [[0, 1, 2], [3, 5]];
        double[] wanted = [2.1, 2.9];
        double[][] Gradients(double[][] shares, int part) =>
        [
            .. shares.Select((own, thing) =>
            {
                double missed = own.Zip(values[thing], (share, value) => share * value).Sum() - wanted[thing] + (0.01 * part);
                return Array.ConvertAll(values[thing], value => 2 * missed * value);
            }),
        ];

        double[][] costs = new MixtureSearch([3, 2], Gradients, parts: 2) { Rate = 0.05 }.Run(60, _ => { });
        Assert.Equal([2, 0], costs.Select(own => Array.IndexOf(own, own.Min())));
        Assert.All(costs, own => Assert.Equal(1, own.Sum(cost => Math.Exp(-cost)), 1e-9));
    }

    [Fact]
    public void Nothing_moves_without_steps()
    {
        double[][] costs = new MixtureSearch([2, 4], (shares, _) => shares, parts: 1).Run(0, _ => { });
        Assert.All(costs[0], cost => Assert.Equal(Math.Log(2), cost, 1e-12));
        Assert.All(costs[1], cost => Assert.Equal(Math.Log(4), cost, 1e-12));
    }
}
