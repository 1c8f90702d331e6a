using BenchmarkDotNet.Jobs;
using QuantGen.Linear;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A job for each instruction set of this machine: each switches off what is above it, down to vectors of 128 bits.</summary>
public sealed class InstructionSets : KernelReport
{
    public InstructionSets()
    {
        AddJob(Job.Default.WithId("All on"));
        var off = new List<EnvironmentVariable>();
        foreach (InstructionSet set in InstructionSet.All.Where(set => set.IsSupported() && set.Base != InstructionSet.Scalar && set.Base is not null))
        {
            if (!off.Exists(variable => variable.Key == set.Switch))
            {
                off.Add(new EnvironmentVariable(set.Switch, "0"));
                AddJob(Job.Default.WithEnvironmentVariables([.. off]).WithId("No " + set.Title));
            }
        }
    }
}
