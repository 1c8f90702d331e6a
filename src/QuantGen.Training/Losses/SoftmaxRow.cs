using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QuantGen.Training.Optimization;

namespace QuantGen.Training.Losses;

/// <summary>The softmax of one row of logits, in double precision.</summary>
internal static class SoftmaxRow
{
    private const int Lanes = 8;

    /// <summary>Writes the probabilities.</summary>
    /// <returns>The logarithm of the sum of exponentials: <c>log p[i] = logits[i] / temperature - result</c>.</returns>
    public static double Fill(ReadOnlySpan<float> logits, double temperature, Span<double> probabilities)
    {
        double largest = Largest(logits) / temperature;
        int whole = logits.Length - (logits.Length % Lanes);
        ref float source = ref MemoryMarshal.GetReference(logits);
        ref double target = ref MemoryMarshal.GetReference(probabilities);
        Vector512<double> sums = Vector512<double>.Zero;
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector512<double> power = DoubleExponential.Compute((Widen(Vector256.LoadUnsafe(ref source, (nuint)i)) / temperature) - Vector512.Create(largest));
            power.StoreUnsafe(ref target, (nuint)i);
            sums += power;
        }

        double sum = AdamKernel.Fold(sums);
        for (int i = whole; i < logits.Length; i++)
        {
            probabilities[i] = DoubleExponential.Compute(Vector512.Create((logits[i] / temperature) - largest)).ToScalar();
            sum += probabilities[i];
        }

        Scale(probabilities[..logits.Length], 1 / sum);
        return largest + Math.Log(sum);
    }

    /// <summary>Returns the logarithm of the sum of a row's exponentials: <c>log p[i] = logits[i] - result</c>.</summary>
    public static double LogSum(ReadOnlySpan<float> logits)
    {
        double[] probabilities = ArrayPool<double>.Shared.Rent(logits.Length);
        double result = Fill(logits, 1, probabilities);
        ArrayPool<double>.Shared.Return(probabilities);
        return result;
    }

    /// <summary>Returns the cross-entropy of the student's row under the teacher's, both given as logits.</summary>
    /// <param name="student">The student's logits.</param>
    /// <param name="teacher">The teacher's logits, as many.</param>
    /// <param name="temperature">What both are divided by.</param>
    /// <param name="difference">Receives the student's probabilities less the teacher's.</param>
    public static double CrossEntropy(ReadOnlySpan<float> student, ReadOnlySpan<float> teacher, double temperature, Span<double> difference)
    {
        double[] wanted = ArrayPool<double>.Shared.Rent(teacher.Length);
        Fill(teacher, temperature, wanted);
        double normalizer = Fill(student, temperature, difference);

        int whole = teacher.Length - (teacher.Length % Lanes);
        ref float source = ref MemoryMarshal.GetReference(student);
        ref double weight = ref MemoryMarshal.GetArrayDataReference(wanted);
        ref double target = ref MemoryMarshal.GetReference(difference);
        Vector512<double> losses = Vector512<double>.Zero;
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector512<double> w = Vector512.LoadUnsafe(ref weight, (nuint)i);
            losses -= w * ((Widen(Vector256.LoadUnsafe(ref source, (nuint)i)) / temperature) - Vector512.Create(normalizer));
            (Vector512.LoadUnsafe(ref target, (nuint)i) - w).StoreUnsafe(ref target, (nuint)i);
        }

        double loss = AdamKernel.Fold(losses);
        for (int i = whole; i < teacher.Length; i++)
        {
            loss -= wanted[i] * ((student[i] / temperature) - normalizer);
            difference[i] -= wanted[i];
        }

        ArrayPool<double>.Shared.Return(wanted);
        return loss;
    }

    /// <summary>Adds multiples of doubles to floats.</summary>
    public static void AddScaled(Span<float> destination, ReadOnlySpan<double> values, double factor)
    {
        int whole = destination.Length - (destination.Length % Lanes);
        ref float target = ref MemoryMarshal.GetReference(destination);
        ref double source = ref MemoryMarshal.GetReference(values);
        for (int i = 0; i < whole; i += Lanes)
        {
            Vector512<double> product = Vector512.LoadUnsafe(ref source, (nuint)i) * factor;
            Vector256<float> narrowed = Vector256.Narrow(product.GetLower(), product.GetUpper());
            (Vector256.LoadUnsafe(ref target, (nuint)i) + narrowed).StoreUnsafe(ref target, (nuint)i);
        }

        for (int i = whole; i < destination.Length; i++)
        {
            destination[i] += (float)(values[i] * factor);
        }
    }

    private static Vector512<double> Widen(Vector256<float> values)
    {
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(values);
        return Vector512.Create(lower, upper);
    }

    // NaN wins, so that it reaches the loss.
    private static float Largest(ReadOnlySpan<float> logits)
    {
        Vector512<float> largest = Vector512.Create(float.NegativeInfinity);
        int whole = logits.Length - (logits.Length % Vector512<float>.Count);
        ref float source = ref MemoryMarshal.GetReference(logits);
        for (int i = 0; i < whole; i += Vector512<float>.Count)
        {
            largest = Vector512.Max(largest, Vector512.LoadUnsafe(ref source, (nuint)i));
        }

        float result = float.NegativeInfinity;
        for (int i = 0; i < Vector512<float>.Count; i++)
        {
            result = Math.Max(result, largest.GetElement(i));
        }

        foreach (float logit in logits[whole..])
        {
            result = Math.Max(result, logit);
        }

        return result;
    }

    private static void Scale(Span<double> values, double factor)
    {
        int whole = values.Length - (values.Length % Lanes);
        ref double value = ref MemoryMarshal.GetReference(values);
        for (int i = 0; i < whole; i += Lanes)
        {
            (Vector512.LoadUnsafe(ref value, (nuint)i) * factor).StoreUnsafe(ref value, (nuint)i);
        }

        for (int i = whole; i < values.Length; i++)
        {
            values[i] *= factor;
        }
    }
}
