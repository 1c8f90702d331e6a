namespace QuantGen.Training.Losses;

/// <summary>Vectors of length 1, in double precision; sums have one order.</summary>
internal static class UnitVectors
{
    /// <summary>Divides a vector by its length; one without a direction stays as it is.</summary>
    public static (double[] Unit, double Length) Of(float[] vector)
    {
        double squares = 0;
        foreach (float value in vector)
        {
            squares += (double)value * value;
        }

        double length = Math.Max(Math.Sqrt(squares), 1e-12);
        return (Array.ConvertAll(vector, value => value / length), length);
    }

    /// <summary>Turns the gradient of a unit vector into that of the vector: only what is across it turns it.</summary>
    public static float[] Across(double[] gradient, double[] unit, double length)
    {
        double along = Dot(gradient, unit);
        float[] vector = new float[gradient.Length];
        for (int k = 0; k < vector.Length; k++)
        {
            vector[k] = (float)((gradient[k] - (along * unit[k])) / length);
        }

        return vector;
    }

    public static double Dot(double[] x, double[] y)
    {
        double even = 0;
        double odd = 0;
        int i = 0;
        for (; i + 1 < x.Length; i += 2)
        {
            even += x[i] * y[i];
            odd += x[i + 1] * y[i + 1];
        }

        return even + odd + (i < x.Length ? x[i] * y[i] : 0);
    }

    public static void AddScaled(double[] sum, double[] vector, double factor)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += factor * vector[i];
        }
    }
}
