using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Trainable;

/// <summary>Factors and summands of the rows and columns of a matrix. Each element is a few roundings of its own, so any width of vector will do.</summary>
internal static class RowScaling
{
    /// <summary>Multiplies each row of a panel by its factor.</summary>
    /// <param name="panel">Rows without gaps.</param>
    /// <param name="width">Elements of a row, a multiple of 16.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="scales">One factor per row.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ref float panel, int width, int rows, ReadOnlySpan<float> scales)
    {
        for (int row = 0; row < rows; row++)
        {
            Vector512<float> scale = Vector512.Create(scales[row]);
            nuint start = (nuint)((nint)row * width);
            for (nuint i = start; i < start + (nuint)width; i += 16)
            {
                (Vector512.LoadUnsafe(ref panel, i) * scale).StoreUnsafe(ref panel, i);
            }
        }
    }

    /// <summary>Applies a product's epilogue to some of its rows.</summary>
    /// <param name="c">The sums.</param>
    /// <param name="first">The first of the rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="epilogue">What to do.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Finish(MatrixPlace c, int first, int count, int columns, in ProductEpilogue epilogue)
    {
        ref float bias = ref MemoryMarshal.GetReference(epilogue.Bias.AsSpan());
        for (int row = first; row < first + count; row++)
        {
            ref float target = ref c.Row(row);
            if (epilogue.ColumnScales is not null)
            {
                // Integers times integers; the order is that of inference's epilogue.
                Scale(ref target, columns, ref MemoryMarshal.GetArrayDataReference(epilogue.ColumnScales), epilogue.RowScales![row]);
            }

            if (epilogue.Bias is not null)
            {
                Add(ref target, columns, ref bias);
            }
        }
    }

    /// <summary>Multiplies floats by one factor.</summary>
    /// <param name="target">The floats.</param>
    /// <param name="columns">How many.</param>
    /// <param name="factor">The factor.</param>
    public static void Multiply(ref float target, int columns, float factor)
    {
        nuint whole = (nuint)columns & ~(nuint)15;
        for (nuint i = 0; i < whole; i += 16)
        {
            (Vector512.LoadUnsafe(ref target, i) * factor).StoreUnsafe(ref target, i);
        }

        for (nuint i = whole; i < (nuint)columns; i++)
        {
            Unsafe.Add(ref target, i) *= factor;
        }
    }

    private static void Scale(ref float target, int columns, ref float factors, float rowFactor)
    {
        nuint whole = (nuint)columns & ~(nuint)15;
        Vector512<float> rowFactors = Vector512.Create(rowFactor);
        for (nuint i = 0; i < whole; i += 16)
        {
            ((Vector512.LoadUnsafe(ref target, i) * Vector512.LoadUnsafe(ref factors, i)) * rowFactors).StoreUnsafe(ref target, i);
        }

        for (nuint i = whole; i < (nuint)columns; i++)
        {
            Unsafe.Add(ref target, i) = Unsafe.Add(ref target, i) * Unsafe.Add(ref factors, i) * rowFactor;
        }
    }

    /// <summary>Adds floats to others.</summary>
    /// <param name="target">The sums.</param>
    /// <param name="columns">How many.</param>
    /// <param name="summands">What is added.</param>
    public static void Add(ref float target, int columns, ref float summands)
    {
        nuint whole = (nuint)columns & ~(nuint)15;
        for (nuint i = 0; i < whole; i += 16)
        {
            (Vector512.LoadUnsafe(ref target, i) + Vector512.LoadUnsafe(ref summands, i)).StoreUnsafe(ref target, i);
        }

        for (nuint i = whole; i < (nuint)columns; i++)
        {
            Unsafe.Add(ref target, i) += Unsafe.Add(ref summands, i);
        }
    }
}
