using System.Runtime.Intrinsics.X86;
using BenchmarkDotNet.Jobs;

namespace QuantGen.Benchmarks.Reporting;

/// <summary>A job for each instruction set of this machine: each switches off what is above it.</summary>
public sealed class InstructionSets : KernelReport
{
    public InstructionSets()
    {
        AddJob(Job.Default.WithId("All on"));
        if (Avx512BW.IsSupported)
        {
            AddJob(Without("No AVX-512", "DOTNET_EnableAVX512"));
        }

        if (AvxVnni.IsSupported)
        {
            AddJob(Without("No AVX-VNNI", "DOTNET_EnableAVX512", "DOTNET_EnableAVXVNNI"));
        }

        if (Avx2.IsSupported)
        {
            AddJob(Without("No AVX2", "DOTNET_EnableAVX2"));
        }
    }

    private static Job Without(string id, params string[] switches) =>
        Job.Default.WithEnvironmentVariables([.. switches.Select(name => new EnvironmentVariable(name, "0"))]).WithId(id);
}
