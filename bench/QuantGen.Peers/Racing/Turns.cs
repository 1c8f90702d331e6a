using System.Diagnostics;

namespace QuantGen.Peers.Racing;

/// <summary>How contenders take turns.</summary>
/// <param name="Runs">How many times are kept of each.</param>
/// <param name="WarmUps">Rounds before, which are not kept.</param>
/// <param name="Burst">Runs in a row before the next one's turn.</param>
/// <param name="PauseMs">The rest after a turn in milliseconds, in which threads that wait for more work stop spinning.</param>
internal sealed record Turns(int Runs, int WarmUps, int Burst, int PauseMs)
{
    private const int MostSettlingRuns = 200;
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(1);

    /// <summary>Lets a contender run alone until what it is made of is compiled as it will be from then on.</summary>
    public static void Settle(IContender contender)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < MostSettlingRuns && Stopwatch.GetElapsedTime(start) < s_settling; i++)
        {
            contender.Run();
        }
    }

    /// <summary>Gives turns.</summary>
    /// <param name="contenders">Who takes them. The order never changes, so that each turn finds the caches as the one before left them.</param>
    /// <param name="cancellation">Stops between two runs.</param>
    /// <returns>The milliseconds of each.</returns>
    public double[][] Take(IReadOnlyList<IContender> contenders, CancellationToken cancellation)
    {
        List<double>[] times = [.. contenders.Select(_ => new List<double>(Runs))];
        for (int round = 0; times[0].Count < Runs; round++)
        {
            for (int i = 0; i < contenders.Count; i++)
            {
                for (int run = 0; run < Burst; run++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    double time = Time(contenders[i]);
                    if (round >= WarmUps && times[i].Count < Runs)
                    {
                        times[i].Add(time);
                    }
                }

                Thread.Sleep(PauseMs);
            }
        }

        return [.. times.Select(each => each.ToArray())];
    }

    private static double Time(IContender contender)
    {
        long start = Stopwatch.GetTimestamp();
        contender.Run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
