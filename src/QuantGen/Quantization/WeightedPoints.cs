using System.Runtime.Intrinsics;

namespace QuantGen.Quantization;

/// <summary>Values with weights, few enough to try many ranges on; a long run of values is merged into bins first.</summary>
internal sealed class WeightedPoints
{
    /// <summary>Longest run that is kept value by value, and the number of bins of a longer one.</summary>
    public const int Limit = 4096;

    private const int Lanes = 8;

    private float[] _points = [];
    private float[] _weights = [];

    /// <summary>Gets how many places are in use; a multiple of the lane count, filled up with weight 0.</summary>
    public int Count { get; private set; }

    /// <summary>Takes the values of a run, or the means and sizes of its bins.</summary>
    /// <param name="values">Finite values.</param>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Largest value.</param>
    public void Take(ReadOnlySpan<float> values, float low, float high)
    {
        double width = ((double)high - low) / Limit;
        if (values.Length <= Limit || width == 0)
        {
            // Equal values are one point, however many there are.
            ReadOnlySpan<float> points = width == 0 ? values[..1] : values;
            Reserve(points.Length);
            points.CopyTo(_points);
            _weights.AsSpan(0, points.Length).Fill(1f);
            return;
        }

        double[] sums = new double[Limit];
        int[] counts = new int[Limit];
        double binsPerUnit = 1 / width;
        foreach (float value in values)
        {
            int bin = Math.Min((int)(((double)value - low) * binsPerUnit), Limit - 1);
            sums[bin] += value;
            counts[bin]++;
        }

        Reserve(Limit);
        for (int bin = 0; bin < Limit; bin++)
        {
            _points[bin] = counts[bin] == 0 ? 0f : (float)(sums[bin] / counts[bin]);
            _weights[bin] = counts[bin];
        }
    }

    /// <summary>Takes points as they are.</summary>
    /// <param name="points">Finite values.</param>
    /// <param name="weights">Their weights, 0 or more; the same length.</param>
    public void Take(ReadOnlySpan<float> points, ReadOnlySpan<float> weights)
    {
        Reserve(points.Length);
        points.CopyTo(_points);
        weights.CopyTo(_weights);
    }

    /// <summary>Returns the weighted sum of magnitudes divided by the sum of weights.</summary>
    public float MeanMagnitude()
    {
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < Count; i++)
        {
            sum += (double)_weights[i] * Math.Abs(_points[i]);
            weight += _weights[i];
        }

        return weight == 0 ? 0f : (float)(sum / weight);
    }

    /// <summary>Returns the weighted squared error that <see cref="LinearQuantizer"/> makes on the points.</summary>
    /// <remarks>Eight fixed lanes whatever the processor, so that the range chosen does not depend on the machine.</remarks>
    public double SquaredError(QuantizationParameters parameters, CodeRange range)
    {
        Vector256<float> scale = Vector256.Create(parameters.Scale);
        Vector256<float> lowest = Vector256.Create((float)(range.Lowest - parameters.ZeroPoint));
        Vector256<float> highest = Vector256.Create((float)(range.Highest - parameters.ZeroPoint));
        Vector256<float> sum = Vector256<float>.Zero;
        ReadOnlySpan<float> points = _points.AsSpan(0, Count);
        ReadOnlySpan<float> weights = _weights.AsSpan(0, Count);
        for (int i = 0; i < points.Length; i += Lanes)
        {
            Vector256<float> point = Vector256.Create(points.Slice(i, Lanes));
            Vector256<float> code = Vector256.Round(point / scale);
            code = Vector256.Max(Vector256.Min(code, highest), lowest);
            Vector256<float> error = point - (code * scale);
            sum += Vector256.Create(weights.Slice(i, Lanes)) * (error * error);
        }

        double total = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            total += sum[lane];
        }

        return total;
    }

    private void Reserve(int length)
    {
        Count = (length + Lanes - 1) / Lanes * Lanes;
        if (_points.Length < Count)
        {
            _points = new float[Count];
            _weights = new float[Count];
        }

        // Beyond the length: points of weight 0.
        _points.AsSpan(length, Count - length).Clear();
        _weights.AsSpan(length, Count - length).Clear();
    }
}
