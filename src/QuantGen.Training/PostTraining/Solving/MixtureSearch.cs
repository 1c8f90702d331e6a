namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Finds by gradients which choices a loss prefers: every thing is a mixture of its choices, and the shares move (after DCP-NAS).</summary>
/// <remarks>
/// Zhuo et al., IJCV 2023; algorithms.md 14.2: shares are the softmax of weights alpha. What moves them is the loss's gradient, and that of the squared
/// distance between it and the gradient in the beginning, the parent's, with the second derivatives of Gauss and Newton: the mean of the outer products of
/// the gradients of single parts of the data.
/// </remarks>
/// <param name="counts">The choices of each thing.</param>
/// <param name="gradients">Gives the gradients of a part's loss by the shares, thing after thing.</param>
/// <param name="parts">The parts of the data.</param>
internal sealed class MixtureSearch(int[] counts, Func<double[][], int, double[][]> gradients, int parts)
{
    private const double FirstMoment = 0.5;
    private const double SecondMoment = 0.999;
    private const double Small = 1e-8;

    /// <summary>Gets how much the distance of the gradients counts. Default 0.1.</summary>
    public double Lambda { get; init; } = 0.1;

    /// <summary>Gets the learning rate. Default 3e-4.</summary>
    public double Rate { get; init; } = 3e-4;

    /// <summary>Moves the weights.</summary>
    /// <param name="steps">How often.</param>
    /// <param name="report">Told the share that is done.</param>
    /// <returns>The costs of the choices: minus the logarithms of their shares.</returns>
    public double[][] Run(int steps, Action<double> report)
    {
        double[] alpha = new double[counts.Sum()];
        double[][] rows = [.. Enumerable.Range(0, parts).Select(part => Slopes(alpha, part))];
        double[] parent = [.. Enumerable.Range(0, alpha.Length).Select(i => rows.Average(row => row[i]))];
        double[] first = new double[alpha.Length];
        double[] second = new double[alpha.Length];
        for (int step = 0; step < steps; step++)
        {
            int part = step % parts;
            double[] child = rows[part] = Slopes(alpha, part);
            double[] direction = Direction(child, parent, rows, Lambda);
            for (int i = 0; i < alpha.Length; i++)
            {
                first[i] = (FirstMoment * first[i]) + ((1 - FirstMoment) * direction[i]);
                second[i] = (SecondMoment * second[i]) + ((1 - SecondMoment) * direction[i] * direction[i]);
                double mean = first[i] / (1 - Math.Pow(FirstMoment, step + 1));
                double square = second[i] / (1 - Math.Pow(SecondMoment, step + 1));
                alpha[i] -= Rate * mean / (Math.Sqrt(square) + Small);
            }

            report((step + 1.0) / steps);
        }

        return [.. Split(alpha).Select(own => Array.ConvertAll(Softmax(own), share => -Math.Log(share)))];
    }

    /// <summary>Gets where the loss falls slowest, eq 4.33: <c>g + 2 lambda H (g - T)</c>.</summary>
    /// <param name="child">The gradient g.</param>
    /// <param name="parent">The parent's gradient T.</param>
    /// <param name="rows">Gradients of single parts, whose outer products' mean is H.</param>
    /// <param name="lambda">How much the distance counts.</param>
    public static double[] Direction(double[] child, double[] parent, double[][] rows, double lambda)
    {
        double[] direction = [.. child];
        foreach (double[] row in rows)
        {
            double factor = 2 * lambda * row.Select((slope, i) => slope * (child[i] - parent[i])).Sum() / rows.Length;
            for (int i = 0; i < direction.Length; i++)
            {
                direction[i] += factor * row[i];
            }
        }

        return direction;
    }

    /// <summary>Gets the shares of weights.</summary>
    public static double[] Softmax(double[] alpha)
    {
        double largest = alpha.Max();
        double[] exp = Array.ConvertAll(alpha, value => Math.Exp(value - largest));
        double sum = exp.Sum();
        return Array.ConvertAll(exp, value => value / sum);
    }

    // From gradients by shares to those by their weights.
    private double[] Slopes(double[] alpha, int part)
    {
        double[][] shares = [.. Split(alpha).Select(Softmax)];
        double[][] own = gradients(shares, part);
        return
        [
            .. shares.SelectMany((p, thing) =>
            {
                double mean = p.Zip(own[thing], (share, slope) => share * slope).Sum();
                return p.Zip(own[thing], (share, slope) => share * (slope - mean));
            }),
        ];
    }

    private IEnumerable<double[]> Split(double[] values)
    {
        int at = 0;
        foreach (int count in counts)
        {
            yield return values[at..(at += count)];
        }
    }
}
