using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Losses;

/// <summary>The mean squared difference of two long tensors and its gradient.</summary>
internal static class TraceLoss
{
    /// <summary>Writes the gradient over what was there.</summary>
    /// <param name="student">The student's tensor.</param>
    /// <param name="teacher">The teacher's.</param>
    /// <param name="gradients">Receives the gradients of the student's.</param>
    /// <param name="starts">First row of every sequence, and the number of rows at the end.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="count">Elements of the tensor of the whole batch.</param>
    /// <param name="weight">Multiplies the mean.</param>
    /// <param name="threads">The most threads.</param>
    /// <returns>The weighted mean over all elements, in shares of chunks of sequences.</returns>
    public static double[] Squares(
        float[] student, float[] teacher, float[] gradients, ReadOnlySpan<int> starts, int columns, long count, double weight, int threads)
    {
        (int First, int Length)[] chunks = FixedChunks.OfSequences(starts, columns);
        double[] shares = new double[chunks.Length];
        FixedChunks.Each(chunks.Length, threads, i =>
        {
            (int first, int length) = chunks[i];
            double squares = Chunk(
                student.AsSpan(first, length), teacher.AsSpan(first, length), gradients.AsSpan(first, length), (float)(2.0 * weight / count));
            shares[i] = weight * squares / count;
        });
        return shares;
    }

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
