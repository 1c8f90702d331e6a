using System.Runtime.InteropServices;
using QuantGen.Packed;
using QuantGen.Specs;

namespace QuantGen.Linear;

/// <summary>Places what ranges as they are add to the rows of a linear layer.</summary>
internal static class CenterPlacer
{
    /// <summary>Places the centers of rows, and adds to biases what the inputs' center is worth.</summary>
    /// <remarks>
    /// With a weight w * scale + center and an input x * s + m, codes from the middle one, a row's output is
    /// s * (scale * sum of w x + center * sum of x) + m * (scale * sum of w + columns * center) + bias. The last two summands are the same for every token, as
    /// ranges of inputs are stored, and become one bias: added up in double, rounded once.
    /// </remarks>
    /// <param name="model">The packed file.</param>
    /// <param name="arena">The weights, with the rows' sums, scales and biases.</param>
    /// <param name="matrix">The layer.</param>
    /// <param name="rows">The run of its rows.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="padded">The rows with those that fill panels.</param>
    /// <param name="offset">What the kernel's order adds to each sum of codes.</param>
    public static void PlaceRows(PackedModel model, WeightArena arena, MatrixSpec matrix, RowSegment rows, LinearPlace place, int padded, int offset)
    {
        ReadOnlySpan<float> centers = model.Floats(matrix.Name + PackedNames.Centers);
        float input = model.Floats(model.Spec.Graph.SiteOf(matrix.Name) + PackedNames.InputCenter)[0];
        Span<int> sums = arena.Integers(place.Sums, padded);
        Span<float> scales = arena.Floats(place.Scales, padded);
        Span<float> biases = arena.Floats(place.Bias, padded);
        Span<float> rowCenters = MemoryMarshal.Cast<int, float>(arena.Integers(place.ZeroPoints, padded));
        for (int r = 0; r < rows.Rows; r++)
        {
            float center = centers[(rows.FirstRow + r) / matrix.RowsPerGroup];
            rowCenters[r] = center;
            biases[r] = Bias(biases[r], input, scales[r], sums[r] - offset, center, matrix.Columns);
        }
    }

    /// <summary>Adds to a bias what the inputs' center is worth.</summary>
    /// <param name="bias">The bias.</param>
    /// <param name="input">The inputs' center.</param>
    /// <param name="scale">The row's scale.</param>
    /// <param name="sum">The sum of the row's codes, from the middle one.</param>
    /// <param name="center">The row's center.</param>
    /// <param name="columns">Inputs.</param>
    internal static float Bias(float bias, float input, float scale, int sum, float center, int columns) =>
        (float)(bias + (input * (((double)scale * sum) + ((double)center * columns))));
}
