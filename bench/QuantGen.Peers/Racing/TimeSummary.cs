namespace QuantGen.Peers.Racing;

/// <summary>The times of one side.</summary>
/// <param name="Median">Median milliseconds.</param>
/// <param name="P10">The 10th percentile.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="Runs">How many times there are.</param>
internal sealed record TimeSummary(double Median, double P10, double P90, int Runs)
{
    // An undisturbed run repeats within some percent.
    private const double MostSpread = 1.25;

    /// <summary>Gets whether something else used the machine meanwhile.</summary>
    public bool IsDisturbed => P90 > MostSpread * P10;

    public static TimeSummary Of(IReadOnlyCollection<double> times) => new(
        Statistics.Quantile(times, 0.5), Statistics.Quantile(times, 0.1), Statistics.Quantile(times, 0.9), times.Count);
}
