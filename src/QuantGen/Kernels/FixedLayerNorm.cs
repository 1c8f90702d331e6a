using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>Normalization of rows of integers (<see cref="FixedNorm"/>), alone or of their sum with a residual. Called by generated code.</summary>
/// <remarks>The shift of the factors stands behind the last of them.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FixedLayerNorm
{
    // Sums of so many numbers of 24 bits fit 32.
    private const int BlockVectors = 64;

    /// <summary>Normalizes rows.</summary>
    /// <param name="rows">The first number of the first row, up to <see cref="FixedPoint.StateLimit"/> in magnitude; receives the results.</param>
    /// <param name="gamma">Factors of the columns, and their shift.</param>
    /// <param name="beta">Summands of the columns.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="columns">Numbers of a row, which is also the stride.</param>
    public static void Normalize(ref int rows, ref int gamma, ref int beta, int count, int columns) =>
        Run(ref rows, ref Unsafe.NullRef<int>(), ref gamma, ref beta, count, columns, ref rows);

    /// <summary>Normalizes sums of rows.</summary>
    /// <param name="input">The first number of the first row.</param>
    /// <param name="residual">What is added to it.</param>
    /// <param name="gamma">Factors of the columns, and their shift.</param>
    /// <param name="beta">Summands of the columns.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="columns">Numbers of a row, which is also the stride of all three.</param>
    /// <param name="output">Receives the results; may be <paramref name="input"/> or <paramref name="residual"/>.</param>
    public static void AddAndNormalize(ref int input, ref int residual, ref int gamma, ref int beta, int count, int columns, ref int output) =>
        Run(ref input, ref residual, ref gamma, ref beta, count, columns, ref output);

    private static void Run(ref int input, ref int residual, ref int gamma, ref int beta, int count, int columns, ref int output)
    {
        for (int i = 0; i < count; i++)
        {
            nint at = (nint)i * columns;
            ref int added = ref Unsafe.IsNullRef(ref residual) ? ref residual : ref Unsafe.Add(ref residual, at);
            ref int row = ref Unsafe.Add(ref input, at);
            ref int target = ref Unsafe.Add(ref output, at);
            int done = IntegersChoice.Use512 ? Row<Integers512>(ref row, ref added, ref gamma, ref beta, columns, ref target)
                : IntegersChoice.Use256 ? Row<Integers256>(ref row, ref added, ref gamma, ref beta, columns, ref target)
                : IntegersChoice.Use128 ? Row<Integers128>(ref row, ref added, ref gamma, ref beta, columns, ref target)
                : 0;
            if (done == 0)
            {
                Plain(ref row, ref added, ref gamma, ref beta, columns, ref target);
            }
        }
    }

    // The definition, where there are no vectors or a row does not fill one.
    private static void Plain(ref int row, ref int residual, ref int gamma, ref int beta, int columns, ref int output)
    {
        long sum = Add(ref row, ref residual, 0, columns, ref output);
        int mean = FixedNorm.Mean(sum, columns);
        Finish(0, columns, mean, FixedNorm.Ratio(Squares(ref output, 0, columns, mean)), ref gamma, Unsafe.Add(ref gamma, columns), ref beta, ref output);
    }

    /// <summary>Normalizes a row on the given lanes, what fills no vector included.</summary>
    /// <returns>The columns; 0 where they are fewer than lanes, and nothing was done.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static int Row<TLanes>(ref int row, ref int residual, ref int gamma, ref int beta, int columns, ref int output)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        int whole = columns - (columns % TLanes.Count);
        if (whole == 0)
        {
            return 0;
        }

        long sum = Add<TLanes>(ref row, ref residual, whole, ref output) + Add(ref row, ref residual, whole, columns, ref output);
        int mean = FixedNorm.Mean(sum, columns);
        TLanes means = TLanes.Broadcast(mean);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TLanes.Count)
        {
            TLanes.Store(TLanes.Load(ref output, i) - means, ref output, i);
        }

        long squares = TLanes.SumOfProducts(ref output, ref output, (nuint)whole) + Squares(ref output, whole, columns, mean);
        Dyadic ratio = FixedNorm.Ratio(squares);
        int shift = Unsafe.Add(ref gamma, columns);
        TLanes multiplier = TLanes.Broadcast(ratio.Multiplier);
        long half = FixedPoint.Half(ratio.Shift);
        long gammaHalf = FixedPoint.Half(shift);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)TLanes.Count)
        {
            TLanes ratios = TLanes.Scale(TLanes.Load(ref output, i), multiplier, half, ratio.Shift);
            TLanes.Store(TLanes.Scale(ratios, TLanes.Load(ref gamma, i), gammaHalf, shift) + TLanes.Load(ref beta, i), ref output, i);
        }

        Finish(whole, columns, mean, ratio, ref gamma, shift, ref beta, ref output);
        return columns;
    }

    // Leaves the sums in the output and gives what they add up to.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Add<TLanes>(ref int row, ref int residual, int whole, ref int output)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        TLanes high = TLanes.Broadcast(FixedPoint.StateLimit);
        TLanes low = TLanes.Broadcast(-FixedPoint.StateLimit);
        bool hasResidual = !Unsafe.IsNullRef(ref residual);
        long total = 0;
        for (int start = 0; start < whole; start += BlockVectors * TLanes.Count)
        {
            int end = Math.Min(whole, start + (BlockVectors * TLanes.Count));
            TLanes sums = TLanes.Broadcast(0);
            for (nuint i = (nuint)start; i < (nuint)end; i += (nuint)TLanes.Count)
            {
                TLanes x = TLanes.Load(ref row, i);
                if (hasResidual)
                {
                    x = TLanes.Min(TLanes.Max(x + TLanes.Load(ref residual, i), low), high);
                }

                sums += x;
                TLanes.Store(x, ref output, i);
            }

            total += TLanes.Sum(sums);
        }

        return total;
    }

    private static long Add(ref int row, ref int residual, int start, int columns, ref int output)
    {
        long sum = 0;
        bool hasResidual = !Unsafe.IsNullRef(ref residual);
        for (int i = start; i < columns; i++)
        {
            int x = hasResidual ? FixedPoint.Add(Unsafe.Add(ref row, i), Unsafe.Add(ref residual, i)) : Unsafe.Add(ref row, i);
            Unsafe.Add(ref output, i) = x;
            sum += x;
        }

        return sum;
    }

    private static long Squares(ref int output, int start, int columns, int mean)
    {
        long squares = 0;
        for (int i = start; i < columns; i++)
        {
            long difference = Unsafe.Add(ref output, i) - mean;
            squares += difference * difference;
        }

        return squares;
    }

    private static void Finish(int start, int columns, int mean, Dyadic ratio, ref int gamma, int shift, ref int beta, ref int output)
    {
        for (int i = start; i < columns; i++)
        {
            Unsafe.Add(ref output, i) =
                FixedNorm.Column(Unsafe.Add(ref output, i) - mean, ratio, Unsafe.Add(ref gamma, i), shift, Unsafe.Add(ref beta, i));
        }
    }
}
