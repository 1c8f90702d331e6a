using System.Runtime.InteropServices;
using QuantGen.Tasks;

namespace QuantGen.Execution;

/// <summary>Joins the outputs of an ensemble's members, with the same bits on every machine.</summary>
internal sealed class MemberOutputs
{
    // The softmax of the logarithm of no votes is as good as 0, and every number stays finite.
    private const double SmallestShare = 1e-38;

    // A tie of majorities is decided by weights, which no majority notices.
    private const double TieShare = 1.0 / 1024;

    // Terms of the logarithm's series for numbers between 0.7 and 1.5: what is left out is below a double's last digit.
    private const int Terms = 12;

    private readonly EnsembleVote _vote;
    private readonly double[] _shares;

    /// <summary>Creates the rule.</summary>
    /// <param name="votes">What each member's vote weighs, above 0.</param>
    /// <param name="vote">How members decide.</param>
    public MemberOutputs(IReadOnlyList<double> votes, EnsembleVote vote)
    {
        double sum = votes.Sum();
        _vote = vote;
        _shares = [.. votes.Select(weight => weight / sum)];
        if (vote == EnsembleVote.Majority)
        {
            double all = votes.Count + TieShare;
            _shares = [.. _shares.Select(share => (1 + (TieShare * share)) / all)];
        }
    }

    /// <summary>Joins rows of outputs that stand in the members' passes.</summary>
    /// <param name="pass">The first member's pass.</param>
    /// <param name="offset">Where the outputs are in the shared buffers.</param>
    /// <param name="width">Outputs of a row.</param>
    /// <param name="results">Receives as many: means, or logarithms of shares of votes, whose softmax are the shares.</param>
    public void Join(ForwardPass pass, long offset, int width, Span<float> results)
    {
        const int FewOutputs = 256;
        Span<double> sums = width <= FewOutputs ? stackalloc double[width] : new double[width];
        for (int row = 0; row < results.Length; row += width)
        {
            sums.Clear();
            for (int member = 0; member < _shares.Length; member++)
            {
                ref float outputs = ref pass.Member(member).Shared(offset + ((long)row * sizeof(float)));
                Add(MemoryMarshal.CreateReadOnlySpan(ref outputs, width), _shares[member], sums);
            }

            End(sums, results.Slice(row, width));
        }
    }

    /// <summary>Joins one row of outputs.</summary>
    /// <param name="members">The outputs of each member, one after the other.</param>
    /// <param name="results">Receives means, or logarithms of shares of votes.</param>
    public void Join(ReadOnlySpan<float> members, Span<float> results)
    {
        double[] sums = new double[results.Length];
        for (int member = 0; member < _shares.Length; member++)
        {
            Add(members.Slice(member * results.Length, results.Length), _shares[member], sums);
        }

        End(sums, results);
    }

    private void End(ReadOnlySpan<double> sums, Span<float> results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = (float)(_vote == EnsembleVote.Weighted ? sums[i] : Logarithm(Math.Max(sums[i], SmallestShare)));
        }
    }

    private void Add(ReadOnlySpan<float> outputs, double share, Span<double> sums)
    {
        if (_vote == EnsembleVote.Weighted)
        {
            for (int i = 0; i < outputs.Length; i++)
            {
                sums[i] += share * outputs[i];
            }

            return;
        }

        sums[LabelChoice.IndexOfLargest(outputs)] += share;
    }

    // The system's own logarithm has other last digits elsewhere. ln x = e ln 2 + 2 (s + s^3 / 3 + ...) with s = (m - 1) / (m + 1), x = m 2^e.
    private static double Logarithm(double value)
    {
        int exponent = Math.ILogB(value);
        double mantissa = Math.ScaleB(value, -exponent);
        if (mantissa > 1.5)
        {
            mantissa /= 2;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double series = 0;
        for (int term = Terms; term >= 0; term--)
        {
            series = (series * square) + (1.0 / ((2 * term) + 1));
        }

        return (exponent * 0.69314718055994530942) + (2 * s * series);
    }
}
