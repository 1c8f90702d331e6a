using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace QuantGen.Linear;

/// <summary>Loops of nothing but one instruction on independent accumulators.</summary>
internal static class RooflineLoop
{
    /// <summary>Runs a step on twenty accumulators, for machines with 32 registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int Twenty<TStep, TVector>(int rounds)
        where TStep : IMultiplyStep<TVector>
        where TVector : struct
    {
        // Constants could be operands in memory.
        TVector a = TStep.Value(rounds + 21);
        TVector b = TStep.Value(rounds + 22);
        TVector s0 = TStep.Value(1);
        TVector s1 = TStep.Value(2);
        TVector s2 = TStep.Value(3);
        TVector s3 = TStep.Value(4);
        TVector s4 = TStep.Value(5);
        TVector s5 = TStep.Value(6);
        TVector s6 = TStep.Value(7);
        TVector s7 = TStep.Value(8);
        TVector s8 = TStep.Value(9);
        TVector s9 = TStep.Value(10);
        TVector s10 = TStep.Value(11);
        TVector s11 = TStep.Value(12);
        TVector s12 = TStep.Value(13);
        TVector s13 = TStep.Value(14);
        TVector s14 = TStep.Value(15);
        TVector s15 = TStep.Value(16);
        TVector s16 = TStep.Value(17);
        TVector s17 = TStep.Value(18);
        TVector s18 = TStep.Value(19);
        TVector s19 = TStep.Value(20);
        for (int round = 0; round < rounds; round++)
        {
            s0 = TStep.Add(s0, a, b);
            s1 = TStep.Add(s1, a, b);
            s2 = TStep.Add(s2, a, b);
            s3 = TStep.Add(s3, a, b);
            s4 = TStep.Add(s4, a, b);
            s5 = TStep.Add(s5, a, b);
            s6 = TStep.Add(s6, a, b);
            s7 = TStep.Add(s7, a, b);
            s8 = TStep.Add(s8, a, b);
            s9 = TStep.Add(s9, a, b);
            s10 = TStep.Add(s10, a, b);
            s11 = TStep.Add(s11, a, b);
            s12 = TStep.Add(s12, a, b);
            s13 = TStep.Add(s13, a, b);
            s14 = TStep.Add(s14, a, b);
            s15 = TStep.Add(s15, a, b);
            s16 = TStep.Add(s16, a, b);
            s17 = TStep.Add(s17, a, b);
            s18 = TStep.Add(s18, a, b);
            s19 = TStep.Add(s19, a, b);
        }

        ReadOnlySpan<TVector> sums = [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19];
        return Consume(sums);
    }

    /// <summary>Runs a step on twelve accumulators, for machines with 16 registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int Twelve<TStep, TVector>(int rounds)
        where TStep : IMultiplyStep<TVector>
        where TVector : struct
    {
        // Constants could be operands in memory.
        TVector a = TStep.Value(rounds + 13);
        TVector b = TStep.Value(rounds + 14);
        TVector s0 = TStep.Value(1);
        TVector s1 = TStep.Value(2);
        TVector s2 = TStep.Value(3);
        TVector s3 = TStep.Value(4);
        TVector s4 = TStep.Value(5);
        TVector s5 = TStep.Value(6);
        TVector s6 = TStep.Value(7);
        TVector s7 = TStep.Value(8);
        TVector s8 = TStep.Value(9);
        TVector s9 = TStep.Value(10);
        TVector s10 = TStep.Value(11);
        TVector s11 = TStep.Value(12);
        for (int round = 0; round < rounds; round++)
        {
            s0 = TStep.Add(s0, a, b);
            s1 = TStep.Add(s1, a, b);
            s2 = TStep.Add(s2, a, b);
            s3 = TStep.Add(s3, a, b);
            s4 = TStep.Add(s4, a, b);
            s5 = TStep.Add(s5, a, b);
            s6 = TStep.Add(s6, a, b);
            s7 = TStep.Add(s7, a, b);
            s8 = TStep.Add(s8, a, b);
            s9 = TStep.Add(s9, a, b);
            s10 = TStep.Add(s10, a, b);
            s11 = TStep.Add(s11, a, b);
        }

        ReadOnlySpan<TVector> sums = [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11];
        return Consume(sums);
    }

    private static int Consume<TVector>(ReadOnlySpan<TVector> sums)
        where TVector : struct
    {
        int all = 0;
        foreach (byte part in MemoryMarshal.AsBytes(sums))
        {
            all = (all * 31) + part;
        }

        return all;
    }
}
