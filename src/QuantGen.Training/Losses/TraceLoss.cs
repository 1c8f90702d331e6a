using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Losses;

/// <summary>The mean squared difference of two long tensors and its gradient.</summary>
internal static class TraceLoss
{
    /// <summary>Writes the gradient over what was there.</summary>
    /// <returns>The weighted mean over all elements.</returns>
    public static double Squares(float[] student, float[] teacher, float[] gradients, int count, double weight, int threads) => weight * FixedChunks.Sum(
        count,
        threads,
        (first, length) => Chunk(
            student.AsSpan(first, length), teacher.AsSpan(first, length), gradients.AsSpan(first, length), (float)(2.0 * weight / count))) / count;

    private static double Chunk(ReadOnlySpan<float> student, ReadOnlySpan<float> teacher, Span<float> gradients, float factor)
    {
        Vector512<double> low = Vector512<double>.Zero;
        Vector512<double> high = Vector512<double>.Zero;
        int whole = student.Length - (student.Length % Vector512<float>.Count);
        ref float s = ref MemoryMarshal.GetReference(student);
        ref float t = ref MemoryMarshal.GetReference(teacher);
        ref float g = ref MemoryMarshal.GetReference(gradients);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> difference = Vector512.LoadUnsafe(ref s, i) - Vector512.LoadUnsafe(ref t, i);
            (difference * factor).StoreUnsafe(ref g, i);
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(difference);
            low += a * a;
            high += b * b;
        }

        double sum = AdamKernel.Fold(low + high);
        for (int i = whole; i < student.Length; i++)
        {
            float difference = student[i] - teacher[i];
            gradients[i] = difference * factor;
            sum += (double)difference * difference;
        }

        return sum;
    }
}
