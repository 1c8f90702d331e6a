namespace QuantGen.IntegrationTests.Trainable;

/// <summary>Quantizers as the straight lines that straight-through estimators take them for.</summary>
/// <remarks>
/// The first pass through a network finds where each quantizer is and what it gives there. Later passes meet the same quantizers in the same order, and each
/// is <c>q(x0) + slope * (x - x0) + slope' * (alpha - alpha0)</c>, and so on for a shift: a smooth function, whose differences are the gradients that training
/// is defined by.
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

    /// <summary>Takes numbers through codes of one bit whose scale and shift are learned, as BiT defines their gradients.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="shift">The shift.</param>
    /// <param name="isSigned">Whether codes stand for -scale and +scale rather than for 0 and scale.</param>
    public double[] Elastic(double[] x, double scale, double shift, bool isSigned)
    {
        return At(x, scale, () =>
        {
            double lowest = isSigned ? -1 : 0;
            double[] u = [.. x.Select(v => (v - shift) / scale)];
            double[] q = [.. u.Select(v => isSigned ? (v >= 0 ? 1.0 : -1.0) : Math.Round(Math.Clamp(v, 0, 1)))];
            bool[] inside = [.. u.Select(v => v >= lowest && v <= 1)];
            return new Line(
                x, scale, [.. q.Select(v => scale * v)], [.. inside.Select(v => v ? 1.0 : 0.0)], [.. q.Select((v, i) => inside[i] ? v - u[i] : v)], shift);
        }, shift);
    }

    /// <summary>Takes numbers through two steps, at zero, whose gradients pass from -1 to 1.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="below">What those below zero become; others become 1.</param>
    public double[] Clipped(double[] x, double below) => At(
        x, 0, () => new Line(x, 0, [.. x.Select(v => v >= 0 ? 1 : below)], [.. x.Select(v => Math.Abs(v) <= 1 ? 1.0 : 0.0)], new double[x.Length]));

    private double[] At(double[] x, double alpha, Func<Line> first, double shift = 0)
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
            y[i] = known.Value[i] + (known.Slope[i] * (x[i] - known.X[i])) + (known.AlphaSlope[i] * (alpha - known.Alpha))
                - (known.Slope[i] * (shift - known.Shift));
        }

        return y;
    }

    private sealed record Line(double[] X, double Alpha, double[] Value, double[] Slope, double[] AlphaSlope, double Shift = 0);
}
