using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>Weights of a row of scores, and contexts of a row of sums (<see cref="FixedScores"/>).</summary>
internal static class FixedSoftmax
{
    /// <summary>Makes weights of scores.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="count">How many.</param>
    /// <param name="constants">The mapping.</param>
    /// <param name="weights">Receives them; may be the memory of the scores.</param>
    /// <param name="padded">Where they end; those from <paramref name="count"/> on become 0.</param>
    /// <returns>Their sum.</returns>
    public static int Weights(ref int scores, int count, in FixedScores constants, ref short weights, int padded)
    {
        (int i, int largest) = IntegersChoice.Use512 ? Largest<Integers512>(ref scores, count)
            : IntegersChoice.Use256 ? Largest<Integers256>(ref scores, count)
            : IntegersChoice.Use128 ? Largest<Integers128>(ref scores, count)
            : (0, int.MinValue);
        for (; i < count; i++)
        {
            largest = Math.Max(largest, Unsafe.Add(ref scores, i));
        }

        (i, int sum) = IntegersChoice.Use512 ? Weights<Integers512>(ref scores, count, largest, constants, ref weights)
            : IntegersChoice.Use256 ? Weights<Integers256>(ref scores, count, largest, constants, ref weights)
            : IntegersChoice.Use128 ? Weights<Integers128>(ref scores, count, largest, constants, ref weights)
            : (0, 0);
        for (; i < count; i++)
        {
            int weight = constants.Weight(largest - Unsafe.Add(ref scores, i));
            sum += weight;
            Unsafe.Add(ref weights, i) = (short)weight;
        }

        for (; i < padded; i++)
        {
            Unsafe.Add(ref weights, i) = 0;
        }

        return sum;
    }

    /// <summary>Makes contexts of sums.</summary>
    /// <param name="sums">The sums of weights times values.</param>
    /// <param name="count">How many.</param>
    /// <param name="factor">What <see cref="FixedScores.Factor"/> gives for the row.</param>
    /// <param name="contexts">Receives as many.</param>
    public static void Contexts(ref int sums, int count, int factor, ref int contexts)
    {
        int i = IntegersChoice.Use512 ? Contexts<Integers512>(ref sums, count, factor, ref contexts)
            : IntegersChoice.Use256 ? Contexts<Integers256>(ref sums, count, factor, ref contexts)
            : IntegersChoice.Use128 ? Contexts<Integers128>(ref sums, count, factor, ref contexts)
            : 0;
        for (; i < count; i++)
        {
            Unsafe.Add(ref contexts, i) = FixedScores.Context(Unsafe.Add(ref sums, i), factor);
        }
    }

    /// <summary>Finds the largest score on the given lanes, among as many as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static (int Done, int Largest) Largest<TLanes>(ref int scores, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes largest = TLanes.Broadcast(int.MinValue);
        int i = 0;
        for (; i + TLanes.Count <= count; i += TLanes.Count)
        {
            largest = TLanes.Max(largest, TLanes.Load(ref scores, (nuint)i));
        }

        return (i, TLanes.Largest(largest));
    }

    /// <summary>Makes weights on the given lanes, as many as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static (int Done, int Sum) Weights<TLanes>(ref int scores, int count, int largest, in FixedScores constants, ref short weights)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes top = TLanes.Broadcast(largest);
        TLanes limit = TLanes.Broadcast(constants.Limit);
        TLanes multiplier = TLanes.Broadcast(constants.Multiplier);
        TLanes most = TLanes.Broadcast(FixedExponential.Limit);
        TLanes reciprocal = TLanes.Broadcast(FixedExponential.Reciprocal);
        TLanes halving = TLanes.Broadcast(FixedExponential.Halving);
        TLanes factor = TLanes.Broadcast(FixedExponential.Factor);
        TLanes one = TLanes.Broadcast(FixedExponential.One);
        TLanes round = TLanes.Broadcast(1 << (FixedExponential.WeightShift - 1));
        TLanes sum = TLanes.Broadcast(0);
        int shift = constants.Shift;
        long half = FixedPoint.Half(shift);
        int i = 0;
        for (; i + TLanes.Count <= count; i += TLanes.Count)
        {
            TLanes below = TLanes.Min(top - TLanes.Load(ref scores, (nuint)i), limit);
            TLanes n = TLanes.Min(TLanes.Scale(below, multiplier, half, shift), most);
            TLanes halvings = TLanes.ShiftRight(n * reciprocal, FixedExponential.ReciprocalShift);
            TLanes rest = (halvings * halving) - n;
            TLanes exponential = TLanes.ShiftRightEach((rest * (rest + factor)) + one, halvings);
            TLanes weight = TLanes.ShiftRight(exponential + round, FixedExponential.WeightShift);
            sum += weight;
            TLanes.StoreShorts(weight, ref weights, (nuint)i);
        }

        return (i, (int)TLanes.Sum(sum));
    }

    /// <summary>Makes contexts on the given lanes, as many as fill vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Contexts<TLanes>(ref int sums, int count, int factor, ref int contexts)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes factors = TLanes.Broadcast(factor);
        long half = FixedPoint.Half(FixedScores.ContextShift);
        int i = 0;
        for (; i + TLanes.Count <= count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Scale(TLanes.Load(ref sums, (nuint)i), factors, half, FixedScores.ContextShift), ref contexts, (nuint)i);
        }

        return i;
    }
}
