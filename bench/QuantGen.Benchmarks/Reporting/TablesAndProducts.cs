using BenchmarkDotNet.Jobs;
using QuantGen.Linear;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A job for each of the two kinds of kernels for one- and two-bit weights, instead of the faster one.</summary>
public sealed class TablesAndProducts : KernelReport
{
    public TablesAndProducts()
    {
        AddJob(Of("tables"));
        AddJob(Of("products"));
    }

    private static Job Of(string kernels) => Job.Default.WithEnvironmentVariable(KernelRace.Variable, kernels).WithId(kernels);
}
