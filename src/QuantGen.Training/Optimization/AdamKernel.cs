using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace QuantGen.Training.Optimization;

/// <summary>One step of Adam over a stretch of a parameter. No lane meets another and nothing is fused, so bits are the same everywhere.</summary>
internal static class AdamKernel
{
    /// <summary>Moves values and moments, and clears the gradients.</summary>
    public static void Step(Span<float> values, Span<float> gradients, Span<float> first, Span<float> second, in AdamCoefficients c)
    {
        int whole = values.Length - (values.Length % Vector512<float>.Count);
        ref float value = ref MemoryMarshal.GetReference(values);
        ref float gradient = ref MemoryMarshal.GetReference(gradients);
        ref float m = ref MemoryMarshal.GetReference(first);
        ref float v = ref MemoryMarshal.GetReference(second);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)Vector512<float>.Count)
        {
            Vector512<float> g = Vector512.LoadUnsafe(ref gradient, i) * c.GradientFactor;
            Vector512<float> mean = (Vector512.LoadUnsafe(ref m, i) * c.Beta1) + (g * c.NewShare1);
            Vector512<float> square = (Vector512.LoadUnsafe(ref v, i) * c.Beta2) + (g * g * c.NewShare2);
            Vector512<float> root = (Vector512.Sqrt(square) * c.SecondFactor) + Vector512.Create(c.Epsilon);
            ((Vector512.LoadUnsafe(ref value, i) * c.Kept) - (mean / root * c.StepSize)).StoreUnsafe(ref value, i);
            mean.StoreUnsafe(ref m, i);
            square.StoreUnsafe(ref v, i);
            Vector512<float>.Zero.StoreUnsafe(ref gradient, i);
        }

        for (int i = whole; i < values.Length; i++)
        {
            float g = gradients[i] * c.GradientFactor;
            float mean = (first[i] * c.Beta1) + (g * c.NewShare1);
            float square = (second[i] * c.Beta2) + (g * g * c.NewShare2);
            float root = (MathF.Sqrt(square) * c.SecondFactor) + c.Epsilon;
            values[i] = (values[i] * c.Kept) - (mean / root * c.StepSize);
            first[i] = mean;
            second[i] = square;
            gradients[i] = 0f;
        }
    }

    /// <summary>Returns the sum of squares; not finite when, and only when, a value is not.</summary>
    public static double SumOfSquares(ReadOnlySpan<float> values)
    {
        Vector512<double> low = Vector512<double>.Zero;
        Vector512<double> high = Vector512<double>.Zero;
        int whole = values.Length - (values.Length % Vector512<float>.Count);
        ref float value = ref MemoryMarshal.GetReference(values);
        for (nuint i = 0; i < (nuint)whole; i += (nuint)Vector512<float>.Count)
        {
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(Vector512.LoadUnsafe(ref value, i));
            low += a * a;
            high += b * b;
        }

        double sum = Fold(low + high);
        for (int i = whole; i < values.Length; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    /// <summary>Adds the lanes from the first to the last: a vector's own sum has another order on every processor.</summary>
    public static double Fold(Vector512<double> lanes)
    {
        double sum = 0;
        for (int i = 0; i < Vector512<double>.Count; i++)
        {
            sum += lanes.GetElement(i);
        }

        return sum;
    }
}
