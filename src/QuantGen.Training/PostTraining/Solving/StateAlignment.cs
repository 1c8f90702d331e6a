using QuantGen.Quantization;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>How far means and deviations of a normalization's outputs are from what its own parameters say, beyond a slack (DSG).</summary>
/// <remarks>
/// Zhang et al., CVPR 2021, with the normalization's bias and gain in place of running statistics: if its inputs were standard normal over tokens, channel
/// <c>c</c> would have the mean <c>bias[c]</c> and the deviation <c>|gain[c]|</c>. Channels without gain are left out.
/// </remarks>
/// <param name="gain">The normalization's factors.</param>
/// <param name="bias">Its summands.</param>
internal sealed class StateAlignment(float[] gain, float[] bias)
{
    private const double MarginPercentile = 90;

    private double _meanMargin;
    private double _deviationMargin;

    /// <summary>Gets the weight of a sample at a place: each sample has one place that counts twice, so that samples differ.</summary>
    public static double SampleWeight(int sample, int place, int places) => sample % places == place ? 2 : 1;

    /// <summary>Gets how far a value is beyond the margin, with the gap's sign; 0 within.</summary>
    public static double Excess(double value, double reference, double margin)
    {
        double gap = value - reference;
        return Math.Sign(gap) * Math.Max(0, Math.Abs(gap) - margin);
    }

    /// <summary>Gets the margin that nine of ten gaps keep.</summary>
    /// <param name="gaps">The gaps' magnitudes; reordered.</param>
    public static double Margin(Span<float> gaps) => OrderStatistics.Percentile(gaps, MarginPercentile);

    /// <summary>Sets the margins by samples that nothing has changed yet.</summary>
    /// <param name="states">Outputs, sample after sample.</param>
    /// <param name="samples">Samples.</param>
    public void SetMargins(ReadOnlySpan<float> states, int samples)
    {
        var means = new List<float>();
        var deviations = new List<float>();
        int length = states.Length / samples;
        for (int sample = 0; sample < samples; sample++)
        {
            (double[] mean, double[] deviation) = Statistics(states.Slice(sample * length, length));
            for (int c = 0; c < gain.Length; c++)
            {
                if (gain[c] != 0)
                {
                    means.Add((float)Math.Abs(mean[c] - bias[c]));
                    deviations.Add((float)Math.Abs(deviation[c] - Math.Abs(gain[c])));
                }
            }
        }

        _meanMargin = means.Count == 0 ? 0 : Margin([.. means]);
        _deviationMargin = means.Count == 0 ? 0 : Margin([.. deviations]);
    }

    /// <summary>Computes the squared excesses of one sample, and writes their gradient.</summary>
    /// <param name="states">The sample's outputs, at least two tokens.</param>
    /// <param name="weight">What loss and gradient are multiplied by.</param>
    /// <param name="gradient">Receives the gradient.</param>
    public double Loss(ReadOnlySpan<float> states, double weight, Span<float> gradient)
    {
        int width = gain.Length;
        int tokens = states.Length / width;
        (double[] mean, double[] deviation) = Statistics(states);
        double sum = 0;
        gradient.Clear();
        for (int c = 0; c < width; c++)
        {
            if (gain[c] == 0)
            {
                continue;
            }

            double ofMean = Excess(mean[c], bias[c], _meanMargin);
            double ofDeviation = deviation[c] == 0 ? 0 : Excess(deviation[c], Math.Abs(gain[c]), _deviationMargin);
            sum += (ofMean * ofMean) + (ofDeviation * ofDeviation);
            double slope = ofDeviation == 0 ? 0 : ofDeviation / deviation[c];
            for (int at = c; at < states.Length; at += width)
            {
                gradient[at] = (float)(2 * weight * (ofMean + (slope * (states[at] - mean[c]))) / tokens);
            }
        }

        return weight * sum;
    }

    private (double[] Mean, double[] Deviation) Statistics(ReadOnlySpan<float> states)
    {
        int width = gain.Length;
        int tokens = states.Length / width;
        double[] mean = new double[width];
        double[] square = new double[width];
        for (int at = 0; at < states.Length; at++)
        {
            mean[at % width] += states[at];
        }

        for (int c = 0; c < width; c++)
        {
            mean[c] /= tokens;
        }

        for (int at = 0; at < states.Length; at++)
        {
            double difference = states[at] - mean[at % width];
            square[at % width] += difference * difference;
        }

        return (mean, Array.ConvertAll(square, sum => Math.Sqrt(sum / tokens)));
    }
}
