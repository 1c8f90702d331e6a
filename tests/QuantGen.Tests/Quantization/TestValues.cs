namespace QuantGen.Tests.Quantization;

/// <summary>Makes repeatable weights of the shapes that trained matrices have.</summary>
internal static class TestValues
{
    /// <summary>Returns values of a bell curve (the sum of four uniform draws) with a few outliers of ten times the width.</summary>
    public static float[] Bell(int count, int seed, double width = 0.05, int outliers = 0)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double sum = random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2;
            values[i] = (float)(sum * Math.Sqrt(3) * width);
        }

        for (int i = 0; i < outliers; i++)
        {
            values[random.Next(count)] = (float)((random.Next(2) == 0 ? -10 : 10) * width);
        }

        return values;
    }

    /// <summary>Returns the mean squared error of fake quantization.</summary>
    public static double MeanSquaredError(float[] values, QuantGen.Quantization.QuantizationParameters parameters, QuantGen.Quantization.CodeRange codes)
    {
        double sum = 0;
        foreach (float value in values)
        {
            double difference = value - QuantGen.Quantization.LinearQuantizer.FakeQuantize(value, parameters, codes);
            sum += difference * difference;
        }

        return sum / values.Length;
    }
}
