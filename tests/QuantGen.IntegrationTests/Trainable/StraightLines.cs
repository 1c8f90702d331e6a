namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Quantizers as the straight lines that straight-through estimators take them for.</summary>
/// <remarks>
/// The first pass through a network finds where each quantizer is and what it gives there. Later passes meet the same quantizers in the same order, and each
/// is <c>q(x0) + slope * (x - x0) + slope' * (alpha - alpha0)</c>: a smooth function, whose differences are the gradients that training is defined by.
/// </remarks>
internal sealed class StraightLines
{
    private readonly List<Line> _lines = [];
    private int _next = -1;

    /// <summary>Begins a pass after the first.</summary>
    public void Begin() => _next = 0;

    /// <summary>Takes numbers through a quantizer whose gradients pass as they are, and whose scale is a constant to them.</summary>
    public double[] Straight(double[] x, Func<double[], double[]> quantize)
        => At(x, 0, () => new Line(x, 0, quantize(x), [.. x.Select(_ => 1.0)], new double[x.Length]));

    /// <summary>Takes numbers through a quantizer with a learned threshold, as KDLSQ-BERT defines its gradients.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="alpha">The threshold.</param>
    /// <param name="levels">Levels above zero.</param>
    /// <param name="isSigned">Whether there are as many below.</param>
    /// <param name="masks">Whether gradients outside of the range are zero, as those of activations are.</param>
    /// <param name="quantize">The quantizer.</param>
    public double[] Learned(double[] x, double alpha, int levels, bool isSigned, bool masks, Func<double[], double[]> quantize) => At(x, alpha, () =>
    {
        double lowest = isSigned ? -1 : 0;
        double[] q = quantize(x);
        double[] u = [.. x.Select(v => v / alpha)];
        return new Line(
            x,
            alpha,
            q,
            [.. u.Select(v => masks && (v > 1 || v < lowest) ? 0.0 : 1.0)],
            [.. u.Select((v, i) => v > 1 ? 1 : v < lowest ? lowest : (Math.Round(q[i] / alpha * levels) / levels) - v)]);
    });

    private double[] At(double[] x, double alpha, Func<Line> first)
    {
        if (_next < 0)
        {
            Line line = first();
            _lines.Add(line);
            return line.Value;
        }

        Line known = _lines[_next++];
        double[] y = new double[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = known.Value[i] + (known.Slope[i] * (x[i] - known.X[i])) + (known.AlphaSlope[i] * (alpha - known.Alpha));
        }

        return y;
    }

    private sealed record Line(double[] X, double Alpha, double[] Value, double[] Slope, double[] AlphaSlope);
}
