using QuantGen.Graph;
using QuantGen.Specs;

namespace QuantGen.Training.PostTraining.Steps;

/// <summary>Divides what normalizations make by a number per column, and multiplies by it where they are read: in weights and on residuals.</summary>
/// <remarks>In real numbers the model computes the same; what becomes codes has another spread.</remarks>
internal static class ScaleMigration
{
    /// <summary>Says why a model's scales cannot move; null when they can.</summary>
    public static string? Refusal(ModelSpec spec) =>
        spec.Graph.IsShared ? "its layers share their weights, and what a layer reads comes from another normalization the first time" : null;

    /// <summary>Divides the output of one normalization.</summary>
    /// <param name="weights">Receives the weights that change.</param>
    /// <param name="readers">The normalization and who reads it.</param>
    /// <param name="divisors">The numbers, one a column; none is 0.</param>
    public static void Apply(WorkingWeights weights, NormReaders readers, float[] divisors)
    {
        foreach (string part in (ReadOnlySpan<string>)[".weight", ".bias"])
        {
            float[] values = weights.Read(readers.Norm.Name + part);
            Divide(values, divisors);
            weights.Replace(readers.Norm.Name + part, values);
        }

        foreach (LinearNode linear in readers.Linears)
        {
            float[] values = weights.Read(linear.Name + ".weight");
            MultiplyColumns(values, divisors);
            weights.Replace(linear.Name + ".weight", values);
        }

        foreach (NormNode residual in readers.Residuals)
        {
            float[] factors = new float[divisors.Length];
            weights.Read(residual.Factors, factors);
            MultiplyColumns(factors, divisors);
            weights.Replace(residual.Factors, factors);
        }
    }

    /// <summary>Divides a row by numbers, column by column.</summary>
    internal static void Divide(Span<float> row, ReadOnlySpan<float> divisors)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] /= divisors[i];
        }
    }

    /// <summary>Multiplies the columns of a matrix.</summary>
    internal static void MultiplyColumns(Span<float> matrix, ReadOnlySpan<float> factors)
    {
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i] *= factors[i % factors.Length];
        }
    }
}
