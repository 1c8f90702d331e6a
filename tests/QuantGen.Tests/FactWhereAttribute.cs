using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using QuantGen.Execution;

namespace QuantGen.Tests;

/// <summary>What a test needs of the machine it runs on.</summary>
public enum Machine
{
    /// <summary>Threads that can be asked where they run and sent elsewhere: Linux with more than one processor.</summary>
    MovableThreads,

    /// <summary>Machine code of x64.</summary>
    X64,

    /// <summary>Vectors of 128 bits.</summary>
    Vectors128,

    /// <summary>A platform that decomposes characters beyond ASCII, which invariant globalization leaves as they are on some.</summary>
    Normalization,
}

/// <summary>A test that is skipped, and counted as skipped, where the machine lacks something.</summary>
public sealed class FactWhereAttribute : FactAttribute
{
    /// <summary>Creates the attribute.</summary>
    /// <param name="needed">What the test needs.</param>
    public FactWhereAttribute(Machine needed) => Skip = MachineNeeds.Missing(needed);
}

/// <summary>As <see cref="FactWhereAttribute"/>, for a test with rows of data.</summary>
public sealed class TheoryWhereAttribute : TheoryAttribute
{
    /// <summary>Creates the attribute.</summary>
    /// <param name="needed">What the test needs.</param>
    public TheoryWhereAttribute(Machine needed) => Skip = MachineNeeds.Missing(needed);
}

/// <summary>Tells what this machine lacks.</summary>
internal static class MachineNeeds
{
    /// <summary>Gets why a test is skipped; null when it is not.</summary>
    public static string? Missing(Machine needed) => needed switch
    {
        Machine.MovableThreads when !Processors.IsSupported => "threads of this machine cannot be moved",
        Machine.X64 when RuntimeInformation.ProcessArchitecture != Architecture.X64 => "machine code is read as that of x64",
        Machine.Vectors128 when !Vector128.IsHardwareAccelerated => "this machine has no vectors",
        Machine.Normalization when "é".Normalize(NormalizationForm.FormD).Length != 2 => "this platform decomposes no characters",
        _ => null,
    };
}
