namespace QuantGen.Training.PostTraining.Solving;

/// <summary>Finds the eigenvalue of largest magnitude of a symmetric matrix that is known only by what it does to vectors.</summary>
internal static class PowerIteration
{
    /// <summary>Runs until two Rayleigh quotients in a row are close, or for so many products.</summary>
    /// <param name="product">Multiplies a vector of length 1 by the matrix.</param>
    /// <param name="start">Where to start, not zero.</param>
    /// <param name="tolerance">How close, as a share of the quotient.</param>
    /// <param name="most">The most products, at least 1.</param>
    /// <returns>The eigenvalue and the vector, whose length is 1; the eigenvalue 0 where a product is zero.</returns>
    public static (double Value, double[] Vector) Run(Func<double[], double[]> product, double[] start, double tolerance, int most)
    {
        double[] vector = start;
        Normalize(vector);
        double value = 0;
        for (int i = 0; i < most; i++)
        {
            double[] next = product(vector);
            double before = value;
            value = Dot(vector, next);
            if (Normalize(next) == 0)
            {
                return (0, vector);
            }

            vector = next;
            if (i > 0 && Math.Abs(value - before) < tolerance * Math.Abs(before))
            {
                break;
            }
        }

        return (value, vector);
    }

    /// <summary>Returns the length of a vector.</summary>
    public static double Length(ReadOnlySpan<double> vector) => Math.Sqrt(Dot(vector, vector));

    private static double Normalize(Span<double> vector)
    {
        double length = Length(vector);
        for (int i = 0; length > 0 && i < vector.Length; i++)
        {
            vector[i] /= length;
        }

        return length;
    }

    // Four sums, in one order on every machine.
    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        (double a, double b, double c, double d) = (0, 0, 0, 0);
        int i = 0;
        for (; i + 3 < x.Length; i += 4)
        {
            a += x[i] * y[i];
            b += x[i + 1] * y[i + 1];
            c += x[i + 2] * y[i + 2];
            d += x[i + 3] * y[i + 3];
        }

        for (; i < x.Length; i++)
        {
            a += x[i] * y[i];
        }

        return a + b + c + d;
    }
}
