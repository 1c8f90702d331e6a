using System.Runtime.CompilerServices;
using QuantGen.Lanes;
using QuantGen.Quantization;

namespace QuantGen.Kernels;

/// <summary>A head's last layer in integers (<see cref="FixedOutput"/>), whose sums have 64 bits. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FixedDense
{
    /// <summary>Computes the outputs of rows.</summary>
    /// <param name="input">The first number of the first row.</param>
    /// <param name="inputStride">Numbers from row to row.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="weights">[outputs, columns], and behind them the shift.</param>
    /// <param name="biases">One an output.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="outputs">Outputs of a row.</param>
    /// <param name="output">Receives [rows, outputs].</param>
    /// <param name="outputStride">Numbers from row to row.</param>
    public static void Apply(
        ref int input, nint inputStride, int count, ref int weights, ref int biases, int columns, int outputs, ref int output, nint outputStride)
    {
        int shift = Unsafe.Add(ref weights, (nint)outputs * columns);
        for (int row = 0; row < count; row++)
        {
            ref int numbers = ref Unsafe.Add(ref input, row * inputStride);
            for (int i = 0; i < outputs; i++)
            {
                long sum = Product(ref numbers, ref Unsafe.Add(ref weights, (nint)i * columns), columns);
                Unsafe.Add(ref output, (row * outputStride) + i) = FixedOutput.Of(sum, shift, Unsafe.Add(ref biases, i));
            }
        }
    }

    private static long Product(ref int a, ref int b, int count)
    {
        (int i, long sum) = IntegersChoice.Use512 ? Product<Integers512>(ref a, ref b, count)
            : IntegersChoice.Use256 ? Product<Integers256>(ref a, ref b, count)
            : IntegersChoice.Use128 ? Product<Integers128>(ref a, ref b, count)
            : (0, 0);
        for (; i < count; i++)
        {
            sum += (long)Unsafe.Add(ref a, i) * Unsafe.Add(ref b, i);
        }

        return sum;
    }

    private static (int Done, long Sum) Product<TLanes>(ref int a, ref int b, int count)
        where TLanes : struct, IIntegerLanes<TLanes>
    {
        int whole = count - (count % TLanes.Count);
        return (whole, TLanes.SumOfProducts(ref a, ref b, (nuint)whole));
    }
}
