using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Factors symmetric positive definite matrices in doubles. No lane meets another, so bits are the same everywhere.</summary>
internal static class SymmetricFactor
{
    /// <summary>Finds the upper triangular U with <c>H^-1 = U^T U</c>.</summary>
    /// <param name="matrix">H, row-major; its memory is used up.</param>
    /// <param name="size">Rows and columns.</param>
    /// <returns>U, row-major, zeros below the diagonal.</returns>
    /// <remarks>H backwards is <c>R^T R</c> (Cholesky), so that H is <c>A A^T</c> with A upper triangular, and U is the inverse of A.</remarks>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static double[] OfInverse(double[] matrix, int size)
    {
        Array.Reverse(matrix, 0, size * size);
        Cholesky(matrix, size);

        // A is R^T backwards: row i of A is column n-1-i of R from its end.
        double[] upper = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                upper[(i * size) + j] = matrix[((size - 1 - j) * size) + size - 1 - i];
            }
        }

        return InvertUpper(upper, matrix, size);
    }

    /// <summary>Subtracts a multiple of a row from another.</summary>
    public static void Subtract(Span<double> target, double factor, ReadOnlySpan<double> row)
    {
        int whole = target.Length - (target.Length % Vector512<double>.Count);
        ref double t = ref MemoryMarshal.GetReference(target);
        ref double r = ref MemoryMarshal.GetReference(row);
        var f = Vector512.Create(factor);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)Vector512<double>.Count)
        {
            (Vector512.LoadUnsafe(ref t, i) - (f * Vector512.LoadUnsafe(ref r, i))).StoreUnsafe(ref t, i);
        }

        for (int i = whole; i < target.Length; i++)
        {
            target[i] -= factor * row[i];
        }
    }

    // The upper triangle becomes R, row by row; each finished row is taken out of those below it.
    private static void Cholesky(double[] a, int size)
    {
        for (int k = 0; k < size; k++)
        {
            Span<double> row = a.AsSpan((k * size) + k, size - k);
            double root = Math.Sqrt(row[0]);
            if (!(root > 0) || double.IsInfinity(root))
            {
                throw new ArithmeticException(FormattableString.Invariant($"The matrix is not positive definite: pivot {k} is {row[0]}."));
            }

            for (int j = 0; j < row.Length; j++)
            {
                row[j] /= root;
            }

            for (int i = k + 1; i < size; i++)
            {
                Subtract(a.AsSpan((i * size) + i, size - i), row[i - k], row[(i - k)..]);
            }
        }
    }

    private static double[] InvertUpper(double[] upper, double[] inverse, int size)
    {
        Array.Clear(inverse);
        for (int i = size - 1; i >= 0; i--)
        {
            Span<double> row = inverse.AsSpan((i * size) + i, size - i);
            row[0] = 1;
            for (int k = i + 1; k < size; k++)
            {
                Subtract(row[(k - i)..], upper[(i * size) + k], inverse.AsSpan((k * size) + k, size - k));
            }

            double pivot = upper[(i * size) + i];
            for (int j = 0; j < row.Length; j++)
            {
                row[j] /= pivot;
            }
        }

        return inverse;
    }
}
