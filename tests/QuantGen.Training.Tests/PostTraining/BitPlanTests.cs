using QuantGen.Trainable;
using QuantGen.Training.PostTraining.Solving;

namespace QuantGen.Training.Tests.PostTraining;

public sealed class BitPlanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Budget_buys_what_trying_all_plans_buys(int seed)
    {
        var random = new Random(seed);
        long[][] sizes = [.. Enumerable.Range(0, 6).Select(_ => random.Next(1, 5) is int unit ? new long[] { 12 * unit, 18 * unit, 24 * unit } : [])];
        double[][] costs = [.. Enumerable.Range(0, 6).Select(_ => random.NextDouble() is var first
            ? new[] { first, first * random.NextDouble(), 0.05 * first } : [])];
        long least = sizes.Sum(own => own[0]);
        for (long budget = least; budget <= 2 * least; budget += 7)
        {
            int[] chosen = BitBudget.Choose(sizes, costs, budget)!;
            Assert.True(Sum(sizes, chosen) <= budget);
            double best = Enumerable.Range(0, 729).Select(Digits).Where(plan => Sum(sizes, plan) <= budget).Min(plan => Sum(costs, plan));
            Assert.Equal(best, Sum(costs, chosen), 1e-12);
        }

        Assert.Null(BitBudget.Choose(sizes, costs, least - 1));
    }

    [Fact]
    public void Sizes_may_stand_in_any_order()
    {
        Assert.Equal([0, 2], BitBudget.Choose([[3, 1], [5, 4, 2]], [[1, 9], [0, 3, 1]], 5)!);
        Assert.Equal([1, 0], BitBudget.Choose([[3, 1], [5, 4, 2]], [[1, 2], [0, 3, 9]], 6)!);
    }

    [Fact]
    public void Budget_holds_where_sizes_have_no_common_unit()
    {
        long[][] sizes = [[1_000_003, 2_000_029], [999_983, 3_000_017], [17, 5_000_011]];
        double[][] costs = [[4, 0], [5, 0], [6, 0]];
        Assert.Equal([1, 1, 0], BitBudget.Choose(sizes, costs, 5_100_000)!);
        Assert.Equal([1, 1, 1], BitBudget.Choose(sizes, costs, 99_000_000)!);
    }

    [Fact]
    public void Choice_that_costs_without_end_is_never_made()
    {
        double inf = double.PositiveInfinity;
        Assert.Equal([1, 0], BitBudget.Choose([[1, 2], [1, 2]], [[inf, 1], [3, 0]], 3)!);
        Assert.Null(BitBudget.Choose([[1, 2], [1, 2]], [[inf, 1], [inf, 0]], 3));
    }

    /// <summary>The Hessian of a softmax's cross-entropy is known: mean of (diag p - p p') x x'.</summary>
    [Fact]
    public void Differences_of_gradients_are_the_exact_product()
    {
        var softmax = new Softmax(classes: 4, inputs: 5, rows: 7, seed: 3);
        var product = new HessianProduct([softmax.Weight], softmax.AddGradients);
        float[] before = [.. softmax.Weight.Values];
        var random = new Random(8);
        for (int trial = 0; trial < 5; trial++)
        {
            double[] vector = [.. Enumerable.Range(0, product.Count).Select(_ => random.NextDouble() - 0.5)];
            double[] exact = softmax.HessianTimes(vector);
            double[] found = product.Of(vector);
            double error = PowerIteration.Length([.. exact.Zip(found, (x, y) => x - y)]);
            Assert.InRange(error / PowerIteration.Length(exact), 0, 5e-4);
        }

        Assert.Equal(before, softmax.Weight.Values);
        Assert.All(softmax.Weight.Gradients, gradient => Assert.Equal(0, gradient));
    }

    [Fact]
    public void Power_iteration_ends_where_there_is_no_curvature()
    {
        (double value, double[] vector) = PowerIteration.Run(_ => new double[3], [3, 0, 4], 1e-3, 100);
        Assert.Equal(0, value);
        Assert.Equal([0.6, 0, 0.8], vector);
    }

    private static int[] Digits(int plan) => [.. Enumerable.Range(0, 6).Select(i => plan / (int)Math.Pow(3, i) % 3)];

    private static long Sum(long[][] sizes, int[] plan) => sizes.Select((own, i) => own[plan[i]]).Sum();

    private static double Sum(double[][] costs, int[] plan) => costs.Select((own, i) => own[plan[i]]).Sum();

    private sealed class Softmax
    {
        private readonly int _classes;
        private readonly int _inputs;
        private readonly double[][] _x;
        private readonly int[] _targets;

        public Softmax(int classes, int inputs, int rows, int seed)
        {
            var random = new Random(seed);
            (_classes, _inputs) = (classes, inputs);
            _x = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, inputs).Select(_ => (2 * random.NextDouble()) - 1).ToArray())];
            _targets = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
            Weight = new Parameter("w", ParameterKind.Weight, classes, inputs);
            for (int i = 0; i < Weight.Values.Length; i++)
            {
                Weight.Values[i] = random.NextSingle() - 0.5f;
            }
        }

        public Parameter Weight { get; }

        public void AddGradients()
        {
            double[] sums = new double[Weight.Values.Length];
            for (int row = 0; row < _x.Length; row++)
            {
                double[] p = Probabilities(row);
                p[_targets[row]] -= 1;
                AddOuter(sums, p, row);
            }

            for (int i = 0; i < sums.Length; i++)
            {
                Weight.Gradients[i] += (float)sums[i];
            }
        }

        public double[] HessianTimes(double[] vector)
        {
            double[] product = new double[vector.Length];
            for (int row = 0; row < _x.Length; row++)
            {
                double[] p = Probabilities(row);
                double[] z = [.. Enumerable.Range(0, _classes).Select(c => Dot(vector.AsSpan(c * _inputs, _inputs), _x[row]))];
                double mean = Dot(p, z);
                AddOuter(product, [.. p.Select((share, c) => share * (z[c] - mean))], row);
            }

            return product;
        }

        private double[] Probabilities(int row)
        {
            double[] exp = [.. Enumerable.Range(0, _classes).Select(c => Math.Exp(
                Dot([.. Weight.Values.AsSpan(c * _inputs, _inputs).ToArray().Select(value => (double)value)], _x[row])))];
            double sum = exp.Sum();
            return Array.ConvertAll(exp, value => value / sum);
        }

        private void AddOuter(double[] sums, double[] slopes, int row)
        {
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += slopes[i / _inputs] * _x[row][i % _inputs] / _x.Length;
            }
        }

        private static double Dot(ReadOnlySpan<double> x, double[] y)
        {
            double sum = 0;
            for (int i = 0; i < y.Length; i++)
            {
                sum += x[i] * y[i];
            }

            return sum;
        }
    }
}
