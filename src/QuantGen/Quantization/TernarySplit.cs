namespace QuantGen.Quantization;

/// <summary>Ternary weight splitting (Bai et al., BinaryBERT, 2021): two binary runs whose sum is a ternary one, latent and quantized.</summary>
/// <remarks>
/// With I the weights whose ternary code is not 0, <c>w1 = a w</c> and <c>w2 = (1 - a) w</c> there; elsewhere one half is b or -b and the other its negative
/// plus w, the residual. Then both halves have the mean magnitude alpha / 2. The paper's a has the sums over positive and negative zeros exchanged, which
/// makes the two means differ; this is what its authors' algebra, and their results, need.
/// </remarks>
/// <param name="Share">a: the part of a weight that is not 0 which the first half gets.</param>
/// <param name="Offset">b: what stands in both halves, with opposite signs, where a code is 0.</param>
internal readonly record struct TernarySplit(double Share, double Offset)
{
    // Outside, |a w| is no longer what the sums were made with, or nearly nothing of a weight is left in one half.
    private const double LeastShare = 0.05;
    private const double MostShare = 0.95;

    /// <summary>Splits a run of weights that share a scale.</summary>
    /// <param name="values">The latent weights.</param>
    /// <param name="codes">Their ternary codes, -1, 0 and 1, by the rule of ternary weight networks.</param>
    /// <param name="first">Receives the first half.</param>
    /// <param name="second">Receives the second half.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static TernarySplit Run(ReadOnlySpan<float> values, ReadOnlySpan<float> codes, Span<float> first, Span<float> second)
    {
        if (codes.Length != values.Length || first.Length != values.Length || second.Length != values.Length)
        {
            throw new ArgumentException($"Codes and halves must be as many as the {values.Length} values.", nameof(codes));
        }

        // Whether the residual of a zero stands in the second half.
        bool[] isSecond = new bool[values.Length];
        TernarySplit split = Solve(values, codes, isSecond);
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            if (codes[i] != 0)
            {
                first[i] = (float)(split.Share * value);
                second[i] = (float)((1 - split.Share) * value);
                continue;
            }

            // The half with the residual moves away from 0, so that signs stay opposite.
            double offset = value > 0 == isSecond[i] ? -split.Offset : split.Offset;
            first[i] = (float)(isSecond[i] ? offset : offset + value);
            second[i] = (float)(isSecond[i] ? value - offset : -offset);
        }

        return split;
    }

    private static TernarySplit Solve(ReadOnlySpan<float> values, ReadOnlySpan<float> codes, bool[] isSecond)
    {
        double kept = 0;
        double residualFirst = 0;
        double residualSecond = 0;
        int keptCount = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double magnitude = Math.Abs((double)values[i]);
            if (codes[i] != 0)
            {
                kept += magnitude;
                keptCount++;
            }
            else if (values[i] > 0)
            {
                residualFirst += magnitude;
            }
            else
            {
                residualSecond += magnitude;
                isSecond[i] = true;
            }
        }

        int zeros = values.Length - keptCount;
        if (keptCount == 0)
        {
            return new TernarySplit(0.5, 0);
        }

        double offset = zeros == 0 ? 0 : ((zeros * kept / keptCount) - residualFirst - residualSecond) / (2 * zeros);
        double Share() => (kept - residualFirst + residualSecond) / (2 * kept);
        if (Share() is < LeastShare or > MostShare)
        {
            bool fromSecond = residualSecond > residualFirst;
            foreach (int i in Heaviest(values, codes, isSecond, fromSecond))
            {
                double magnitude = Math.Abs((double)values[i]);
                residualFirst += fromSecond ? magnitude : -magnitude;
                residualSecond += fromSecond ? -magnitude : magnitude;
                isSecond[i] = !fromSecond;
                if (Share() is >= LeastShare and <= MostShare)
                {
                    break;
                }
            }
        }

        return new TernarySplit(Share(), offset);
    }

    // Zeros whose residual stands in one half, the largest first.
    private static int[] Heaviest(ReadOnlySpan<float> values, ReadOnlySpan<float> codes, bool[] isSecond, bool side)
    {
        var zeros = new List<(float Magnitude, int Index)>();
        for (int i = 0; i < values.Length; i++)
        {
            if (codes[i] == 0 && isSecond[i] == side)
            {
                zeros.Add((MathF.Abs(values[i]), i));
            }
        }

        return [.. zeros.OrderByDescending(zero => zero.Magnitude).ThenBy(zero => zero.Index).Select(zero => zero.Index)];
    }
}
