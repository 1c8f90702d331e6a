using System.Runtime.CompilerServices;

namespace QuantGen.Linear;

/// <summary>Loops of nothing but one instruction on independent accumulators.</summary>
/// <remarks>
/// All accumulators go into the result. They do so without a call, across which no register would survive and the loop would store every sum.
/// </remarks>
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

        TVector all = s0;
        all = TStep.Add(all, s1, s1);
        all = TStep.Add(all, s2, s2);
        all = TStep.Add(all, s3, s3);
        all = TStep.Add(all, s4, s4);
        all = TStep.Add(all, s5, s5);
        all = TStep.Add(all, s6, s6);
        all = TStep.Add(all, s7, s7);
        all = TStep.Add(all, s8, s8);
        all = TStep.Add(all, s9, s9);
        all = TStep.Add(all, s10, s10);
        all = TStep.Add(all, s11, s11);
        all = TStep.Add(all, s12, s12);
        all = TStep.Add(all, s13, s13);
        all = TStep.Add(all, s14, s14);
        all = TStep.Add(all, s15, s15);
        all = TStep.Add(all, s16, s16);
        all = TStep.Add(all, s17, s17);
        all = TStep.Add(all, s18, s18);
        all = TStep.Add(all, s19, s19);
        return Unsafe.As<TVector, int>(ref all);
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

        TVector all = s0;
        all = TStep.Add(all, s1, s1);
        all = TStep.Add(all, s2, s2);
        all = TStep.Add(all, s3, s3);
        all = TStep.Add(all, s4, s4);
        all = TStep.Add(all, s5, s5);
        all = TStep.Add(all, s6, s6);
        all = TStep.Add(all, s7, s7);
        all = TStep.Add(all, s8, s8);
        all = TStep.Add(all, s9, s9);
        all = TStep.Add(all, s10, s10);
        all = TStep.Add(all, s11, s11);
        return Unsafe.As<TVector, int>(ref all);
    }
}
