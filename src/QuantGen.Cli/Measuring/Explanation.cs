using QuantGen.Execution;

namespace QuantGen.Cli.Measuring;

/// <summary>Where the time of a call goes, by class of operators, against what the machine can multiply.</summary>
/// <param name="Threads">Threads of the call.</param>
/// <param name="Operators">The classes that the model has, in the order of a pass.</param>
/// <param name="Whole">All of them together.</param>
/// <param name="Units">The kernels that ran, with their rooflines.</param>
internal sealed record Explanation(int Threads, IReadOnlyList<OperatorRow> Operators, OperatorRow Whole, IReadOnlyList<MeasuredUnit> Units)
{
    /// <summary>Profiles calls of a model that is warm, then measures the machine.</summary>
    /// <param name="workload">What is repeated.</param>
    /// <param name="threads">Threads of a call.</param>
    /// <param name="runs">How often to profile it.</param>
    /// <param name="cancellation">Stops between two calls.</param>
    public static Explanation Take(Workload workload, int threads, int runs, CancellationToken cancellation)
    {
        OperatorProfile[] profiles = [.. Enumerable.Range(0, runs).Select(_ => new OperatorProfile())];
        foreach (OperatorProfile profile in profiles)
        {
            workload.RunOnce(cancellation, new CallOptions { Threads = threads, Profile = profile });
        }

        // The middle half of the calls: their mean is about the median, and unlike medians of the classes it adds up.
        OperatorProfile[] typical = [.. profiles.OrderBy(profile => profile.TotalMilliseconds).Skip(runs / 4).SkipLast(runs / 4)];
        IReadOnlyList<OperatorProducts> products = typical[0].Products;
        MeasuredUnit[] units =
        [
            .. products.Select(p => (p.Unit, p.Bits)).Distinct().OrderByDescending(u => u.Bits).Select(u => MeasuredUnit.Take(u.Unit, u.Bits)),
        ];
        double total = typical.Average(profile => profile.TotalMilliseconds);
        OperatorRow Row(OperatorClass? operators)
        {
            double spent = operators is OperatorClass one ? typical.Average(profile => profile.Milliseconds(one)) : total;
            OperatorProducts[] own = [.. products.Where(p => operators is null || p.Operator == operators)];
            return Of(operators, spent, total, threads, own, units);
        }

        // What is not computed comes last.
        IEnumerable<OperatorRow> rows = Enum.GetValues<OperatorClass>().OrderBy(c => c == OperatorClass.Wait).Select(c => Row(c));
        return new Explanation(threads, [.. rows.Where(row => row.Milliseconds > 0)], Row(null), units);
    }

    // Kernels of several kinds in one class: the roofline is that of their times one after the other.
    private static OperatorRow Of(
        OperatorClass? operators, double spent, double total, int threads, OperatorProducts[] products, MeasuredUnit[] units)
    {
        long macs = products.Sum(p => p.MultiplyAdds);
        double leastMs = products.Sum(p => p.MultiplyAdds / units.First(unit => unit.Unit == p.Unit && unit.Bits == p.Bits).GmacsPerSecond / 1e6);
        return new OperatorRow(
            operators, spent / threads, spent / total, macs, macs == 0 ? null : macs / spent / 1e6, macs == 0 ? null : macs / leastMs / 1e6);
    }
}
