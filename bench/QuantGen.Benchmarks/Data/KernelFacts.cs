using QuantGen.Benchmarks.Reporting;
using QuantGen.Linear;

namespace QuantGen.Benchmarks.Data;

/// <summary>Tells what a benchmark of linear layers computes, and measures the roofline of the kernel that it runs.</summary>
internal static class KernelFacts
{
    /// <summary>Runs the benchmark once and tells the facts.</summary>
    /// <param name="bits">Bits of its weights.</param>
    /// <param name="multiplyAdds">Multiply-adds of one operation.</param>
    /// <param name="run">The operation.</param>
    public static void Tell(int bits, long multiplyAdds, Action run)
    {
        MultiplyUnit unit = default;
        ProductTrace.Listener = (used, _, _, _, _) => unit = used;
        run();
        ProductTrace.Listener = null;
        Fact.Tell(Fact.InstructionSet, GeneratedKernel.InstructionSetOf(bits));
        Fact.Tell(Fact.MultiplyAdds, multiplyAdds);
        Fact.Tell(Fact.Roofline, Roofline.Measure(unit, bits));
    }
}
